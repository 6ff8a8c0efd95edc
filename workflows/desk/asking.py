"""The inputs of a change, an exit or an aid at the desk: made from what the room asks, and read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from portal import clock
from portal.people.models import User
from workflows.changes.forms import ENTERED, Asked
from workflows.programmes.answers import fen_of, yuan
from workflows.registry.helpers import helpers_of
from workflows.registry.models import Category, Household

PREFIX = "a-"


@dataclass
class Shown:
    """One input with what stands in it and what is wrong with it; `options` are value and label."""

    key: str
    label: str
    kind: str
    required: bool
    help: str
    values: list[str] = field(default_factory=list)
    options: Sequence[tuple[str, str]] = ()
    error: str = ""

    @property
    def name(self) -> str:
        """Return the input's name in the form."""
        return f"{PREFIX}{self.key}"

    @property
    def value(self) -> str:
        """Return what stands in it, where that is one thing."""
        return self.values[0] if self.values else ""


def inputs(
    asked: Sequence[Asked], household: Household, details: Mapping[str, Any] | None = None
) -> list[Shown]:
    """Return the inputs of `asked` for `household`, filled with `details` as they are kept."""
    return [
        Shown(
            key=one.key,
            label=str(one.label),
            kind=one.kind,
            required=one.required,
            help=str(one.help),
            values=_typed(one, (details or {}).get(one.key)),
            options=_options(one, household),
        )
        for one in asked
    ]


def _options(one: Asked, household: Household) -> list[tuple[str, str]]:
    if one.kind == "category":
        return [(value.value, str(Category(value).label)) for value in ENTERED]
    if one.kind in ("member", "members"):
        return [(str(who.pk), f"{who.name}（{who.relation}）") for who in household.present_members]
    if one.kind == "helper":
        return [
            (held.user.username, f"{held.user.display_name}（{held.area.name} {held.get_role_display()}）")
            for held in helpers_of(household, clock.today())
        ]
    return [(choice, choice) for choice in one.choices]


def _typed(one: Asked, kept: Any) -> list[str]:
    if kept in (None, ""):
        return []
    if one.kind == "money":
        return [yuan(kept)]
    if one.kind == "helper":
        return list(User.objects.filter(pk=kept).values_list("username", flat=True))
    return [str(each) for each in kept] if isinstance(kept, list) else [str(kept)]


def type_in(shown: Sequence[Shown], data: QueryDict) -> None:
    """Put what was typed into the inputs, as it was typed."""
    for one in shown:
        one.values = [value for value in data.getlist(one.name) if value.strip()]


def given(shown: Sequence[Shown]) -> dict[str, Any]:
    """Return what the inputs hold by key, money in fen; what cannot be read stays text, and is refused."""
    said: dict[str, Any] = {}
    for one in shown:
        if one.kind == "members":
            said[one.key] = one.values
        elif one.kind == "money" and one.value:
            try:
                said[one.key] = fen_of(one.value)
            except ValueError:
                said[one.key] = one.value
        else:
            said[one.key] = one.value
    return said


def mark(shown: Sequence[Shown], errors: Mapping[str, str]) -> None:
    """Put the errors at their inputs."""
    for one in shown:
        one.error = errors.get(one.key, "")
