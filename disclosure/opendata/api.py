"""The API, version 1: areas, lists and their lines, page by page. What it says is fixed by `schemas.py`."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from disclosure.masking.kinds import Content
from disclosure.publicity.models import ListKind, ListState, PublicList
from disclosure.site.areas import is_ended, is_running
from portal import clock
from portal.areas.models import Area, Level, path_range
from portal.areas.names import full_names

from . import openapi, schemas
from .answering import answer, data_view
from .asking import Paging, choice, day, known, paging
from .errors import BadQuestion
from .lines import address, current, facts, line_count, lines_of

BASE = "/api/v1"
SCHEMA_TYPE = "application/schema+json; charset=utf-8"
OPENAPI_TYPE = "application/vnd.oai.openapi+json;version=3.1; charset=utf-8"
VERSIONS = ("current", "all")
LIST_FILTERS = ("area", "kind", "content", "state", "since", "until", "versions", "page", "per_page")
AREA_FILTERS = ("within", "level", "page", "per_page")
PAGING = ("page", "per_page")


@data_view
def index(request: HttpRequest) -> HttpResponse:
    """Where everything is."""
    paths = {"areas": "/areas", "lists": "/lists", "openapi": "/openapi.json"}
    found = {name: address(BASE + path) for name, path in paths.items()}
    found |= {"page": address("/data/"), "version": openapi.VERSION}
    return answer(
        found | {"schemas": {name: address(f"{BASE}/schemas/{name}.json") for name in schemas.SCHEMAS}}
    )


@data_view
def description(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    return answer(openapi.document(), OPENAPI_TYPE)


@data_view
def schema(request: HttpRequest, name: str) -> HttpResponse:
    """One JSON Schema."""
    if name not in schemas.SCHEMAS:
        raise Http404
    return answer(schemas.published(name), SCHEMA_TYPE)


@data_view
def areas(request: HttpRequest) -> HttpResponse:
    """Areas in the tree's order, all or those within one. At most four queries."""
    asked = known(request, AREA_FILTERS)
    page = paging(asked, 100, 500)
    found = Area.objects.order_by("path")
    if asked.get("within"):
        found = found.filter(path_range(area_of(asked["within"]).path, "path"))
    if level := choice(asked, "level", Level.values):
        found = found.filter(level=level)
    total = found.count()
    return answer(
        _paged(request, asked, page, total, area_facts(found[page.first : page.first + page.per_page]))
    )


@data_view
def area(request: HttpRequest, code: str) -> HttpResponse:
    """One area. Two queries."""
    return answer(area_facts([area_of(code, missing=Http404)])[0])


@data_view
def lists(request: HttpRequest) -> HttpResponse:
    """Lists, the newest first. At most four queries."""
    asked = known(request, LIST_FILTERS)
    page = paging(asked, 50, 200)
    found = _chosen(asked)
    total = found.count()
    newest = found.select_related("area").order_by("-published_at", "-pk")
    return answer(
        _paged(request, asked, page, total, list_facts(newest[page.first : page.first + page.per_page]))
    )


@data_view
def one_list(request: HttpRequest, number: str) -> HttpResponse:
    """One version of a list. Two queries."""
    return answer(list_facts([list_of(number)])[0])


@data_view
def lines(request: HttpRequest, number: str) -> HttpResponse:
    """The lines of one version of a list. At most four queries."""
    asked = known(request, PAGING)
    page = paging(asked, 200, 500)
    found, today = list_of(number), clock.today()
    results = lines_of(found, today, page.first, page.per_page)
    told = _paged(request, asked, page, line_count(found, today), results)
    return answer({"list": list_facts([found])[0], **told})


@data_view
def missing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Whatever else is asked for below /api/."""
    raise Http404


def list_of(number: str) -> PublicList:
    """Return the list of that number, any version; Http404 for none."""
    found = PublicList.objects.published().select_related("area").filter(number=number).first()
    if found is None:
        raise Http404
    return found


def area_of(code: str, missing: type[Exception] = BadQuestion) -> Area:
    """Return the area with that code; `missing` for none."""
    found = Area.objects.filter(code=code).first()
    if found is None:
        raise missing(_("没有这个区划代码，请到 /api/v1/areas 里查。"))
    return found


def list_facts(found: Iterable[PublicList]) -> list[dict[str, Any]]:
    """Return what is told of each list (one query for the names of all their areas)."""
    today, all = clock.today(), [*found]
    places = full_names(one.area for one in all)
    return [facts(one, today, places[one.area.code]) for one in all]


def area_facts(found: Iterable[Area]) -> list[dict[str, Any]]:
    """Return what is told of each area (one query for the areas above all of them)."""
    all = [*found]
    above = {area.path[: -Area.steplen] for area in all if len(area.path) > Area.steplen}
    codes = dict(Area.objects.filter(path__in=above).values_list("path", "code")) if above else {}
    return [
        {
            "code": area.code,
            "name": area.name,
            "level": str(area.level),
            "parent": codes.get(area.path[: -Area.steplen]),
            "valid_from": area.valid_from.isoformat(),
            "valid_to": area.valid_to.isoformat() if area.valid_to else None,
            "url": address(f"/areas/{area.code}/"),
            "lists_url": address(f"{BASE}/lists?area={area.code}"),
        }
        for area in all
    ]


def _chosen(asked: Mapping[str, str]) -> QuerySet[PublicList]:
    every = choice(asked, "versions", VERSIONS) == "all"
    found = PublicList.objects.published() if every else current()
    if asked.get("area"):
        found = found.filter(path_range(area_of(asked["area"]).path))
    if kind := choice(asked, "kind", ListKind.values):
        found = found.filter(kind=kind)
    if content := choice(asked, "content", Content.values):
        found = found.filter(content=content)
    if state := choice(asked, "state", ListState.values):
        conditions = {ListState.RUNNING: is_running(), ListState.ENDED: is_ended()}
        if state == ListState.SUPERSEDED and not every:
            raise BadQuestion(_("更正前的各版，请加上参数 versions=all。"))
        held = conditions.get(ListState(state))
        found = found.filter(held) if held is not None else found.filter(state=state)
    if since := day(asked, "since"):
        found = found.filter(starts_on__gte=since)
    if until := day(asked, "until"):
        found = found.filter(starts_on__lte=until)
    return found


def _paged(
    request: HttpRequest, asked: Mapping[str, str], page: Paging, total: int, results: list[Any]
) -> dict[str, Any]:
    pages = max(1, -(-total // page.per_page))
    if page.page > pages:
        raise Http404

    def other(number: int) -> str | None:
        if not 1 <= number <= pages:
            return None
        return address(f"{request.path}?{urlencode({**asked, 'page': number})}")

    return {
        "total": total,
        "page": page.page,
        "per_page": page.per_page,
        "pages": pages,
        "previous": other(page.page - 1),
        "next": other(page.page + 1),
        "results": results,
    }
