"""What is done with a clue: looked at, dismissed, made a ticket; rates, switches, lists compared."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from portal import clock
from portal.files.services import prepare
from portal.inquiries import box
from portal.inquiries.models import SealedInquiry
from portal.ledger.models import Event
from portal.people import recusal
from portal.people.models import Role, User
from portal.sealing.commitments import opens
from workflows.demo import build, play
from workflows.demo.build import County
from workflows.demo.names import id_number
from workflows.engine.models import Case
from workflows.radar import registry, running, services, waiting
from workflows.radar.errors import BadFlagAct, NoSuchFlag, StaleFlag
from workflows.radar.models import Flag, FlagState, OutsideList
from workflows.radar.rates import rates
from workflows.radar.switches import switch_off, switch_on
from workflows.rectification.models import Ticket
from workflows.rectification.services import accept, answer
from workflows.supervision.reach import events_within

from ..county import SIBLING, VILLAGE, make_batch
from ..supervision.conftest import supervisor_of
from .conftest import SignIn
from .planting import found, judge

pytestmark = pytest.mark.django_db
RADAR = "/admin/desk/supervision/radar/"


@pytest.fixture
def flag(county: County) -> Flag:
    """Return a clue in 禾坪村: the township's head decided at half past two at night."""
    case = make_batch(county, 1, "publish").cases.select_related("batch", "area").get()
    return _at_night(county, case)


def _at_night(county: County, case: Case) -> Flag:
    # In UTC: half past two in Shanghai.
    night = (clock.now() + timedelta(days=1)).replace(hour=18, minute=30)
    judge(case, county["head1"], "township", night)
    return found("odd_hours")[-1]


def _at_case(flag: Flag) -> Case:
    """Have the clue point at the one case, as rules about a household do."""
    case = Case.objects.get()
    Flag.objects.filter(pk=flag.pk).update(objects_at=[["case", case.number]])
    return case


def kinds() -> list[str]:
    """Return the kinds of the ledger's events about clues, in order."""
    return list(
        Event.objects.filter(kind__startswith="radar.").order_by("sequence").values_list("kind", flat=True)
    )


def test_each_step_is_an_event_and_the_rate_counts_what_was_judged(county: County, flag: Flag) -> None:
    by = county["supervisor"]
    assert rates(by)["odd_hours"].waiting == 1 and rates(by)["odd_hours"].false_alarms is None
    services.look(by=by, flag_id=flag.pk, seen_version=0)
    with pytest.raises(StaleFlag):
        services.dismiss(by=by, flag_id=flag.pk, seen_version=0, reason="加班赶年底的期限，问过本人")
    with pytest.raises(BadFlagAct):
        services.dismiss(by=by, flag_id=flag.pk, seen_version=1, reason=" 误报 ")
    services.dismiss(by=by, flag_id=flag.pk, seen_version=1, reason="加班赶年底的期限，问过本人")
    assert kinds() == ["radar.found", "radar.looked", "radar.dismissed"]
    record = Event.objects.latest("sequence").record
    assert "加班" not in record and json.loads(record)["commitments"]["reason"]
    assert rates(by)["odd_hours"].false_alarms == 100
    with pytest.raises(StaleFlag):
        services.look(by=by, flag_id=flag.pk, seen_version=2)


def test_a_clue_becomes_a_ticket_that_another_accepts(county: County, flag: Flag) -> None:
    by = county["supervisor"]
    flag, ticket = services.make_ticket(
        by=by,
        flag_id=flag.pk,
        seen_version=0,
        owner_role=Role.TOWNSHIP_REVIEWER,
        text="凌晨签批，问不出原因",
        wanted="说明原因，改密码",
    )
    assert (
        flag.state == FlagState.TICKETED and ticket.source == "radar" and ticket.concerns == county["head1"]
    )
    assert kinds()[-1] == "radar.ticketed"
    proof = [("改.jpg", prepare(play.photo("改")))]
    answered = answer(
        by=county["reviewer1"],
        ticket_id=ticket.pk,
        seen_version=ticket.version,
        words="密码已经改",
        files=proof,
    )
    closed = accept(by=by, ticket_id=ticket.pk, seen_version=answered.version, words="看过，可以销号")
    assert closed.state == "closed" and rates(by)["odd_hours"].false_alarms == 0


