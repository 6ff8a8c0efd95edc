"""What a county sets of a flow besides deadlines: who decides, how many agree, which optional steps it takes.

Dated, by area, confirmed by a second person (portal.configuration). Mandatory levels are not among them
(design.md rule 7).
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.areas.models import Area, Level
from portal.configuration import keys
from portal.configuration.errors import UnknownKey
from portal.configuration.services import value
from portal.people.models import COUNTY_ROLES, TOWNSHIP_ROLES, Role

from .definitions import MOST_SIGNERS, Flow, Seat, Step, StepKind

# Whom a county may have decide at a level; finance only where the flow itself seats it.
DECIDERS: dict[str, list[Role]] = {
    Level.TOWNSHIP: TOWNSHIP_ROLES,
    Level.COUNTY: [role for role in COUNTY_ROLES if role != Role.COUNTY_FINANCE],
}


def needs_key(flow: Flow, step: Step) -> str:
    """Return the key of the setting that says how many must agree at `step`."""
    return f"flow.{flow.key}.{step.key}.needs"


def approvers_key(flow: Flow, step: Step) -> str:
    """Return the key of the setting that says which roles decide at `step`."""
    return f"flow.{flow.key}.{step.key}.approvers"


def on_key(flow: Flow, step: Step) -> str:
    """Return the key of the setting that says whether the optional `step` is taken at all."""
    return f"flow.{flow.key}.{step.key}.on"


def register(flow: Flow) -> None:
    """Register the settings of `flow`; a later version of a flow keeps those of the earlier one."""
    source = gettext_lazy("县级自定，待县确认")
    for step in flow.steps:
        if step.may_be_countersigned and not _known(needs_key(flow, step)):
            label = f"{flow.name}·{step.name}要几个人同意（1 为一人办，0 为在任的都要签）"
            keys.register(needs_key(flow, step), step.needs, source, False, label, check=_signers)
        if _has_approvers(step) and not _known(approvers_key(flow, step)):
            own = [seat.role for seat in step.seats]
            able = {role.value: role.label for role in dict.fromkeys([*own, *DECIDERS[step.level]])}
            label = f"{flow.name}·{step.name}由谁审批（勾了几个，其中一个办就行；要几个人同意另定）"
            keys.register(
                approvers_key(flow, step),
                [role.value for role in own],
                source,
                False,
                label,
                check=partial(_approvers, able),
                choices=able,
            )
        if step.optional and not _known(on_key(flow, step)):
            label = f"{flow.name}·符合条件的要不要办{step.name}"
            keys.register(on_key(flow, step), True, source, False, label)


def needs(flow: Flow, step: Step, area: Area) -> int:
    """Return how many must agree at `step` from now on: 0 for all who hold its seats."""
    return int(value(needs_key(flow, step), area)) if step.may_be_countersigned else step.needs


def seats(flow: Flow, step: Step, area: Area) -> tuple[Seat, ...]:
    """Return the seats of `step` from now on: the flow's, or of the roles that the county chose to decide."""
    if not _has_approvers(step):
        return step.seats
    name = approvers_key(flow, step)
    chosen = value(name, area)
    if chosen == keys.get(name).default:
        # Nobody chose: a later version of the flow may seat others than the first, whose default stands here.
        return step.seats
    own = {seat.role.value: seat for seat in step.seats}
    return tuple(own.get(role) or Seat(Role(role)) for role in chosen)


def takes(flow: Flow, step: Step, path: str) -> bool:
    """Return whether the area at `path` takes the optional `step` at all."""
    return bool(value(on_key(flow, step), path))


def _known(name: str) -> bool:
    try:
        keys.get(name)
    except UnknownKey:
        return False
    return True


def _has_approvers(step: Step) -> bool:
    """Return whether a county says who decides at `step`: one side decides, at the township or the county."""
    return step.kind == StepKind.DECIDE and not step.each_seat and step.level in DECIDERS


def _approvers(able: Mapping[str, Any], proposed: Any) -> str | None:
    """Refuse none at all, one twice, and who does not decide at that level."""
    fine = isinstance(proposed, list) and proposed and all(role in able for role in proposed)
    if fine and len(set(proposed)) == len(proposed):
        return None
    names = "、".join(str(label) for label in able.values())
    return _("至少选一个审批人，只能在这几个里选：%(names)s") % {"names": names}


def _signers(proposed: Any) -> str | None:
    fine = type(proposed) is int and 0 <= proposed <= MOST_SIGNERS
    return None if fine else _("人数要填 0 到 %(most)s") % {"most": MOST_SIGNERS}
