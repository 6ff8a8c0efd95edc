"""The search page: words, and what narrows it down. What is asked is written down nowhere.

The index knows no villager's name (`disclosure/search`). Areas are looked up here, by their own names.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import and_
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from disclosure.search import registry
from disclosure.search.asking import LONGEST, Question, read
from disclosure.search.finding import MOST, Filters, Findings, find
from portal import clock
from portal.areas.models import Area, Level
from portal.areas.names import full_names

from .registry import Entry
from .responses import own_page

AREAS_SHOWN = 5
# A county has some twenty townships; of a whole city the counties alone are offered.
CHOICES = 200
_DAY = re.compile(r"(\d{4})\s*[-./年]?\s*(\d{1,2})\s*[-./月]?\s*(\d{1,2})\s*日?")


@dataclass
class Narrowed:
    """What the form narrows a search by, as typed, what of it was understood, and what was not."""

    kind: str = ""
    area: str = ""
    since: str = ""
    until: str = ""
    filters: Filters = field(default_factory=Filters)
    place: Area | None = None
    wrong: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.kind or self.area or self.since or self.until)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what has all words of `q`, by kind, area and days if wished. Nothing is kept or logged."""
    question = read(request.GET.get("q", ""))
    narrowed = _narrowed(request.GET)
    number = request.GET.get("page", "")
    page = int(number) if number.isascii() and number.isdecimal() and len(number) < 5 else 1
    findings: Findings | None = None
    areas: Sequence[Entry] = ()
    if question and not narrowed.wrong:
        findings = find(question, narrowed.filters, page)
        areas = _areas(question) if findings.page == 1 and not narrowed else []
    context: dict[str, Any] = {
        "question": question,
        "narrowed": narrowed,
        "findings": findings,
        "areas": areas,
        "kinds": registry.kinds(),
        "choices": _choices(narrowed),
        "longest": LONGEST,
        "most": MOST,
        **_ways(question, narrowed, findings),
    }
    return own_page(request, "public/search.html", context)


def _narrowed(asked: Mapping[str, str]) -> Narrowed:
    """Return what the form asks for; whatever is not understood is named, and stays in the form as typed."""
    given = {name: asked.get(name, "").replace("\x00", "").strip()[:20] for name in ("kind", "area")}
    given |= {name: asked.get(name, "").replace("\x00", "").strip()[:20] for name in ("from", "to")}
    result = Narrowed(given["kind"], given["area"], given["from"], given["to"])
    if result.kind and result.kind not in registry.kinds():
        result.wrong.append(_("没有这个种类，请重新选。"))
    if result.area:
        result.place = Area.objects.filter(code=result.area).first()
        if result.place is None:
            result.wrong.append(_("没有这个地方，请重新选。"))
    days = {}
    for name, typed in (("since", result.since), ("until", result.until)):
        days[name] = _day(typed)
        if typed and days[name] is None:
            result.wrong.append(_("日期“%(typed)s”看不懂，请写成2026-11-22这样。") % {"typed": typed})
    if days["since"] and days["until"] and days["since"] > days["until"]:
        result.wrong.append(_("开始的日期比结束的晚，请换过来。"))
    path = result.place.path if result.place else ""
    result.filters = Filters(result.kind, path, days["since"], days["until"])
    return result


def _day(typed: str) -> date | None:
    """Return the day that was typed, in any of the ways in which people write one, or None."""
    found = _DAY.fullmatch(typed)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _areas(question: Question) -> Sequence[Entry]:
    """Return the areas whose name has every word, from the county down (at most two queries)."""
    words = ["".join(phrase) for phrase in question.phrases]
    named = reduce(and_, (Q(name__icontains=word) for word in words))
    areas = [*Area.objects.in_force(clock.today()).filter(named).order_by("depth", "path")[:AREAS_SHOWN]]
    names = full_names(areas)
    return [Entry(area.name, f"areas/{area.code}/", names[area.code]) for area in areas]


def _choices(narrowed: Narrowed) -> list[tuple[str, str]]:
    """Return the areas that the form offers: counties and townships, and the one that was asked for."""
    levels = [Level.COUNTY, Level.TOWNSHIP]
    found = [*Area.objects.in_force(clock.today()).filter(level__in=levels).order_by("path")[: CHOICES + 1]]
    if len(found) > CHOICES:
        found = [area for area in found if area.level == Level.COUNTY]
    asked = narrowed.place
    if asked is not None and all(area.code != asked.code for area in found):
        found.append(asked)
    # A list of choices shows no tree: a township stands below its county by a space that is not cut off.
    return [(area.code, "　" * (area.level != Level.COUNTY) + area.name) for area in found]


def _ways(question: Question, narrowed: Narrowed, findings: Findings | None) -> dict[str, str]:
    """Return the queries of the page before and the page after, empty where there is none."""
    if findings is None:
        return {}
    asked = {"q": question.asked, "kind": narrowed.kind, "area": narrowed.area}
    asked |= {"from": narrowed.since, "to": narrowed.until}
    kept = {name: value for name, value in asked.items() if value}
    before, after = findings.page - 1, findings.page + 1
    return {
        "before": urlencode(kept | {"page": before}) if before else "",
        "after": urlencode(kept | {"page": after}) if after <= findings.pages else "",
    }
