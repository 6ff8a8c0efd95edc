"""Rules of reading ahead: the mirror alone does it, and within it nothing is written, locked or told."""

import ast
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from portal import clock
from portal.clock.models import JobRun
from portal.ledger.models import Event
from portal.ledger.services import Draft, append

ROOT = Path(settings.BASE_DIR)
FLOORS = ("portal", "disclosure", "workflows")
# Who may call which of the two ways to another moment.
MAY = {
    "foresee": {"disclosure/mirror/rendering.py"},
    "travel": {"workflows/demo/"},
}


def calls() -> Iterator[tuple[str, str]]:
    """Yield file and name wherever the source speaks of one of the two, by whatever way it came by it."""
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            where = path.relative_to(ROOT).as_posix()
            if where == "portal/clock/__init__.py":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                names = [node.attr] if isinstance(node, ast.Attribute) else []
                names += [node.id] if isinstance(node, ast.Name) else []
                names += [one.name for one in node.names] if isinstance(node, ast.ImportFrom) else []
                names += [str(node.value)] if isinstance(node, ast.Constant) else []
                yield from ((where, name) for name in names if name in {*MAY, "_set_time"})


def test_the_mirror_alone_reads_ahead_and_only_the_demo_travels() -> None:
    found = set(calls())
    assert ("disclosure/mirror/rendering.py", "foresee") in found
    astray = [
        (where, name) for where, name in found if not where.startswith(tuple(MAY.get(name, {"nowhere"})))
    ]
    assert not astray, f"only the mirror and the demo may read another clock: {sorted(astray)}"


def told() -> None:
    """Do as any service does: open a transaction, write its event."""
    with transaction.atomic():
        append(Draft(kind="page.published", object_type="page", object_id="1", body={}))


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize(
    "write",
    [
        lambda: JobRun.objects.create(name="x"),
        lambda: JobRun.objects.update(name="y"),
        lambda: JobRun.objects.all().delete(),
        lambda: JobRun.objects.bulk_create([JobRun(name="x")]),
        lambda: connection.cursor().execute("  insert into nothing values (1)"),
        lambda: connection.cursor().execute("WITH a AS (SELECT 1) UPDATE nothing SET b = 1"),
        lambda: connection.cursor().execute("SELECT 1 FOR UPDATE"),
        lambda: connection.cursor().execute("SELECT 1 INTO other"),
        lambda: connection.cursor().executemany("DELETE FROM nothing WHERE a = %s", [(1,)]),
        lambda: told(),
    ],
)
def test_within_it_no_way_to_write_gets_through(write: Callable[[], Any]) -> None:
    JobRun.objects.create(name="ran before")
    rows, events = JobRun.objects.count(), Event.objects.count()
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(clock.ReadingAhead), transaction.atomic(), clock.foresee(tomorrow):
        assert JobRun.objects.count() == rows, "reading works"
        write()
    assert (JobRun.objects.count(), Event.objects.count()) == (rows, events)
    assert not clock.is_set()


def test_no_day_that_is_over_is_read_again(db: None) -> None:
    with pytest.raises(ValueError, match="今天以后"), clock.foresee(clock.today() - timedelta(days=1)):
        pass
    with clock.foresee(clock.today()):
        assert clock.now() >= clock.now() - timedelta(seconds=1)
    assert not clock.is_set()
