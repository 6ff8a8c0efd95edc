"""Collective assets, notice, people online, merged meetings, prefilled minutes, papers by what they are."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from disclosure.deliberations.agenda import Agenda, AgendaRow, prefill
from disclosure.deliberations.errors import (
    CountsDoNotAddUp,
    NoticeTooShort,
    NotThisAssembly,
    OutOfOrder,
)
from disclosure.deliberations.models import Assets, DeliberationState, MeetingStep
from disclosure.deliberations.papers import attach_paper, papers_of
from disclosure.deliberations.public import timeline
from disclosure.deliberations.services import record_meeting
from portal import clock
from portal.configuration.services import confirm, propose
from portal.ledger.models import Event
from portal.people.models import Role
from tests.disclosure.village import DIGEST, Village, hold, meeting, opened
from tests.portal.people import invented

pytestmark = pytest.mark.django_db
THREE = [MeetingStep.PROPOSAL, MeetingStep.CONSULTATION, MeetingStep.DELIBERATION]


def _resolve(village: Village, assets: str, **changes: Any) -> Any:
    deliberation = opened(village, assets=assets)
    hold(village, deliberation, *THREE)
    data = meeting(MeetingStep.RESOLUTION, **changes)
    found = record_meeting(**village.seat(Role.VILLAGE_CLERK), deliberation_id=deliberation.pk, data=data)
    deliberation.refresh_from_db()
    return deliberation, found


def test_delegates_of_the_village_cannot_resolve_on_collective_assets(village: Village) -> None:
    with pytest.raises(NotThisAssembly, match="集体成员"):
        _resolve(village, Assets.DISTRIBUTION, form="delegates")


def test_share_quantification_is_never_left_to_delegates(village: Village) -> None:
    with pytest.raises(NotThisAssembly, match="集体成员大会"):
        _resolve(village, Assets.SHARES, form="member_delegates")


def test_collective_assets_need_two_thirds_of_all_members_not_of_those_present(village: Village) -> None:
    # 27 of 35 present are more than two thirds of them, and fewer than two thirds of 42.
    deliberation, found = _resolve(
        village, Assets.DISTRIBUTION, form="member_delegates", votes_for=27, votes_against=7, stepped_out=1
    )
    assert not found.passed and deliberation.state == DeliberationState.FAILED
    assert "应到人数算要28票" in found.explanation


def test_a_members_assembly_needs_ten_days_of_notice(village: Village) -> None:
    with pytest.raises(NoticeTooShort, match="提前10天"):
        _resolve(village, Assets.SHARES, form="members")
    with pytest.raises(NoticeTooShort, match="只隔了9天"):
        data = meeting("resolution", form="members", notified_on=clock.today() - timedelta(days=9))
        found = opened(village, assets=Assets.SHARES, list_digest="cd" * 32)
        hold(village, found, *THREE)
        record_meeting(**village.seat(Role.VILLAGE_CLERK), deliberation_id=found.pk, data=data)


def test_members_online_and_by_household_proxy_count_and_are_told(village: Village) -> None:
    deliberation, found = _resolve(
        village,
        Assets.SHARES,
        form="members",
        notified_on=clock.today() - timedelta(days=10),
        online_count=3,
        proxy_count=2,
    )
    assert found.passed and deliberation.state == DeliberationState.PASSED
    assert "其中线上3人、同户委托2人" in found.explanation
    record = Event.objects.filter(kind="meeting.recorded").latest("pk").record
    assert '"online":3' in record and '"proxy":2' in record and DIGEST in record


def test_nobody_comes_online_where_no_rule_permits_it(village: Village) -> None:
    with pytest.raises(CountsDoNotAddUp, match="不能线上参加"):
        _resolve(village, Assets.NONE, form="delegates", online_count=1)


def test_the_first_two_meetings_merge_only_once_the_county_confirmed_it(village: Village) -> None:
    deliberation = opened(village)
    seat = village.seat(Role.VILLAGE_CLERK)
    data = meeting(MeetingStep.PROPOSAL, merged=True)
    with pytest.raises(OutOfOrder, match="没有确认"):
        record_meeting(**seat, deliberation_id=deliberation.pk, data=data)
    county = village.areas[invented.COUNTY]
    proposed = propose(
        by=village.seat(Role.COUNTY_REVIEWER)["by"],
        key="deliberation.merge_first_two",
        area=county,
        value=True,
        valid_from=clock.today(),
        source="县委组织部确认（测试）",
    )
    confirm(by=village.seat(Role.COUNTY_HEAD)["by"], setting=proposed)
    last = record_meeting(**seat, deliberation_id=deliberation.pk, data=data)
    assert last.step == MeetingStep.CONSULTATION
    steps = timeline(deliberation)
    assert [step["held"] for step in steps] == [True, True, False, False]
    assert steps[0]["merged"] and steps[1]["merged"]
    assert Event.objects.filter(kind="meeting.recorded").count() == 2


def test_prefilled_minutes_hold_the_list_and_its_digest_and_are_kept_beside_what_the_clerk_wrote(
    village: Village,
) -> None:
    rows = [AgendaRow("王小山", "一组", "养羊", 480_000), AgendaRow("李小河", "二组", "养鸡", 120_050)]
    agenda = Agenda("batch:B1", "产业奖补", village.area, "assistance", DIGEST, rows)
    drawn = prefill(agenda, MeetingStep.PROPOSAL)
    assert DIGEST in drawn and "合计6,000.50元" in drawn and "2. 李小河，二组，养鸡，1,200.50元" in drawn
    deliberation = opened(village)
    seat = village.seat(Role.VILLAGE_CLERK)
    untouched = meeting(MeetingStep.PROPOSAL, prefilled=drawn, minutes=drawn.replace("\n", "\r\n"))
    first = record_meeting(**seat, deliberation_id=deliberation.pk, data=untouched)
    edited = meeting(MeetingStep.CONSULTATION, prefilled=drawn, minutes="大家都同意。")
    second = record_meeting(**seat, deliberation_id=deliberation.pk, data=edited)
    assert first.minutes == first.prefilled == drawn
    assert (second.minutes, second.prefilled) == ("大家都同意。", drawn)


def test_a_paper_says_of_which_meeting_it_is_and_what(village: Village) -> None:
    deliberation = opened(village)
    upload = SimpleUploadedFile(
        "a.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )
    with pytest.raises(OutOfOrder):
        attach_paper(
            **village.seat(Role.VILLAGE_CLERK), number=deliberation.number, upload=upload, step="appraisal"
        )
    assert papers_of([deliberation.number]) == {deliberation.number: []}


def test_the_public_timeline_counts_and_names_nobody(village: Village) -> None:
    deliberation = opened(village)
    hold(village, deliberation, MeetingStep.PROPOSAL)
    step = timeline(deliberation)[0]
    assert (step["votes_abstained"], step["stepped_out"], step["unconfirmed"]) == (0, 1, True)
    assert "乡干部甲" not in str(step) and "minutes" not in step
