"""The programmes' public addresses, for the mirror and the sitemap."""

from collections.abc import Iterator
from datetime import date

from django.db.models.signals import post_save

from disclosure.mirror.marks import mark
from disclosure.mirror.registry import DAILY, Address, Source, register, register_turns
from disclosure.mirror.sources import lists_of

from .models import Budget, Programme, ProgrammeVersion
from .public_links import PREFIX


def connect() -> None:
    """Tell the mirror of the programmes' pages and of what changes them."""
    register(Source(every, behind))
    register_turns(turns)
    for model in (Programme, ProgrammeVersion):
        post_save.connect(_programme_saved, sender=model, dispatch_uid=f"mirror-{model.__name__}")
    post_save.connect(_budget_saved, sender=Budget, dispatch_uid="mirror-Budget")


def every() -> Iterator[Address]:
    """Return the pages of all programmes in force today or later. Their money moves with every case."""
    yield Address("/programmes/", DAILY)
    for slug in Programme.objects.filter(versions__isnull=False).distinct().values_list("slug", flat=True):
        yield _page(slug)


def behind(kind: str, key: str) -> Iterator[Address]:
    """Return the page of the programme that a list, or a budget, belongs to."""
    if kind == "programme":
        found = Programme.objects.filter(pk=int(key))
    else:
        keys = [
            one.scheme.removeprefix(PREFIX)
            for one in lists_of(kind, key)[:1]
            if one.scheme.startswith(PREFIX)
        ]
        found = Programme.objects.filter(versions__in=[int(pk) for pk in keys if pk.isdecimal()]).distinct()
    for slug in found.values_list("slug", flat=True):
        yield _page(slug)


def turns(first: date, last: date) -> Iterator[date]:
    """Return the days on which a version comes into force: areas and lists name the programmes."""
    versions = ProgrammeVersion.objects.filter(valid_from__range=(first, last))
    yield from versions.values_list("valid_from", flat=True)


def _page(slug: str) -> Address:
    in_force = Programme.objects.published().filter(slug=slug).exists()
    return Address(f"/programmes/{slug}/", DAILY, listed=in_force, restless=True)


def _programme_saved(**_signal: object) -> None:
    mark()


def _budget_saved(instance: Budget, **_signal: object) -> None:
    mark(f"programme:{instance.programme_id}")
