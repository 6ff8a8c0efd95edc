"""The middle floor's public addresses: areas, lists, Wagtail's pages, and the few that stand alone."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.core.paginator import Paginator
from django.db.models import Q
from wagtail.models import Page

from disclosure.pages.models import PAGE_SIZE, SectionPage
from disclosure.pages.standing import turning_days
from disclosure.publicity.models import ListState, PublicList
from disclosure.publicity.public import ROWS_A_PAGE, fits_one_page, has_rows
from portal.areas.models import Area
from portal.configuration.models import Setting

from .registry import DAILY, Address, Source, register, register_turns

ONE_DAY = timedelta(days=1)


def register_all() -> None:
    """Register what this file tells of."""
    for source in (
        Source(_every_list, _lists_behind),
        Source(_every_area, _areas_behind),
        Source(_every_page, _pages_behind),
        Source(_standing, lambda _kind, _key: _standing()),
    ):
        register(source)
    register_turns(_turns)


def lists_of(kind: str, key: str) -> list[PublicList]:
    """Return the lists that a change of the thing `kind`:`key` shows on, with their areas."""
    lists = PublicList.objects.published().select_related("area")
    if kind == "deliberation":
        return [*lists.filter(deliberation=int(key))]
    if kind != "list":
        return []
    found = lists.filter(pk=int(key)).first()
    if found is None:
        return []
    # Those of one matter name each other; versions lead to one another.
    same = Q(series=found.series) | Q(reference=found.reference)
    if found.deliberation_id:
        same |= Q(deliberation=found.deliberation_id)
    return [found, *lists.filter(same).exclude(pk=found.pk).order_by("-published_at", "-pk")]


def closing_days(lists: Iterable[PublicList]) -> tuple[date, ...]:
    """Return the days on which `lists` that run have just closed: their pages read otherwise from then on."""
    closing = {one.closes_on + ONE_DAY for one in lists if one.state == ListState.RUNNING}
    return tuple(sorted(closing))


def _every_list() -> Iterator[Address]:
    for one in PublicList.objects.published().order_by("-pk").iterator():
        yield from _of_list(one)


def _lists_behind(kind: str, key: str) -> Iterator[Address]:
    for one in lists_of(kind, key):
        yield from _of_list(one)


def _of_list(one: PublicList) -> Iterator[Address]:
    # Never listed: every list's page is noindex (design.md rule 8), and a sitemap asks to be indexed.
    turns = closing_days([one])
    pages = max(1, -(-one.row_count // ROWS_A_PAGE)) if has_rows(one) else 1
    yield Address(f"/lists/{one.number}/", turns, listed=False)
    for page in range(2, pages + 1):
        yield Address(f"/lists/{one.number}/{page}/", turns, listed=False)
    if fits_one_page(one):
        yield Address(f"/lists/{one.number}/all/", turns, listed=False)
    yield Address(f"/lists/{one.number}/object/", listed=False, form=True)


def _every_area() -> Iterator[Address]:
    running = PublicList.objects.filter(state=ListState.RUNNING).only("area_path", "closes_on", "state")
    below: dict[str, list[PublicList]] = {}
    for one in running:
        for path in _upwards(one.area_path):
            below.setdefault(path, []).append(one)
    yield Address("/areas/", DAILY)
    for area in Area.objects.order_by("path"):
        yield Address(f"/areas/{area.code}/", closing_days(below.get(area.path, ())))


def _areas_behind(kind: str, key: str) -> Iterator[Address]:
    paths = {path for one in lists_of(kind, key)[:1] for path in _upwards(one.area_path)}
    if paths:
        shown = {
            f"/areas/{code}/" for code in Area.objects.filter(path__in=paths).values_list("code", flat=True)
        }
        yield from (address for address in _every_area() if address.path in shown)


def _upwards(path: str) -> Iterator[str]:
    return (path[:end] for end in range(Area.steplen, len(path) + 1, Area.steplen))


def _every_page() -> Iterator[Address]:
    for page in Page.objects.live().public().filter(depth__gt=1).order_by("path"):
        yield from _of_page(page)


def _of_page(page: Page) -> Iterator[Address]:
    path = page.get_url_parts()[2] if page.get_url_parts() else None
    if not path:
        return
    # The first page shows lists of all villages, and their closing days.
    home = page.depth == 2
    yield Address(path, DAILY if home else (), restless=home)
    if page.specific_class is SectionPage:
        entries = Page.objects.live().child_of(page)
        for number in range(2, Paginator(entries, PAGE_SIZE).num_pages + 1):
            yield Address(f"{path}page/{number}/")


def _pages_behind(kind: str, key: str) -> Iterator[Address]:
    pages = Page.objects.filter(depth__gt=1)
    if kind in ("list", "deliberation"):
        shown = pages.filter(depth=2)
    elif kind == "page":
        changed = pages.filter(pk=int(key)).first()
        if changed is None:
            return
        # The page, the columns above it and the home page; and what a policy and its readings link.
        above = [changed.path[:end] for end in range(Page.steplen, len(changed.path) + 1, Page.steplen)]
        linked = Q(content_type__model__in=["policydocumentpage", "policyreadingpage"])
        shown = pages.filter(
            Q(path__in=above) | (linked if "policy" in changed.content_type.model else Q(pk=0))
        )
    else:
        return
    for page in shown.order_by("path"):
        yield from _of_page(page)


def _standing() -> Iterator[Address]:
    yield Address("/verify/", restless=True)
    yield Address("/receipts/", listed=False, form=True)
    yield Address("/search/", listed=False, form=True)
    yield Address("/report/", listed=False, form=True)
    # Counts what is published anywhere, and says which columns are out of date today.
    yield Address("/catalogue/", DAILY, restless=True)


def _turns(first: date, last: date) -> Iterator[date]:
    """Areas, settings and policies of any page that begin or end to hold on a day."""
    window = (first, last)
    yield from Area.objects.filter(valid_from__range=window).values_list("valid_from", flat=True)
    yield from Area.objects.filter(valid_to__range=window).values_list("valid_to", flat=True)
    settings = Setting.objects.exclude(confirmed_at=None).filter(valid_from__range=window)
    yield from settings.values_list("valid_from", flat=True)
    yield from turning_days(first, last)
