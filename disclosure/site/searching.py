"""The search over titles: lists, programmes, areas, published pages. Names are never searched.

What is asked is written down nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Page

from disclosure.publicity.models import ListState, PublicList
from portal import clock
from portal.areas.models import Area
from portal.areas.names import full_names

from . import registry
from .newest import note, title
from .registry import Entry
from .responses import own_page

LONGEST = 60
MOST_TERMS = 5
SHOWN = 20


@dataclass(frozen=True)
class Found:
    """What was found of one kind."""

    heading: str
    entries: Sequence[Entry]


def has_all(field: str, terms: Sequence[str]) -> Q:
    """Return the condition that `field` contains every one of `terms`."""
    return reduce(and_, (Q(**{f"{field}__icontains": term}) for term in terms))


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what has all words of `q` in its title. Nothing is kept, counted or logged."""
    asked = " ".join(request.GET.get("q", "").replace("\x00", " ").split())
    terms = asked[:LONGEST].split()[:MOST_TERMS]
    context: dict[str, Any] = {"asked": asked[:LONGEST], "found": find(terms) if terms else []}
    context["shortened"] = len(asked) > LONGEST
    context["longest"] = LONGEST
    return own_page(request, "public/search.html", context)


def find(terms: Sequence[str]) -> list[Found]:
    """Return what has all `terms` in its title, kind by kind, without empty kinds."""
    kinds = [
        Found(_("公示名单"), _lists(terms)),
        *(Found(heading, source(terms, SHOWN)) for heading, source in registry.searches()),
        Found(_("乡镇和村"), _areas(terms)),
        Found(_("公告和政策"), _pages(terms)),
    ]
    return [kind for kind in kinds if kind.entries]


def _lists(terms: Sequence[str]) -> list[Entry]:
    lists = PublicList.objects.published().exclude(state=ListState.SUPERSEDED).select_related("area")
    # "柳溪 奖补" asks for a list of that village.
    wanted = reduce(and_, (Q(title__icontains=term) | Q(area__name__icontains=term) for term in terms))
    found = lists.filter(wanted).order_by("-published_at", "-pk")[:SHOWN]
    return [Entry(title(list), f"lists/{list.number}/", note(list)) for list in found]


def _areas(terms: Sequence[str]) -> list[Entry]:
    areas = [*Area.objects.in_force(clock.today()).filter(has_all("name", terms)).order_by("path")[:SHOWN]]
    names = full_names(areas)
    return [Entry(area.name, f"areas/{area.code}/", names[area.code]) for area in areas]


def _pages(terms: Sequence[str]) -> list[Entry]:
    pages = Page.objects.live().public().filter(depth__gt=2).filter(has_all("title", terms))
    found = pages.order_by("-first_published_at", "-pk")[:SHOWN]
    prefix = get_script_prefix()
    return [Entry(page.title, (page.url or prefix).removeprefix(prefix)) for page in found]
