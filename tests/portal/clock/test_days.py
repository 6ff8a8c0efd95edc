"""Days are Asia/Shanghai's: until eight in the morning the day in UTC is another one."""

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from portal import clock

ROOT = Path(__file__).resolve().parents[3]
# Moments that are no moment of UTC, and where they come from.
LOCAL = {
    "portal/clock/__init__.py": "where the day of a moment is made",
    "portal/outbox/choices.py": "a moment turned to local time two lines above",
    "workflows/assessment/periods.py": "a period that is on now, no moment",
    "workflows/radar/rules/odd_hours.py": "a moment turned to local time two lines above",
    "workflows/registry/imports/cells.py": "a cell of a workbook, which has no zone",
    "workflows/demo/change_stories.py": "the demo's diary writes local moments",
    "workflows/demo/public_stories.py": "the demo's diary writes local moments",
    "disclosure/site/events_of.py": "an outage's moment, written down in local time",
    "disclosure/pages/viewing.py": "a moment turned to local time in the same line",
}
PARTS = frozenset(["year", "month", "day", "hour"])


def days_of_utc(source: str) -> Iterator[int]:
    """Yield the lines that take a day, or a part of one, from a moment itself."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "date":
            if not node.args:
                yield node.lineno
        elif isinstance(node, ast.Attribute) and node.attr in PARTS and _is_moment(node.value):
            yield node.lineno


def _is_moment(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "now"
    return called or name in ("at", "now", "moment") or name.endswith("_at")


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_day_of_a_moment_is_shanghais(moment: datetime, day: date) -> None:
    assert clock.day_of(moment) == day
    with clock.travel(moment):
        assert clock.today() == day


@pytest.mark.parametrize(
    "line", ["case.opened_at.date()", "clock.now().date()", "clock.now().hour", "case.opened_at.year"]
)
def test_a_planted_day_of_utc_is_found(line: str) -> None:
    assert list(days_of_utc(f"x = {line}\n")) == [1]


def test_nobody_takes_the_day_of_a_moment_but_the_clock() -> None:
    found = [
        f"{name}:{line}"
        for floor in ("portal", "disclosure", "workflows")
        for path in sorted((ROOT / floor).rglob("*.py"))
        if (name := path.relative_to(ROOT).as_posix()) not in LOCAL and "/migrations/" not in name
        for line in days_of_utc(path.read_text(encoding="utf-8"))
    ]
    assert found == []