def test_money_is_put_right_by_the_countys_finance_whatever_the_line(county: County, flag: Flag) -> None:
    said = {"owner_role": Role.COUNTY_FINANCE, "text": "回单比定的多 500 元", "wanted": "追回多发的"}
    _flag, ticket = services.make_ticket(by=county["supervisor"], flag_id=flag.pk, seen_version=0, **said)
    assert ticket.line == "finance" and flag.line == "assistance"
    assert Ticket.objects.owned_by(county["finance"]).get() == ticket


def test_clues_are_seen_within_reach_and_never_by_whom_they_point_at(county: County, flag: Flag) -> None:
    sibling = supervisor_of(county, SIBLING)
    assert not Flag.objects.visible_to(sibling).exists()
    with pytest.raises(NoSuchFlag):
        services.look(by=sibling, flag_id=flag.pk, seen_version=0)
    Flag.objects.filter(pk=flag.pk).update(concerns=county["supervisor"])
    assert not Flag.objects.visible_to(county["supervisor"]).exists()
    assert not Flag.objects.visible_to(county["county"]).exists()


def test_a_switch_needs_a_reason_and_a_day_and_what_was_missed_is_looked_at_again(county: County) -> None:
    by, place, today = county["supervisor"], county.areas[VILLAGE], clock.today()
    running.run(registry.get("odd_hours"))
    for until, reason in ((today + timedelta(days=5), "太多"), (today + timedelta(days=400), "年底都在加班")):
        with pytest.raises(BadFlagAct):
            switch_off(by=by, rule="odd_hours", area=place, until=until, reason=reason)
    with pytest.raises(BadFlagAct):
        sibling = supervisor_of(county, SIBLING)
        switch_off(
            by=sibling, rule="odd_hours", area=place, until=today + timedelta(days=5), reason="年底加班多"
        )
    switch_off(
        by=by, rule="odd_hours", area=place, until=today + timedelta(days=5), reason="年底都在加班，先停几天"
    )
    case = make_batch(county, 1, "publish").cases.select_related("batch", "area").get()
    night = (clock.now() + timedelta(days=1)).replace(hour=18, minute=30)
    judge(case, county["head1"], "township", night)
    assert not found("odd_hours")
    switch_on(by=by, rule="odd_hours", area=place, reason="期限过了，再开")
    assert len(found("odd_hours")) == 1
    assert kinds().count("radar.switched") == 2


def test_the_screens_show_act_and_refuse(county: County, flag: Flag, sign_in: SignIn) -> None:
    client = sign_in("supervisor")
    assert flag.reason in client.get(RADAR).content.decode()
    page = client.get(f"{RADAR}{flag.pk}/").content.decode()
    assert flag.reason in page and flag.objects_at[0][1] in page
    assert "枫禾县县财政" in page and "杉坞镇乡镇经办" in page and "杉坞镇乡镇负责人" not in page, (
        "nobody but whom it is about holds it"
    )
    assert _act(client, flag, do="dismiss", reason="短").status_code == 422
    stale = client.post(f"{RADAR}{flag.pk}/", {"do": "look", "seen_version": "7"})
    assert stale.status_code == 409
    assert _act(client, flag, do="look").status_code == 302
    flag.refresh_from_db()
    wrong = _act(client, flag, do="ticket", owner_role="county_head", text="", wanted="改")
    assert wrong.status_code == 422 and not Ticket.objects.exists()
    sent = {"owner_role": "township_reviewer", "text": "凌晨签批问不出原因", "wanted": "说明原因"}
    assert _act(client, flag, do="ticket", **sent).status_code == 302
    assert Ticket.objects.get().number in client.get(f"{RADAR}{flag.pk}/").content.decode()
    rules = client.get(f"{RADAR}rules/").content.decode()
    assert all(str(rule.title) in rules for rule in registry.all_rules()) and "县里还没有确认" in rules
    until = (clock.today() + timedelta(days=3)).isoformat()
    off = {"do": "off", "rule": "kin", "area": county.areas["枫禾县"].code, "until": until}
    assert client.post(f"{RADAR}rules/", off).status_code == 422
    assert client.post(f"{RADAR}rules/", {**off, "reason": "正在逐户核对亲属"}).status_code == 302
    assert "正在逐户核对亲属" in client.get(f"{RADAR}rules/").content.decode()
    assert sign_in("county").get(RADAR).status_code == 404


