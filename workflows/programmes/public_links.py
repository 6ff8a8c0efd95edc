"""What the public site shows of programmes on pages that are not theirs: areas, lists, the search."""

from collections.abc import Sequence

from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _

from disclosure.site.cache import forget
from disclosure.site.registry import Entry, register_programmes, register_scheme, register_search
from disclosure.site.searching import has_all
from portal.areas.models import Area

from .models import Budget, Programme, ProgrammeVersion

PREFIX = "programme:"
SHOWN = 20


def of_area(area: Area) -> Sequence[Entry]:
    """Return the programmes that people of `area` may apply to: its own and those of areas above it."""
    above = [area.path[:end] for end in range(Area.steplen, len(area.path) + 1, Area.steplen)]
    found = Programme.objects.published().filter(area_path__in=above).order_by("title", "pk")[:SHOWN]
    return [_entry(programme) for programme in found]


def of_scheme(key: str) -> Entry | None:
    """Return the programme of which `key` names a version, or None for other keys."""
    pk = key.removeprefix(PREFIX)
    if not key.startswith(PREFIX) or not pk.isdecimal():
        return None
    programme = Programme.objects.published().filter(versions=int(pk)).first()
    return _entry(programme) if programme else None


def found(terms: Sequence[str], limit: int) -> Sequence[Entry]:
    """Return the programmes with all `terms` in their titles."""
    programmes = Programme.objects.published().filter(has_all("title", terms))
    return [_entry(programme) for programme in programmes.order_by("title", "pk")[:limit]]


def connect() -> None:
    """Register with the public site, and drop kept pages when a programme changes."""
    register_programmes(of_area)
    register_scheme(of_scheme)
    register_search(_("帮扶项目"), found)
    for model in (Programme, ProgrammeVersion, Budget):
        post_save.connect(forget, sender=model, dispatch_uid=f"public-cache-{model.__name__}")


def _entry(programme: Programme) -> Entry:
    return Entry(programme.title, f"programmes/{programme.slug}/", programme.get_line_display())
