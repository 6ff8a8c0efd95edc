"""100,000 cases counted for a village, a township and a county office, beside the bare path filter."""

from datetime import date

from django.db import connection

from portal.areas.models import Area, Level, path_range
from portal.areas.services import load
from portal.people.models import Line, Role, User
from portal.people.scope import forget, scope_of
from workflows.demo import build
from workflows.demo.build import County
from workflows.engine.models import Batch, Case

from .timing import turn_by_turn, verdict

CASES, TOWNSHIPS, VILLAGES, MOST_TIMES = 100_000, 20, 20, 3


def measure(county: County) -> None:
    """Make the cases in a county of their own and count them."""
    area = _fill()
    offices = [
        ("village", Role.VILLAGE_CLERK, "990102101201", Line.ALL),
        ("township", Role.TOWNSHIP_REVIEWER, "990102101000", Line.ASSISTANCE),
        ("county", Role.COUNTY_REVIEWER, "990102000000", Line.ASSISTANCE),
        ("county, one line, all", Role.COUNTY_HEAD, "990102000000", Line.ALL),
        ("county finance", Role.COUNTY_FINANCE, "990102000000", Line.FINANCE),
    ]
    county.areas["计数县"] = area
    for place, (name, role, code, line) in enumerate(offices):
        place_area = Area.objects.get(code=code)
        county.areas[place_area.name] = place_area
        user = build.make_official(county, f"counter{place}", "计数员", role, place_area.name, line)
        _compare(name, user, place_area)


def _compare(name: str, user: User, area: Area) -> None:
    def ours(_number: int) -> int:
        return Case.objects.visible_to(user).count()

    def fresh(_number: int) -> int:
        forget(user)
        return Case.objects.visible_to(user).count()

    def bare(_number: int) -> int:
        return Case.objects.filter(path_range(area.path)).count()

    scope_of(user)
    seen = ours(0)
    taken = turn_by_turn(9, ours=ours, fresh=fresh, bare=bare)
    ratio = taken["ours"] / taken["bare"]
    print(
        f"  {seen:,} cases counted by {name}: {ratio:.2f} times the bare path filter "
        f"({taken['ours']:.1f} ms to {taken['bare']:.1f} ms; {taken['fresh']:.1f} ms with the offices read); "
        f"aim {MOST_TIMES}: {verdict(ratio <= MOST_TIMES)}",
        flush=True,
    )


def _fill() -> Area:
    """Write CASES cases over the villages of a county of their own; every fifth is shared with finance."""
    rows = [
        "code,name,level,parent_code",
        "990102000000,计数县,county,990100000000",
    ]
    for township in range(TOWNSHIPS):
        code = f"990102{101 + township:03d}000"
        rows.append(f"{code},计数镇{township},township,990102000000")
        rows += [
            f"{code[:9]}{201 + village:03d},计数村{township}-{village},village,{code}"
            for village in range(VILLAGES)
        ]
    load("\n".join(rows).encode(), valid_from=date(2020, 1, 1))
    clerk = User.objects.order_by("pk").first()
    common = {"flow_key": "road_repair", "flow_version": 1, "scheme": "count", "step": "ask"}
    villages = list(Area.objects.filter(code__startswith="990102", level=Level.VILLAGE))
    batches = Batch.objects.bulk_create(
        Batch(
            number=f"{area.code}-2026-001",
            title="计数",
            area=area,
            area_path=area.path,
            line=Line.ASSISTANCE,
            **common,
        )
        for area in villages
    )
    each = CASES // len(villages)
    for batch in batches:
        Case.objects.bulk_create(
            Case(
                number=f"{batch.area.code}2026{number:05d}",
                batch=batch,
                area=batch.area,
                area_path=batch.area_path,
                line=Line.ASSISTANCE,
                shared_line="" if number % 5 else Line.FINANCE,
                subject=f"road:{number}",
                opened_by=clerk,
                **common,
            )
            for number in range(each)
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Area.objects.get(code="990102000000")
