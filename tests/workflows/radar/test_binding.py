"""The radar against the ledger: a clue or a switch that was written past the services is found."""

from datetime import timedelta

import pytest

from portal import clock
from portal.ledger.verifier import verify
from portal.people.models import Role
from tests.portal.ledger.parties import fault_after
from workflows.demo.build import County
from workflows.engine.models import Case
from workflows.radar import registry, running, services
from workflows.radar.models import Flag
from workflows.radar.rule import Found
from workflows.radar.switches import switch_off

from ..county import VILLAGE, make_batch

pytestmark = pytest.mark.django_db

FLAG, SWITCH = "workflows_radar_flag", "workflows_radar_ruleswitch"
COPIED = '"on", until, reason, at, area_id, by_id, area_path, at_event'
# By which line of SQL, and what the verification then names.
ATTACKS = {
    f"DELETE FROM {FLAG} WHERE key = 'c'": "不见了",
    f"UPDATE {FLAG} SET key = 'd' WHERE key = 'c'": "线索",
    f"UPDATE {FLAG} SET state = 'dismissed' WHERE key = 'c'": "处理被改过",
    f"UPDATE {FLAG} SET concerns_id = NULL WHERE key = 'a'": "线索",
    f"UPDATE {FLAG} SET reason = 'x' WHERE key = 'a'": "线索",
    f"UPDATE {FLAG} SET looked_by_id = concerns_id WHERE key = 'a'": "处理被改过",
    f"UPDATE {FLAG} SET why_closed = '' WHERE key = 'b'": "处理被改过",
    f"UPDATE {SWITCH} SET until = '2099-01-01'": "开关",
    f"UPDATE {SWITCH} SET at_event = 0": "开关",
    f"DELETE FROM {SWITCH}": "开关",
    f"INSERT INTO {SWITCH} (rule, {COPIED}) SELECT 'two_levels', {COPIED} FROM {SWITCH}": "开关",
}


@pytest.mark.postgres
def test_clues_and_switches_written_past_the_services_are_found(county: County) -> None:
    case = make_batch(county, 1, "file").cases.get()
    watch = county["supervisor"]
    running.keep(registry.get("odd_hours"), [_found(county, case, key) for key in "abc"])
    flags = {flag.key: flag for flag in Flag.objects.all()}
    services.look(by=watch, flag_id=flags["a"].pk, seen_version=0)
    services.dismiss(by=watch, flag_id=flags["b"].pk, seen_version=0, reason="看过监控，人在值班")
    services.make_ticket(
        by=watch,
        flag_id=flags["c"].pk,
        seen_version=0,
        owner_role=Role.TOWNSHIP_REVIEWER,
        text="夜里签的，要说清楚",
        wanted="说清为什么夜里签",
    )
    switch_off(
        by=watch,
        rule="kin",
        area=county.areas["枫禾县"],
        until=clock.today() + timedelta(days=3),
        reason="正在逐户核对亲属",
    )
    assert verify().fault is None
    for sql, named in ATTACKS.items():
        fault = fault_after(sql)
        assert fault is not None and named in fault.reason, (sql, fault)
    assert verify().fault is None


def _found(county: County, case: Case, key: str) -> Found:
    return Found(
        key=key,
        area=county.areas[VILLAGE],
        line="assistance",
        reason="夜里签的",
        objects=[("case", case.number)],
        happened_at=clock.now(),
        concerns=county["head1"] if key == "a" else None,
    )
