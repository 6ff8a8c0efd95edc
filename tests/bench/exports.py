"""A county's whole data as CSV and XLSX, 14,401 areas and 100,000 rows: how long, and how much memory."""

import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from datetime import date
from typing import Any

from disclosure.opendata import downloads
from disclosure.opendata.writing import WRITERS
from disclosure.publicity.models import ListRow, PublicList
from disclosure.publicity.services import publish
from portal.areas.models import Area, Level
from portal.areas.services import load
from tests.disclosure.site.rows import many
from workflows.demo.build import County

from .timing import verdict

TOWNSHIPS, VILLAGES, LISTS, ROWS = 120, 119, 1_000, 100
MOST_MB = 64


def measure(county: County) -> None:
    """Make the county and write its files to disk, as the page of data does."""
    area = _fill(county)
    head = {"code": area.code}
    for form in ("csv", "xlsx"):
        started = time.perf_counter()
        size = _write(form, area, head)
        seconds = time.perf_counter() - started
        tracemalloc.start()
        _write(form, area, head)
        peak = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        print(
            f"  a county's {LISTS * ROWS:,} rows of {Area.objects.within(area).count():,} areas as {form}: "
            f"{peak:.0f} MB of memory at most, {size / 2**20:.1f} MB written in {seconds:.0f} s; "
            f"aim {MOST_MB} MB: {verdict(peak <= MOST_MB)}",
            flush=True,
        )


def _write(form: str, area: Area, head: dict[str, str]) -> int:
    with tempfile.TemporaryFile() as out:
        WRITERS[form](out, downloads._area_lists(area), head)
        return out.seek(0, 2)


def _fill(county: County) -> Area:
    """Write a county of its own: areas, lists and rows copied from one list that went the whole way."""
    load("\n".join(_areas()).encode(), valid_from=date(2020, 1, 1))
    area = Area.objects.get(code="990103000000")
    by = county["reviewer1"]
    pattern = publish(
        by=by,
        office=by.offices.select_related("area").get(),
        kind="application",
        area=county.areas["禾坪村"],
        line="assistance",
        title="2026年名单公示（数据）",
        rows=many(ROWS),
        reference="bench:exports",
    )
    villages = Area.objects.filter(code__startswith="990103", level=Level.VILLAGE).order_by("path")[:LISTS]
    lists = PublicList.objects.bulk_create(
        _copy(pattern, number=f"bench-{place}", series=f"bench-{place}", area_id=one.pk, area_path=one.path)
        for place, one in enumerate(villages)
    )
    rows = [*pattern.rows.all()]
    ListRow.objects.bulk_create(
        (_copy(row, list_id=one.pk) for one in lists for row in rows), batch_size=1000
    )
    return area


def _copy(pattern: Any, **changes: object) -> Any:
    values = {
        field.attname: getattr(pattern, field.attname)
        for field in pattern._meta.concrete_fields
        if not field.primary_key
    }
    return type(pattern)(**values | changes)


def _areas() -> Iterator[str]:
    yield "code,name,level,parent_code"
    yield "990103000000,大县,county,990100000000"
    for township in range(TOWNSHIPS):
        code = f"990103{101 + township:03d}"
        yield f"{code}000,大镇{township},township,990103000000"
        for village in range(VILLAGES):
            yield f"{code}{201 + village:03d},大村{township}-{village},village,{code}000"
