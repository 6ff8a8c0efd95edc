"""Rules of large files: what they need in memory does not grow with what they hold."""

import tracemalloc
from collections.abc import Callable
from datetime import date
from typing import IO, Any

import pytest

from disclosure.opendata import downloads, lines
from disclosure.opendata.writing import WRITERS
from disclosure.publicity.models import ListRow, PublicList
from tests.disclosure.village import Village, a_list, noon

DAY = date(2026, 11, 21)
# So many rows come from the database at once here, and two such loads may be held: both sizes need that.
AT_ONCE, FEW, MANY = 100, 400, 1_600
MOST_MORE = 100 * 1024


class Nowhere:
    """A file that keeps nothing, so that only the making of it is measured."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, content: Any) -> int:
        """Count what is written."""
        self.size += len(content)
        return len(content)

    def __getattr__(self, name: str) -> Any:
        if name in ("readable", "seekable"):
            return lambda: False
        if name == "writable":
            return lambda: True
        if name in ("flush", "close"):
            return lambda: None
        if name == "closed":
            return False
        if name == "tell":
            return lambda: self.size
        raise AttributeError(name)


def rows(list: PublicList, count: int) -> None:
    """Give `list` `count` rows more, behind the services: nothing here depends on how they came."""
    pattern = list.rows.get(position=1)
    values = {
        field.attname: getattr(pattern, field.attname)
        for field in ListRow._meta.concrete_fields
        if not field.primary_key
    }
    first = list.rows.count() + 1
    ListRow.objects.bulk_create(
        (ListRow(**values | {"position": place}) for place in range(first, first + count)), batch_size=500
    )
    PublicList.objects.filter(pk=list.pk).update(row_count=first + count - 1)


@pytest.mark.postgres
@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_four_times_the_rows_need_no_more_memory(
    village: Village, travel: Callable, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "AT_ONCE", AT_ONCE)

    def peak() -> int:
        out: IO[bytes] | Any = Nowhere()
        tracemalloc.start()
        WRITERS[form](out, downloads._area_lists(village.area), {"code": village.area.code})
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        sizes.append(out.size)
        return most

    sizes: list[int] = []
    with travel(noon(DAY)):
        published = a_list(village)
        rows(published, FEW)
        few = peak()
        rows(published, MANY - FEW)
        many = peak()
    assert sizes[1] > 2 * sizes[0]
    assert many - few < MOST_MORE, (few, many)
