"""Filing at the desk: which programmes, which households, and the form made from a definition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area, Level, path_range
from portal.people.models import Line, Office, Role, User
from portal.people.scope import scope_of
from portal.sealing.keys import keyed_hash
from workflows.engine.authority import SUPERIOR
from workflows.engine.models import Case
from workflows.programmes import definitions, eligibility
from workflows.programmes.answers import BadAnswers, clean, read, yuan
from workflows.programmes.models import Programme
from workflows.registry.models import Household

from . import gates

# Who files where a village has nobody who does.
DEPUTY = SUPERIOR[Role.VILLAGE_CLERK]


@dataclass
class Input:
    """One input of a programme's form with what stands in it and what is wrong with it."""

    key: str
    label: str
    kind: str
    required: bool
    value: str = ""
    help: str = ""
    error: str = ""
    choices: Sequence[str] = field(default_factory=list)


def deputy_areas(user: User) -> list[Area]:
    """Return the villages within the township offices of `user` in which nobody files, in order.

    There the township files in their place (`authority.filing_seats`). Two queries, for such offices alone.
    """
    reach = Q(pk__in=[])
    held = [one for one in scope_of(user).offices if one.role == DEPUTY]
    if not held:
        return []
    for one in held:
        reach |= path_range(one.area.path, "path")
    villages = Area.objects.in_force(clock.today()).filter(reach, level=Level.VILLAGE).order_by("path")
    filing = Office.objects.in_force(clock.today()).filter(
        role__in=gates.filing_roles(), user__is_active=True
    )
    taken = set(filing.values_list("area__path", flat=True))
    return [one for one in villages if not any(one.path.startswith(path) for path in taken)]


def programmes_for(user: User) -> list[Programme]:
    """Return the programmes in force for which `user` may file somewhere."""
    offices = [held for held in scope_of(user).offices if held.role in gates.filing_roles()]
    if deputy_areas(user):
        offices += [held for held in scope_of(user).offices if held.role == DEPUTY]
    if not offices:
        return []
    condition = Q()
    for held in offices:
        above = [held.area.path[:end] for end in range(Area.steplen, len(held.area.path) + 1, Area.steplen)]
        fits = Q(area_path__in=above)
        condition |= fits if held.line == Line.ALL else fits & Q(line=held.line)
    return list(Programme.objects.published().filter(condition).order_by("title"))


def households_for(user: User, name: str = "") -> QuerySet[Household]:
    """Return the households for which `user` may file, narrowed by a member's exact name where given."""
    reach = Q(pk__in=[])
    for held in scope_of(user).offices:
        if held.role in gates.filing_roles():
            reach |= path_range(held.area.path)
    for area in deputy_areas(user):
        reach |= path_range(area.path)
    found = Household.objects.visible_to(user).filter(reach).select_related("area")
    if name := name.strip():
        found = found.filter(
            Q(head_name_hash=keyed_hash(name, "name")) | Q(members__name_hash=keyed_hash(name, "name"))
        ).distinct()
    return found.in_order()


def inputs_of(fields: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> list[Input]:
    """Return the inputs of a form, filled with stored `answers` (money in fen)."""
    shown = []
    for one in fields:
        value = answers.get(one["key"], "")
        if one["kind"] == "money" and value != "":
            value = yuan(value)
        shown.append(
            Input(
                key=one["key"],
                label=one["label"],
                kind=one["kind"],
                required=one.get("required", True),
                value=str(value),
                help=one.get("help", ""),
                choices=one.get("choices", []),
            )
        )
    return shown


def type_in(inputs: Sequence[Input], data: Mapping[str, Any]) -> None:
    """Put what was typed into the inputs."""
    for one in inputs:
        one.value = str(data.get(f"a-{one.key}", ""))


def answers_in(inputs: Sequence[Input]) -> dict[str, Any]:
    """Return what the inputs hold, money in fen; BadAnswers for amounts that cannot be read."""
    fields = [{"key": one.key, "label": one.label, "kind": one.kind} for one in inputs]
    return read(fields, {one.key: one.value for one in inputs})


def mark(inputs: Sequence[Input], error: BadAnswers) -> None:
    """Put the errors at their inputs."""
    for one in inputs:
        one.error = error.errors.get(one.key, "")


def would_grant(definition: Mapping[str, Any], answers: Mapping[str, Any]) -> int:
    """Return what the programme would grant for `answers`, in fen; BadAnswers where they are not whole."""
    return definitions.granted_fen(definition, clean(definition["fields"], answers))


def unmet(household: Household, programme: Programme, definition: Mapping[str, Any]) -> list[str]:
    """Return the conditions of `programme` that `household` does not meet."""
    return eligibility.failing(household, programme, definition)


def terms(definition: Mapping[str, Any]) -> dict[str, str]:
    """Return rate and ceiling of what is granted, for the words beside the form."""
    amount = definition["amount"]
    return {"rate": str(amount["rate_percent"]), "ceiling": yuan(amount["ceiling_fen"])}


def filed_words(case: Case) -> str:
    """Return the message after filing; it names no household."""
    if not case.amount_fen:
        return _("已申报，办件号 %(number)s。") % {"number": case.number}
    return _("已申报，办件号 %(number)s，%(yuan)s 元，以批准的为准。") % {
        "number": case.number,
        "yuan": yuan(case.amount_fen),
    }
