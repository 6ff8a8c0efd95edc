"""What a county sets of a flow: how many must agree, which optional steps it takes; dated, by two."""

import pytest

from portal import clock
from portal.configuration import keys
from portal.configuration.errors import BadValue, SamePerson, UnknownKey
from portal.configuration.services import confirm, propose
from workflows.demo.build import County
from workflows.demo.play import sign
from workflows.engine.errors import NotYourTurn
from workflows.engine.models import Batch

from .. import roads


def settle(county: County, key: str, value: object) -> None:
    """Let the county's two persons set `key` from today."""
    setting = propose(
        by=county["county"],
        key=key,
        area=county.areas["枫禾县"],
        value=value,
        valid_from=clock.today(),
        source="县里定的",
    )
    with pytest.raises(SamePerson):
        confirm(by=county["county"], setting=setting)
    confirm(by=county["countyhead"], setting=setting)


def posted(county: County, subject: str) -> Batch:
    """Return a batch whose board hangs, moved on by the clock."""
    from django.db import transaction

    from portal.ledger.services import append
    from workflows.engine.consequences import move_by_clock

    batch = roads.asked(county["clerk1"], county.areas["禾坪村"], subject)
    sign(batch, county["clerk1"])
    sign(batch, county["reviewer1"], changes={"urgency": "low"})
    sign(batch, county["reviewer1"])
    with transaction.atomic():
        append(*move_by_clock(batch_number=batch.number, awaited=batch.waits, held=[], why="期满"))
    batch.refresh_from_db()
    return batch


def test_a_county_may_leave_an_optional_step_out_and_running_cases_keep_theirs(county: County) -> None:
    running = posted(county, "bridge:1")
    assert running.step == "bridge"
    settle(county, "flow.road_repair.bridge.on", False)
    assert posted(county, "bridge:2").step == "fund"
    sign(running, county["countyhead"])
    assert running.step == "fund"


def test_a_county_may_ask_for_several_signatures_where_one_was_enough(county: County) -> None:
    settle(county, "flow.road_repair.bridge.needs", 2)
    batch = posted(county, "bridge:1")
    assert batch.needs == 2
    sign(batch, county["countyhead"])
    assert batch.step == "bridge"  # one head is in office: it waits for another and says so


def test_a_county_says_who_decides_and_running_cases_keep_theirs(county: County) -> None:
    running = posted(county, "bridge:1")
    settle(county, "flow.road_repair.bridge.approvers", ["county_reviewer"])
    later = posted(county, "bridge:2")
    with pytest.raises(NotYourTurn, match="县级经办"):
        sign(later, county["countyhead"])
    sign(later, county["county"])
    assert later.step == "fund"
    sign(running, county["countyhead"])
    assert running.step == "fund"


def test_no_county_has_nobody_decide_or_somebody_of_another_level(county: County) -> None:
    for value in ([], ["township_head"], ["county_head", "county_head"], [7]):
        with pytest.raises(BadValue, match="至少选一个审批人"):
            settle(county, "flow.road_repair.bridge.approvers", value)
    with pytest.raises(UnknownKey):
        keys.get("flow.road_repair.look.approvers")


def test_no_setting_takes_a_mandatory_step_or_a_silly_number(county: County) -> None:
    for key in ("flow.road_repair.look.on", "flow.road_repair.fund.needs", "flow.road_repair.post.needs"):
        with pytest.raises(UnknownKey):
            keys.get(key)
    with pytest.raises(BadValue, match="0 到 9"):
        settle(county, "flow.road_repair.look.needs", 12)
