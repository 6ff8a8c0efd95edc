"""What the public site shows of programmes on pages that are not theirs: areas and lists."""

from collections.abc import Sequence
from datetime import date

from django.db.models.signals import post_save

from disclosure.pages.registry import register_established
from disclosure.publicity.models import PublicList
from disclosure.site.cache import forget
from disclosure.site.registry import (
    Entry,
    Matter,
    register_charts,
    register_matter,
    register_paid,
    register_programmes,
)
from portal.areas.models import Area
from workflows.engine.models import Batch, Case

from . import matters, public_charts
from .answers import amount_words
from .models import Budget, Programme, ProgrammeQuerySet, ProgrammeVersion
from .public_course import course_of

PREFIX = "programme:"
REFERENCE = "batch:"
SHOWN = 20


def of_area(area: Area) -> Sequence[Entry]:
    """Return the programmes that people of `area` may apply to: its own and those of areas above it."""
    above = [area.path[:end] for end in range(Area.steplen, len(area.path) + 1, Area.steplen)]
    found = Programme.objects.published().with_terms().filter(area_path__in=above)
    return _told(found)


def of_policy(policy_id: int) -> Sequence[Entry]:
    """Return the programmes whose version in force rests on that policy document (one query)."""
    found = Programme.objects.published().with_terms().resting_on(policy_id)
    return _told(found)


def of_list(list: PublicList) -> Matter | None:
    """Return what a list of ours is about: the programme's page and the way of the matter (one query).

    The way is read off the flow in the version that the list's own cases keep: their programme version's, or
    where there is no programme their batch's.
    """
    pk = list.scheme.removeprefix(PREFIX)
    if list.scheme.startswith(PREFIX) and pk.isdecimal():
        versions = ProgrammeVersion.objects.filter(programme__in=Programme.objects.published())
        version = versions.select_related("programme").filter(pk=int(pk)).first()
        if version is None:
            return None
        return Matter(_entry(version.programme), course_of(list, version), f"ask/{list.area.code}/")
    if not list.reference.startswith(REFERENCE):
        return None
    number = list.reference.removeprefix(REFERENCE)
    batch = Batch.objects.filter(number=number).only("flow_key", "flow_version", "scheme").first()
    if batch is None:
        return None
    return Matter(None, course_of(list, batch, matters.of(batch).ending(batch)), f"ask/{list.area.code}/")


def paid(subjects: Sequence[str]) -> dict[str, tuple[int, date]]:
    """Return by subject how much (fen) was paid of its case on which day (one query)."""
    numbers = [key.removeprefix(matters.SUBJECT) for key in subjects if key.startswith(matters.SUBJECT)]
    found = Case.objects.filter(number__in=numbers, payment__isnull=False)
    told = found.values_list("number", "payment__amount_fen", "payment__paid_on")
    return {f"{matters.SUBJECT}{number}": (fen, on) for number, fen, on in told}


def connect() -> None:
    """Register with the public site, and drop kept pages when a programme changes."""
    register_programmes(of_area)
    register_established(of_policy)
    register_matter(of_list)
    register_paid(paid)
    register_charts(public_charts.of_area)
    for model in (Programme, ProgrammeVersion, Budget):
        post_save.connect(forget, sender=model, dispatch_uid=f"public-cache-{model.__name__}")


def _told(found: ProgrammeQuerySet) -> list[Entry]:
    """Return links to the programmes with what each grants."""
    return [
        _entry(one, amount_words(one.terms).rstrip("。")) for one in found.order_by("title", "pk")[:SHOWN]
    ]


def _entry(programme: Programme, note: str = "") -> Entry:
    return Entry(programme.title, f"programmes/{programme.slug}/", note)
