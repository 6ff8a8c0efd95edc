"""What a clue points at, as links of the desk; what the person may not open is named without a link."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from portal.people.models import User
from workflows.desk.origins import Origin
from workflows.engine.models import Case
from workflows.rectification.models import Source
from workflows.registry.models import Household
from workflows.supervision.objects import address_of, words_of

from . import registry
from .models import Flag
from .services import subject_of


@dataclass(frozen=True)
class Pointed:
    """One object: what it is called, where it is looked at, what finds its acts in the trail."""

    words: str
    url: str
    asks: str


def origin(user: User, key: str) -> Origin | None:
    """Return the clue of that key as what a ticket came from, None where `user` does not see it."""
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        return None
    flag = Flag.objects.visible_to(user).filter(pk=int(key)).select_related("concerns").first()
    if flag is None:
        return None
    typed = {"source": Source.RADAR.value, "line": flag.line, "text": flag.reason}
    return Origin(
        f"flag:{flag.pk}",
        registry.title(flag.rule),
        reverse("desk:flag", args=[flag.pk]),
        subject_of(flag),
        flag.concerns,
        typed,
        frozenset([flag.concerns_id] if flag.concerns_id else []),
    )


def about(user: User) -> tuple[str, list[str]]:
    """Return the clues that are about `user` in person, whose events the trail keeps from them."""
    found = Flag.objects.filter(concerns=user.pk).values_list("pk", flat=True)
    return "flag", [str(pk) for pk in found]


def pointed_at(user: User, objects: Sequence[Sequence[str]]) -> list[Pointed]:
    """Return the objects of a clue for `user`; two queries, whatever their number."""
    pairs = [(str(kind), str(key)) for kind, key in objects]
    cases = {key for kind, key in pairs if kind == "case"}
    homes = {key for kind, key in pairs if kind == "household" and key.isdecimal()}
    found = Case.objects.visible_to(user).filter(number__in=cases).values_list("number", flat=True)
    seen = {("case", number) for number in found}
    shown = Household.objects.visible_to(user).filter(pk__in=homes).values_list("pk", flat=True)
    seen |= {("household", str(pk)) for pk in shown}
    told = []
    for kind, key in pairs:
        open_ = kind not in ("case", "household") or (kind, key) in seen
        asks = key if kind in ("case", "list") else f"{kind}:{key}"
        told.append(Pointed(words_of(kind, key), address_of(kind, key) if open_ else "", asks))
    return told
