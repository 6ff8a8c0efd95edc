"""The digest of a row of field history: versioned, so that a new column of cases breaks no earlier event."""

from types import SimpleNamespace

import pytest

from portal.ledger.models import Event
from portal.ledger.verifier import verify
from workflows.demo.build import County
from workflows.demo.play import sign
from workflows.engine import history
from workflows.engine.models import Case

from .. import roads


def test_a_digest_with_another_column_leaves_earlier_events_true(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    fewer, all_of_them = history.COLUMNS[1][:-1], history.COLUMNS[1]
    monkeypatch.setattr(history, "COLUMNS", {1: fewer})
    batch = roads.asked(county["clerk1"], county.areas["禾坪村"], "road:1")
    sign(batch, county["clerk1"])
    monkeypatch.setattr(history, "COLUMNS", {1: fewer, 2: all_of_them})
    sign(batch, county["reviewer1"], changes={"urgency": "high"})
    said = [event.record for event in Event.objects.filter(kind="case.decided").order_by("sequence")]
    assert ['"history":"1:' in said[0], '"history":"2:' in said[1]] == [True, True]
    assert replayed() is None


def replayed() -> str | None:
    """Return what the verification finds wrong first."""
    fault = verify().fault
    return fault.reason if fault else None


def test_a_column_of_any_version_that_was_edited_is_found(county: County) -> None:
    batch = roads.asked(county["clerk1"], county.areas["禾坪村"], "road:1")
    sign(batch, county["clerk1"])
    assert replayed() is None
    Case.history.filter(step="look").update(subject="road:2")
    assert "历史记录" in (replayed() or "")


def test_every_column_is_covered_and_the_names_of_a_version_never_change() -> None:
    assert set(history.COLUMNS[max(history.COLUMNS)]) == {one.attname for one in Case._meta.concrete_fields}
    row = SimpleNamespace(**{name: name for name in history.COLUMNS[1]})
    assert history.matches(FIRST, row)
    assert not history.matches(FIRST.replace("1:", "9:"), row) and not history.matches(FIRST[2:], row)


FIRST = "1:bbeadba8e1d5a1c71c1a0225191f1d77bc95240fbce791127b239fb7fe696840"
