"""What data tell of a public list: its facts, and lines whose counts and amounts always add up to the whole.

A line is one row without name and group where the list may stay by row, else all rows of one item, else the
whole list: as its page shows it once the names have left. What is by row and what is not follows the kind
of content (`masking.kinds`) and the days, as on the page (design.md rule 8).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.fields.json import KT
from django.utils.timezone import localtime

from disclosure.masking.kinds import KINDS
from disclosure.masking.services import Audience, kind_of, public_row
from disclosure.publicity.models import ListKind, ListRow, ListState, Objection, ObjectionState, PublicList
from disclosure.publicity.period import names_visible
from disclosure.publicity.public import has_rows, keeps_rows
from portal import clock
from portal.areas.models import Area, path_range

# Rows that one trip to the database brings: what a big file needs in memory, whatever its size.
AT_ONCE = 1000
STAYING = [content for content, kind in KINDS.items() if kind.stays]
NAMELESS = [content for content, kind in KINDS.items() if not kind.households]
PAID = [content for content, kind in KINDS.items() if kind.money]
ALLOCATED = ("document", "total_fen", "handed_down_on", "due_on", "late")

Line = dict[str, Any]


def current() -> QuerySet[PublicList]:
    """Return the lists whose data are given as a whole: corrected versions stay readable one by one."""
    return PublicList.objects.published().exclude(state=ListState.SUPERSEDED)


def by_row(list: PublicList, today: date) -> bool:
    """Return whether the data of `list` stand row by row today; `_is_by_row` says the same in a query."""
    return bool(kind_of(list.content).stays) and (names_visible(list, today) or keeps_rows(list))


def _is_by_row(today: date) -> Q:
    running = Q(list__state=ListState.RUNNING, list__closes_on__gte=today)
    result = Q(list__kind=ListKind.RESULT) & ~Q(list__state=ListState.SUPERSEDED)
    households = Q(list__show_names=True) & (running | result)
    return Q(list__content__in=STAYING) & (Q(list__content__in=NAMELESS) | households)


def _by_item(list: PublicList, today: date) -> bool:
    """Return whether its items may be told at all: a programme without names gives counts and sums alone."""
    return not by_row(list, today) and has_rows(list)


def pays(list: PublicList) -> bool:
    """Return whether amounts may stand on `list`."""
    return list.with_money and list.content in PAID


def state_of(list: PublicList, today: date) -> str:
    """Return the list's state on that day, whether or not the clock's job has been."""
    if list.state == ListState.RUNNING and today > list.closes_on:
        return str(ListState.ENDED)
    return str(list.state)


def facts(list: PublicList, today: date, place: str = "") -> dict[str, Any]:
    """Return what the data tell of `list` itself. `place` is the full name of its area. Amounts are fen.

    Free texts that only its page shows (why it was corrected) are left out: they may speak of somebody.
    """
    kind = kind_of(list.content)
    return {
        "number": list.number,
        "title": list.title,
        "kind": str(list.kind),
        "kind_label": str(ListKind(list.kind).label),
        "content": str(list.content),
        "content_label": str(list.get_content_display()),
        "area": {"code": list.area.code, "name": list.area.name, "full_name": place or list.area.name},
        "line": list.line,
        "series": list.series,
        "version": list.version,
        "state": (state := state_of(list, today)),
        "state_label": str(ListState(state).label),
        "published_at": localtime(list.published_at).isoformat(timespec="seconds"),
        "starts_on": list.starts_on.isoformat(),
        "closes_on": list.closes_on.isoformat(),
        "days": list.days,
        "day_kind": list.day_kind,
        "count": list.row_count,
        "unit": str(kind.unit),
        "total_fen": list.total_fen if pays(list) else None,
        "allocation": _allocation(list),
        "digest": list.digest,
        "url": address(f"/lists/{list.number}/"),
        "lines_url": address(f"/api/v1/lists/{list.number}/lines"),
    }


def _allocation(list: PublicList) -> dict[str, Any] | None:
    known = list.facts or {}
    return {name: known[name] for name in ALLOCATED} if all(name in known for name in ALLOCATED) else None


def lines_of(list: PublicList, today: date, first: int = 0, most: int | None = None) -> list[Line]:
    """Return the lines of `list` from the place `first` (one query); `most` at once, or all."""
    last = None if most is None else first + most
    if by_row(list, today):
        rows = _rows(ListRow.objects.filter(list=list))
        return [_row(list, *told) for _pk, *told in rows[first:last]]
    if _by_item(list, today):
        grouped = _grouped(ListRow.objects.filter(list=list))
        return [_item(list, name or "", count, fen) for _pk, name, count, fen in grouped[first:last]]
    return [_item(list, "", list.row_count, list.total_fen)][first:last]


def line_count(list: PublicList, today: date) -> int:
    """Return how many lines `list` has (one query at most)."""
    if by_row(list, today):
        return list.row_count
    return len(_grouped(ListRow.objects.filter(list=list))) if _by_item(list, today) else 1


def area_lists(area: Area) -> QuerySet[PublicList]:
    """Return the current lists of `area` and all below it, in the order in which `with_lines` takes them."""
    return current().filter(path_range(area.path)).select_related("area").order_by("pk")


def with_lines(area: Area, today: date) -> Iterator[tuple[PublicList, Iterable[Line]]]:
    """Yield the lists of `area` and all below it with their lines, in three queries and bounded memory.

    Each list's lines must be read before the next list is taken.
    """
    ours = path_range(area.path, "list__area_path")
    kept = ListRow.objects.filter(ours, list__published_at__lte=clock.now())
    rows = _Stream(_rows(kept.filter(_is_by_row(today))))
    told = Q(list__show_names=True) | Q(list__content__in=NAMELESS)
    others = kept.exclude(list__state=ListState.SUPERSEDED).filter(told & ~_is_by_row(today))
    items = _Stream(_grouped(others))
    for list in area_lists(area).iterator(AT_ONCE):
        if by_row(list, today):
            yield list, (_row(list, *told) for _pk, *told in rows.of(list.pk))
        elif _by_item(list, today):
            yield list, (_item(list, name or "", count, fen) for _pk, name, count, fen in items.of(list.pk))
        else:
            yield list, [_item(list, "", list.row_count, list.total_fen)]


def _grouped(rows: QuerySet[ListRow]) -> Any:
    counted = rows.order_by().annotate(said=KT("shown__item")).values_list("list_id", "said")
    return counted.annotate(count=Count("pk"), fen=Sum("amount_fen")).order_by("list_id", "-count", "said")


def _rows(rows: QuerySet[ListRow]) -> Any:
    upheld = Objection.objects.filter(row=OuterRef("pk"), state=ObjectionState.UPHELD)
    told = rows.annotate(sent_back=Exists(upheld)).order_by("list_id", "position")
    return told.values_list("list_id", "position", "shown", "sent_back")


class _Stream:
    """Tuples in the order of their first value, read once, list by list."""

    def __init__(self, found: Any) -> None:
        self.all = found.iterator(AT_ONCE)
        self.next: Any = next(self.all, None)

    def of(self, key: int) -> Iterator[Any]:
        """Yield those of `key`; those of smaller ones (a list that changed meanwhile) are passed over."""
        while self.next is not None and self.next[0] <= key:
            here, self.next = self.next, next(self.all, None)
            if here[0] == key:
                yield here


def _row(list: PublicList, position: int, shown: Mapping[str, Any], sent_back: bool) -> Line:
    row = public_row(Audience.DATA, shown, names=False, content=list.content)
    why = row.get("why") or {}
    url = why.get("source_url", "")
    return {
        "position": position,
        "item": row.get("item", ""),
        "count": 1,
        "amount_fen": row.get("amount_fen", 0) if pays(list) else None,
        "reduced_fen": row.get("reduced_fen", 0) if pays(list) else None,
        "note": row.get("note", ""),
        "reason": why.get("text", ""),
        "basis": why.get("source_label", ""),
        "basis_url": address(url) if url else "",
        "level": why.get("level", ""),
        "effect": row.get("effect", ""),
        "sent_back": sent_back,
    }


def _item(list: PublicList, item: str, count: int, fen: int) -> Line:
    texts = dict.fromkeys(("note", "reason", "basis", "basis_url", "level", "effect"), "")
    money = fen if pays(list) else None
    return {
        "position": None,
        "item": item,
        "count": count,
        "amount_fen": money,
        "reduced_fen": None,
        **texts,
        "sent_back": False,
    }


def address(path: str) -> str:
    """Return the full address of `path` on this site."""
    return f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{path}"