def test_a_clue_is_dismissed_on_its_screen_with_a_reason(county: County, flag: Flag, sign_in: SignIn) -> None:
    client = sign_in("supervisor")
    assert _act(client, flag, do="look").status_code == 302
    assert _act(client, flag, do="dismiss", reason="当晚抢险，县里安排值班签批").status_code == 302
    event = Event.objects.latest("sequence")
    assert (event.kind, event.actor) == ("radar.dismissed", county["supervisor"])
    assert "当晚抢险" not in event.record and "当晚抢险" in client.get(f"{RADAR}{flag.pk}/").content.decode()
    assert _act(client, flag, do="dismiss", reason="当晚抢险，县里安排值班签批").status_code == 409


def _act(client: Client, flag: Flag, **said: Any) -> Any:
    flag.refresh_from_db()
    return client.post(f"{RADAR}{flag.pk}/", {"seen_version": flag.version, **said})


def test_a_clue_waits_on_the_home_page_with_the_day_by_which_to_look(
    flag: Flag, county: County, sign_in: SignIn
) -> None:
    assert "看线索" in sign_in("supervisor").get("/admin/").content.decode()
    services.look(by=county["supervisor"], flag_id=flag.pk, seen_version=0)
    assert "接着看线索" in sign_in("supervisor").get("/admin/").content.decode()
    other = supervisor_of(county, "枫禾县")
    assert not waiting.clues(other).lines, "somebody else is looking at it"
    with clock.travel(clock.now() + timedelta(days=60)):
        line = waiting.clues(county["supervisor"]).lines[0]
    assert line.deadline is not None and line.deadline.light == "red"
    assert "看线索" not in sign_in("county").get("/admin/").content.decode()


def test_a_list_from_outside_is_compared_by_hash_and_kept_nowhere(county: County, sign_in: SignIn) -> None:
    homes = [build.make_household(county, VILLAGE, number, "clerk1") for number in (1, 2)]
    number = str(homes[0].members.order_by("pk")[0].id_number)
    others = [id_number(date(1949, 1, day), 990) for day in range(1, 20)]
    rows = "".join(f"乙,{one}\n" for one in others)
    lines = f"姓名,身份证号\n甲,{number}\n{rows}丙,123\n".encode("gb18030")
    client = sign_in("supervisor")
    sent = {
        "kind": "deaths",
        "area": county.areas["枫禾县"].code,
        "as_of": clock.today().isoformat(),
        "basis": "枫禾县民政局函〔2026〕3号",
    }
    page = client.post(f"{RADAR}outside/", sent | {"file": SimpleUploadedFile("a.csv", lines)}, follow=True)
    assert "对上 1 人" in page.content.decode() and "名单已经清除" in page.content.decode()
    flag = Flag.objects.get()
    assert flag.objects_at == [["household", str(homes[0].pk)]] and number not in flag.reason
    made = OutsideList.objects.get()
    assert (made.lines, made.unread, made.matched) == (21, 1, 1)
    event = Event.objects.latest("sequence")
    assert event.kind == "radar.compared" and number not in event.record
    digest = hashlib.sha256(lines).hexdigest()
    sha256 = json.loads(event.record)["commitments"]["sha256"]
    assert made.digest == digest and digest not in event.record
    assert opens(sha256, digest, event.openings.get(name="sha256").salt)
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest FROM workflows_radar_outsidelist")
        assert digest not in str(cursor.fetchall())
    again = client.post(f"{RADAR}outside/", sent | {"file": SimpleUploadedFile("a.csv", lines)}, follow=True)
    assert "新线索 0 条" in again.content.decode() and Flag.objects.count() == 1
    for wrong in ({"basis": ""}, {"as_of": "2999-01-01"}, {"kind": "x"}, {"area": "990000000000"}):
        refused = client.post(f"{RADAR}outside/", sent | wrong | {"file": SimpleUploadedFile("a.csv", lines)})
        assert refused.status_code == 422, wrong


