"""What a county sets of a flow besides deadlines: how many must agree, and which optional steps are taken.

Dated, by area, confirmed by a second person (portal.configuration). Mandatory levels are not among them
(design.md rule 7).
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.areas.models import Area
from portal.configuration import keys
from portal.configuration.errors import UnknownKey
from portal.configuration.services import value

from .definitions import MOST_SIGNERS, Flow, Step


def needs_key(flow: Flow, step: Step) -> str:
    """Return the key of the setting that says how many must agree at `step`."""
    return f"flow.{flow.key}.{step.key}.needs"


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
        if step.optional and not _known(on_key(flow, step)):
            label = f"{flow.name}·符合条件的要不要办{step.name}"
            keys.register(on_key(flow, step), True, source, False, label)


def needs(flow: Flow, step: Step, area: Area) -> int:
    """Return how many must agree at `step` from now on: 0 for all who hold its seats."""
    return int(value(needs_key(flow, step), area)) if step.may_be_countersigned else step.needs


def takes(flow: Flow, step: Step, path: str) -> bool:
    """Return whether the area at `path` takes the optional `step` at all."""
    return bool(value(on_key(flow, step), path))


def _known(name: str) -> bool:
    try:
        keys.get(name)
    except UnknownKey:
        return False
    return True


def _signers(proposed: Any) -> str | None:
    fine = type(proposed) is int and 0 <= proposed <= MOST_SIGNERS
    return None if fine else _("人数要填 0 到 %(most)s") % {"most": MOST_SIGNERS}
