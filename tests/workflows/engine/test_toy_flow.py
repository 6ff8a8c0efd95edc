"""A flow of its own, registered by the tests alone, runs through the engine as it is."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest

from portal import clock
from portal.ledger.services import append
from workflows import engine
from workflows.demo.build import County
from workflows.demo.play import sign
from workflows.engine import catalogue, consequences, deadlines
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.models import Batch, BatchState, Case, CaseState
from workflows.programmes.models import Application

from .. import roads


def look(county: County, batch: Batch, urgency: str = "high") -> None:
    """Let the township look at every road of `batch`."""
    sign(batch, county["reviewer1"], changes={"urgency": urgency})


def taken_down(batch: Batch, held: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    """Let the board's time run out."""
    append(*consequences.move_by_clock(batch_number=batch.number, awaited=batch.waits, held=held, why="期满"))
    batch.refresh_from_db()


def test_a_road_is_asked_for_looked_at_posted_and_funded(county: County) -> None:
    batch = roads.asked(county["clerk1"], county.areas["禾坪村"], "road:1", "road:2")
    sign(batch, county["clerk1"])
    look(county, batch)
    sign(batch, county["reviewer1"])
    assert batch.waits and not batch.pending and batch.due_on is None
    taken_down(batch)
    assert batch.step == "fund"
    sign(batch, county["finance"])
    assert batch.state == BatchState.OPEN
    sign(batch, county["county"])
    assert batch.state == BatchState.CLOSED
    assert set(batch.cases.values_list("state", flat=True)) == {CaseState.DONE}
    assert not Application.objects.exists()


def test_only_the_rows_that_an_optional_step_is_for_go_through_it(county: County) -> None:
    batch = roads.asked(county["clerk1"], county.areas["禾坪村"], "road:1", "road:2", "bridge:1")
    sign(batch, county["clerk1"])
    look(county, batch)
    sign(batch, county["reviewer1"])
    taken_down(batch)
    bridge = Batch.objects.get(parent=batch)
    assert (batch.step, batch.row_count, bridge.step, bridge.row_count) == ("fund", 2, "bridge", 1)
    sign(bridge, county["countyhead"])
    assert bridge.step == "fund"


def test_a_rule_of_the_flow_bars_a_row_and_lets_the_others_go_on(county: County) -> None:
    batch = roads.asked(county["clerk1"], county.areas["禾坪村"], "road:1", "road:2")
    sign(batch, county["clerk1"])
    odd = batch.cases.order_by("pk").first()
    outcome = sign(
        batch,
        county["reviewer1"],
        changes={"urgency": "low"},
        rows={odd.number: RowVerdict(Verdict.AGREE, changes={"urgency": "someday"})},
    )
    assert [row["case"] for row in outcome.failed] == [odd.number]
    assert outcome.failed[0]["message"] == "没有这种紧急程度"
    left_behind = Batch.objects.get(number=outcome.split[0])
    assert (batch.step, left_behind.step) == ("post", "look")


def test_each_step_has_a_deadline_that_a_county_may_set(county: County) -> None:
    batch = roads.asked(county["clerk1"], county.areas["禾坪村"], "road:1")
    assert batch.due_on == deadlines.due_on(roads.ROADS, roads.ROADS.step("ask"), batch.area)
    assert deadlines.light(batch.due_on) == deadlines.Light.GREEN
    with clock.travel(clock.now() + timedelta(days=30)):
        assert deadlines.light(batch.due_on) == deadlines.Light.RED
        batch.refresh_from_db()
        assert batch.step == "ask"  # a missed deadline approves nothing


def test_a_batch_keeps_the_version_of_the_flow_under_which_it_was_opened(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    batch = roads.asked(county["clerk1"], county.areas["禾坪村"], "road:1")
    newer = replace(roads.ROADS, version=2, steps=roads.ROADS.steps[:2] + roads.ROADS.steps[4:])
    monkeypatch.setattr(catalogue, "_flows", {**catalogue._flows, ("road_repair", 2): newer})
    assert catalogue.latest("road_repair") is newer
    sign(batch, county["clerk1"])
    look(county, batch)
    assert batch.step == "post"


def test_the_engine_imports_nothing_of_programmes_households_or_money() -> None:
    folder = Path(engine.__file__).parent
    imported: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(node.module or "")
            elif isinstance(node, ast.Import):
                imported.update(alias.name for alias in node.names)
    own = {name for name in imported if name.split(".")[0] in ("workflows", "disclosure")}
    assert own == set()
    words = "".join(path.read_text() for path in folder.glob("*.py"))
    assert "Household" not in words and "Programme" not in words


def test_cases_of_two_flows_do_not_share_a_batch(county: County) -> None:
    from ..county import make_batch

    grants = make_batch(county, rows=1, until="file")
    road = roads.ask(county["clerk1"], county.areas["禾坪村"], "road:1")
    assert Case.objects.get(pk=road.pk).batch_id != grants.pk