def test_a_list_of_a_few_people_is_no_list_and_every_comparison_is_a_sealed_search(
    county: County, sign_in: SignIn
) -> None:
    home = build.make_household(county, VILLAGE, 1, "clerk1")
    number = str(home.members.order_by("pk")[0].id_number)
    sent = {
        "kind": "payroll",
        "area": county.areas["枫禾县"].code,
        "as_of": clock.today().isoformat(),
        "basis": "枫禾县财政局函〔2026〕9号",
    }
    opening, sealing = box.make_pair()
    with override_settings(INQUIRY_KEY=sealing):
        refused = sign_in("supervisor").post(
            f"{RADAR}outside/", sent | {"file": SimpleUploadedFile("a.csv", f"甲,{number}\n".encode() * 30)}
        )
    page = refused.content.decode()
    assert refused.status_code == 422 and "只有 1 个不同的人，至少要 20 个" in page
    assert not Flag.objects.exists() and not OutsideList.objects.exists()
    assert number not in Event.objects.latest("sequence").record
    told = box.unseal(SealedInquiry.objects.get().sealed, opening)
    assert number in told and "supervisor" in told


def test_the_rules_run_by_the_clock_and_by_command(
    county: County, capsys: pytest.CaptureFixture[str]
) -> None:
    case = make_batch(county, 1, "publish").cases.select_related("batch", "area").get()
    night = (clock.now() + timedelta(days=1)).replace(hour=18, minute=30)
    judge(case, county["head1"], "township", night)
    assert running.run_due() >= 1, "none has run yet"
    assert running.run_due() == 0, "all have run within the hours set"
    call_command("run_radar", "odd_hours", "--all")
    assert "新线索 0 条" in capsys.readouterr().out
    with pytest.raises(CommandError, match="没有这些规则"):
        call_command("run_radar", "no_such_rule")


def test_the_trail_keeps_a_clue_from_whom_it_is_about(county: County, flag: Flag) -> None:
    assert events_within(county["supervisor"]).filter(object_type="flag").exists()
    Flag.objects.filter(pk=flag.pk).update(concerns=county["supervisor"])
    assert not events_within(county["supervisor"]).filter(object_type="flag").exists()


def test_a_ticket_opened_from_a_clue_concerns_whom_the_clue_does(
    county: County, flag: Flag, sign_in: SignIn
) -> None:
    case = _at_case(flag)
    address = f"{reverse('desk:new_ticket')}?from=flag:{flag.pk}&place={VILLAGE}"
    sent = {
        "source": "radar",
        "title": "夜里两点半签批",
        "text": "凌晨签批，问不出原因",
        "wanted": "说明原因，改密码",
        "owner": "township_reviewer",
        "line": flag.line,
        "concerns": "",
    }
    assert sign_in("supervisor").post(address, sent).status_code == 302
    ticket = Ticket.objects.get()
    assert ticket.concerns == county["head1"]
    assert ticket.subject == case.subject != ""


def test_a_switch_renewed_before_its_day_still_looks_from_where_it_began(county: County) -> None:
    by, place, today = county["supervisor"], county.areas[VILLAGE], clock.today()
    running.run(registry.get("odd_hours"))

    def off(days: int) -> None:
        until = today + timedelta(days=days)
        switch_off(by=by, rule="odd_hours", area=place, until=until, reason="年底都在加班，先停几天")

    off(5)
    case = make_batch(county, 1, "publish").cases.select_related("batch", "area").get()
    judge(case, county["head1"], "township", (clock.now() + timedelta(days=1)).replace(hour=18, minute=30))
    assert not found("odd_hours")
    off(9)
    switch_on(by=by, rule="odd_hours", area=place, reason="期限过了，再开")
    assert len(found("odd_hours")) == 1


def test_a_relative_of_the_household_leaves_its_clue_to_another(
    county: County, flag: Flag, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = county["supervisor"]
    _at_case(flag)

    def rule(user: User, subjects: Sequence[str]) -> dict[str, str]:
        return dict.fromkeys(subjects, "是您的表亲") if user == by else {}

    monkeypatch.setattr(recusal, "_rules", [rule])
    with pytest.raises(BadFlagAct, match="表亲"):
        services.dismiss(by=by, flag_id=flag.pk, seen_version=0, reason="加班赶年底的期限，问过本人")
    flag.refresh_from_db()
    assert flag.is_open
