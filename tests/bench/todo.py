"""A county reviewer's to-do at 10, 1,000 and 100,000 cases, all of which wait for them: the hardest case.

The same number of queries at each; the time beside that of the 10 cases, in the same run.
"""

from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from portal.areas.models import Level
from portal.people.models import Line, Role
from workflows.demo import build
from workflows.demo.build import County
from workflows.engine.models import Batch, Case

from ..workflows.county import make_batch
from .timing import queries, turn_by_turn, verdict

SIZES, ROWS, TIMES = (10, 1_000, 100_000), 20, 5
# A batch has some twenty cases: the last to-do has 5,000 batches to count.
MOST_TIMES = 3
COLUMNS = {model: [f.attname for f in model._meta.concrete_fields] for model in (Batch, Case)}


@override_settings(CONFIGURATION_RECHECK_SECONDS=None)
def measure(county: County) -> None:
    """Grow the to-do of an official of their own, and read its first page, the closed ones and a search."""
    pattern = make_batch(county, 1, until="check", first=5_000)
    case = Case.objects.get(batch=pattern)
    # Whatever else stands in the county waits for others. A process asks now and then whether another one
    # changed a setting: that query is no page's, and left out.
    seat = f",{Role.COUNTY_REVIEWER}:{Line.ASSISTANCE},"
    build.make_official(county, "todo1", "待办员", Role.COUNTY_REVIEWER, "枫禾县", Line.ASSISTANCE)
    client = Client()
    client.force_login(county["todo1"], backend="django.contrib.auth.backends.ModelBackend")
    pages = {
        "the to-do": reverse("desk:todo"),
        "all that is open": reverse("desk:open"),
        "the to-do's yellow lights": f"{reverse('desk:todo')}?light=yellow",
    }
    villages = [area for area in county.areas.values() if area.level == Level.VILLAGE]
    taken: dict[int, dict[str, float]] = {}
    asked: dict[int, dict[str, int]] = {}
    made = 0
    for size in SIZES:
        made = _grow(pattern, case, villages, seat, made, size)
        for address in pages.values():
            assert client.get(address).status_code == 200, address
        asked[size] = {name: queries(lambda path=where: client.get(path)) for name, where in pages.items()}
        taken[size] = turn_by_turn(
            TIMES, **{name: lambda _number, path=where: client.get(path) for name, where in pages.items()}
        )
    for name in pages:
        ratio = taken[SIZES[-1]][name] / taken[SIZES[0]][name]
        counted = [asked[size][name] for size in SIZES]
        met = verdict(len({*counted}) == 1 and ratio <= MOST_TIMES)
        print(
            f"  {name} at {', '.join(f'{size:,}' for size in SIZES)} cases: "
            f"{', '.join(str(count) for count in counted)} queries; "
            f"{', '.join(f'{taken[size][name]:.0f}' for size in SIZES)} ms, {ratio:.2f} times; "
            f"aim the same queries, {MOST_TIMES} times: {met}",
            flush=True,
        )


def _grow(pattern: Batch, case: Case, villages: list, seat: str, made: int, size: int) -> int:
    """Copy the batch and its case until `size` cases wait at `seat`; return how many there are now."""
    batches: list[Batch] = []
    counts: list[int] = []
    while made < size:
        rows = min(ROWS, size - made)
        number = f"todo-{made}"
        area = villages[(made // ROWS) % len(villages)]
        values = {name: getattr(pattern, name) for name in COLUMNS[Batch] if name != "id"}
        values |= {"number": number, "area_id": area.pk, "area_path": area.path, "pending": seat}
        batches.append(Batch(**values | {"row_count": rows}))
        counts.append(rows)
        made += rows
    kept = Batch.objects.bulk_create(batches, batch_size=500)
    copies = (
        Case(
            **{name: getattr(case, name) for name in COLUMNS[Case] if name != "id"}
            | {
                "number": f"{batch.number}-{row}",
                "batch_id": batch.pk,
                "area_id": batch.area_id,
                "area_path": batch.area_path,
            }
        )
        for batch, rows in zip(kept, counts, strict=True)
        for row in range(rows)
    )
    Case.objects.bulk_create(copies, batch_size=1000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return made
