"""Each rule finds the case that was planted for it, and not the near miss."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from disclosure.publicity.models import Objection, ObjectionState, PublicList
from disclosure.publicity.services import lodge
from portal import clock
from portal.files.services import store
from portal.ledger.services import Draft, append
from workflows.demo import build, play
from workflows.demo.build import County
from workflows.engine.models import Case
from workflows.money.models import Payment
from workflows.programmes.models import Application, Visit
from workflows.radar import registry, running
from workflows.radar.models import Flag
from workflows.rectification.services import open_ticket
from workflows.registry.kinships import declare
from workflows.registry.models import Degree, Household

from ..county import SIBLING, VILLAGE, make_batch
from .planting import aided, found, judge, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(county: County) -> Case:
    """Return a case of 禾坪村 that the township has checked."""
    return make_batch(county, 1, "publish").cases.select_related("batch", "area").get()


@pytest.fixture
def list_(county: County, case: Case) -> PublicList:
    """Return the list of that case, which runs."""
    play.sign(case.batch, county["reviewer1"])
    return PublicList.objects.get(number=case.batch.waits)


def at(hour: int, minute: int = 0) -> datetime:
    """Return that time of tomorrow, Asia/Shanghai."""
    tomorrow = timezone.localtime(clock.now()) + timedelta(days=1)
    return tomorrow.replace(hour=hour, minute=minute, second=0, microsecond=0)


def test_one_person_at_two_levels(county: County, case: Case) -> None:
    head, reviewer = county["head1"], county["reviewer1"]
    judge(case, head, "township", clock.now())
    assert not found("two_levels"), "two people at one level, and none at two"
    judge(case, reviewer, "county", clock.now())
    clues = found("two_levels")
    assert [flag.concerns for flag in clues] == [reviewer]
    assert clues[0].objects_at[0] == ["case", case.number]
    assert not running.run(registry.get("two_levels"), from_start=True), "one thing is one clue"


def test_relatives_of_the_officials_over_the_place(county: County, case: Case) -> None:
    home = case.application.household
    for name in ("head1", "head8"):
        user = county[name] if name in county.people else None
        if user is not None:
            declare(by=user, office=user.offices.get(), user=user, household=home, degree=Degree.SIBLING)
    clues = found("kin")
    assert [flag.concerns for flag in clues] == [county["head1"]], "not the head of another township"
    assert home.head_name not in clues[0].reason


def test_who_signed_before_declaring_is_not_said_to_have_signed_in_spite_of_it(
    county: County, case: Case
) -> None:
    user, home = county["head1"], case.application.household
    judge(case, user, "township", clock.now() - timedelta(days=3))
    declare(by=user, office=user.offices.get(), user=user, household=home, degree=Degree.SIBLING)
    assert "才申报" in found("kin")[-1].reason
    judge(case, user, "township", clock.now())
    Flag.objects.all().delete()
    assert "没有回避" in found("kin")[-1].reason


def test_cards_that_households_share(county: County) -> None:
    homes = [build.make_household(county, VILLAGE, number, "clerk1") for number in (1, 2, 3)]
    assert not found("shared_contacts")
    card = homes[0].bank_card
    Household.objects.filter(pk=homes[1].pk).update(bank_card=card, phone=homes[0].phone)
    _touched(homes[1])
    clues = found("shared_contacts")
    assert [flag.key.split(":")[0] for flag in clues] == ["card"], "two of one telephone are no clue"
    assert card not in clues[0].reason and "2 户" in clues[0].reason
    Household.objects.filter(pk=homes[2].pk).update(phone=homes[0].phone)
    _touched(homes[2])
    assert {flag.key.split(":")[0] for flag in found("shared_contacts")} == {"card", "phone"}


@pytest.mark.postgres
def test_what_counties_share_is_told_to_neither(county: County) -> None:
    homes = [build.make_household(county, place, n, f"clerk{n}") for n, place in ((1, VILLAGE), (2, SIBLING))]
    far = Household.objects.create(
        area=homes[0].area,
        area_path="00990001" + homes[0].area_path[8:],
        head_name="外",
        phone="",
        category="lifted",
    )
    for home in (*homes, far):
        Household.objects.filter(pk=home.pk).update(bank_card=homes[0].bank_card)
        _touched(home)
    clue = found("shared_contacts")[-1]
    assert clue.area == county.areas["杉坞镇"] and "2 户" in clue.reason
    assert ["household", str(far.pk)] not in clue.objects_at


def _touched(home: Household) -> None:
    append(Draft("household.corrected", "household", str(home.pk), area_code=home.area.code))


def test_batches_decided_faster_than_they_can_be_read(county: County) -> None:
    batch = make_batch(county, 6, "publish")
    cases, head = list(batch.cases.select_related("area", "batch")), county["head1"]
    before = len(found("too_fast"))
    _sign_all(cases, head, at(10), at(10, 1))
    assert len(found("too_fast")) == before, "sixty seconds for six rows"
    _sign_all(cases, head, at(11), at(11) + timedelta(seconds=59))
    clues = found("too_fast")[before:]
    assert len(clues) == 1 and clues[0].concerns == head and "59 秒" in clues[0].reason


def _sign_all(cases: list[Case], actor: Any, came: datetime, signed: datetime) -> None:
    """Have `actor` do something at `came` and sign all `cases` by one act at `signed`."""
    first = judge(cases[0], actor, "township", came)
    assert first.act_id
    act = judge(cases[0], actor, "township", signed).act
    for case in cases[1:]:
        kept = {"verdict": "agree", "step": case.step, "level": "township", "judging": True}
        act.decisions.create(case=case, actor=actor, to_state=case.state, at=signed, **kept)


def test_decisions_at_odd_hours(county: County, case: Case) -> None:
    running.run(registry.get("odd_hours"))
    judge(case, county["head1"], "township", at(21, 59))
    assert not found("odd_hours")
    judge(case, county["head1"], "township", at(2, 30))
    assert ["02:30" in flag.reason for flag in found("odd_hours")] == [True]


@pytest.mark.postgres
def test_one_urgent_row_excuses_neither_the_others_of_a_night_nor_an_overpayment(county: County) -> None:
    cases = list(make_batch(county, 2, "publish").cases.select_related("batch", "area"))
    urgent = aided(cases[0])
    _sign_all(cases[:1], county["head1"], at(1), at(1, 30))
    assert not found("odd_hours")
    _sign_all(cases, county["head1"], at(2), at(2, 30))
    clues = found("odd_hours")
    assert ["定了 1 户" in flag.reason for flag in clues] == [True]
    Application.objects.filter(case=cases[0]).delete()
    Payment.objects.create(
        case=urgent.case,
        amount_fen=60_00,
        card_last4="0000",
        paid_on=clock.today() - timedelta(days=9),
        recorded_by=county["finance"],
    )
    tell("payment.recorded", "case", urgent.case.number, urgent.case)
    reasons = [flag.reason for flag in found("paid_wrong")]
    assert len(reasons) == 1 and "发了 120" in reasons[0] and "才批准" not in reasons[0]


def test_lists_shorter_than_required(case: Case, list_: PublicList) -> None:
    assert not found("short_list")
    PublicList.objects.filter(pk=list_.pk).update(closes_on=list_.closes_on - timedelta(days=1))
    tell("list.ended", "list", list_.number, case)
    clues = found("short_list")
    assert [flag.key for flag in clues] == [list_.number] and "要求满 7 天" in clues[0].reason


def test_lists_without_proof_that_they_hung(case: Case, list_: PublicList) -> None:
    assert not found("no_posting"), "it runs still"
    past = clock.today() - timedelta(days=20)
    PublicList.objects.filter(pk=list_.pk).update(
        starts_on=past, closes_on=past + timedelta(days=7), state="ended", ended_at=clock.now()
    )
    tell("list.ended", "list", list_.number, case)
    assert [flag.objects_at for flag in found("no_posting")] == [[["list", list_.number]]]


def test_the_same_photo_twice_even_when_saved_again(county: County, case: Case) -> None:
    other = make_batch(county, 1, "check", first=21).cases.get()
    picture = play.photo("一处").read()
    _visit(county, case, picture)
    _visit(county, case, picture)
    assert not found("same_photo"), "two visits of one case may show one picture"
    _visit(county, other, play.photo("另一处").read())
    assert not found("same_photo")
    with Image.open(SimpleUploadedFile("x.jpg", picture)) as opened:
        smaller = SimpleUploadedFile("y.jpg", b"")
        opened.resize((480, 315)).save(smaller, "JPEG", quality=60)
    smaller.seek(0)
    _visit(county, other, smaller.read())
    clues = found("same_photo")
    assert clues and all("看起来是同一张" in flag.reason for flag in clues)
    assert {tuple(pair) for pair in clues[0].objects_at} >= {("case", case.number), ("case", other.number)}


def test_a_photo_of_a_check_or_of_an_answer_that_was_used_before(county: County, case: Case) -> None:
    picture, by = play.photo("一处").read(), county["head1"]
    _visit(county, case, picture)
    given = {"area": case.area, "line": "assistance", "owner_role": "township_head", "title": "照片不对"}
    ticket = open_ticket(
        by=county["supervisor"], source="patrol", text="要重新去拍", wanted="重新去拍", **given
    )
    for user in (county["supervisor"], by):
        upload = SimpleUploadedFile("a.jpg", picture, "image/jpeg")
        store(upload, name="a.jpg", reference=f"ticket:{ticket.pk}", by=user)
    clues = found("same_photo")
    assert [flag.concerns for flag in clues] == [by], "what the supervisor shows is what was found"
    assert clues[0].objects_at[0] == ["ticket", ticket.number]


def _visit(county: County, case: Case, picture: bytes) -> None:
    by = county["reviewer1"]
    visit = Visit.objects.create(
        case=case,
        visited_on=clock.today(),
        first_visitor="甲",
        second_visitor="乙",
        note="看",
        recorded_by=by,
    )
    upload = SimpleUploadedFile("a.jpg", picture, "image/jpeg")
    store(upload, name="a.jpg", reference=f"visit:{visit.pk}", by=by)


def test_objections_dismissed_without_findings(case: Case, list_: PublicList) -> None:
    looked = {"findings": "到户里看了圈舍，量了面积，问了邻居，和名单写的一样", "investigators": "甲、乙"}
    for findings in (looked, {"findings": "查过了", "investigators": "甲、乙"}):
        one = lodge(list_id=list_.pk, text=f"不对{len(findings['findings'])}").objection
        Objection.objects.filter(pk=one.pk).update(
            state=ObjectionState.DISMISSED, answered_at=clock.now() + timedelta(hours=2), **findings
        )
        tell("objection.answered", "objection", str(one.pk), case)
    clues = found("dismissed_blank")
    assert len(clues) == 1 and "只写了 3 个字" in clues[0].reason


def test_payments_above_or_before_decisions(county: County) -> None:
    for first, more, early in ((1, 0, 0), (21, 1, 0), (31, 0, 40)):
        case = make_batch(county, 1, "publish", first=first).cases.get()
        Application.objects.filter(case=case).update(approved_fen=case.amount_fen)
        judge(case, county["head1"], "township", clock.now())
        Payment.objects.create(
            case=case,
            amount_fen=case.amount_fen + more,
            card_last4="0000",
            paid_on=clock.today() - timedelta(days=early),
            recorded_by=county["finance"],
        )
        tell("payment.recorded", "case", case.number, case)
    reasons = [flag.reason for flag in found("paid_wrong")]
    assert len(reasons) == 2 and "定的是" in reasons[0] and "才批准" in reasons[1]


def test_splitting_below_a_threshold_and_helping_twice(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, other = (make_batch(county, 1, "publish", first=first).cases.get() for first in (1, 21, 31))
    Case.objects.filter(pk__in=[one.pk, two.pk, other.pk]).update(amount_fen=300_000)
    Application.objects.filter(case__in=[one, two, other]).update(approved_fen=300_000)
    threshold = registry.get("splitting").key_of("threshold_fen")
    settings = {threshold: 600_000}

    def set_value(key: str, *args: Any, **kwargs: Any) -> Any:
        return settings.get(key, registry_value(key, *args, **kwargs))

    from workflows.radar.rules import splitting

    registry_value = splitting.value
    monkeypatch.setattr(splitting, "value", set_value)
    assert not found("splitting") and not found("helped_twice"), "three households"
    Case.objects.filter(pk=two.pk).update(subject=one.subject)
    for case in (one, two):
        tell("case.decided", "case", case.number, case)
    clues = found("splitting")
    assert [flag.objects_at for flag in clues] == [[["case", one.number], ["case", two.number]]]
    assert [flag.objects_at for flag in found("helped_twice")] == [clues[0].objects_at]
    rule = registry.get("splitting")
    assert [said for _label, said in rule.held({"threshold_fen": 600_000, "days": 180})] == [
        "6,000 元",
        "180",
    ]
    assert rule.idle_at(one.area) == ""
    settings[threshold] = 0
    assert "没有定" in rule.idle_at(one.area), "a rule that can find nothing says so"


def test_dates_claimed_long_before_they_were_recorded(county: County, case: Case) -> None:
    running.run(registry.get("claimed_late"))
    for days in (7, 8):
        Visit.objects.create(
            case=case,
            visited_on=clock.today() - timedelta(days=days),
            first_visitor="甲",
            second_visitor="乙",
            note="看",
            recorded_by=county["reviewer1"],
        )
        tell("visit.recorded", "case", case.number, case)
    assert ["过了 8 天" in flag.reason for flag in found("claimed_late")] == [True]
