"""What several officials do with one batch through the pages: 会签 of two of three, 直送, 代办 in a leave."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.people.models import Line, Role
from tests.workflows.county import OFFICIALS, make_batch
from workflows.demo import build, play
from workflows.demo.build import County
from workflows.engine.models import Batch, Case, CaseState
from workflows.notices.models import HouseholdNotice, NoticeKind

from .people import Official
from .site import Site
from .test_batch import agree_to_the_rest, picture, stands_at, verdict
from .test_returns import address, timeline

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
NEEDS = "/admin/desk/settings/flow.fund_application.approve.needs/"
TOWNSHIP = "杉坞镇"


def two_must_agree(official: Callable[..., Official]) -> None:
    """Let the county propose, and its head confirm, that two agree where a township approves."""
    county = official("county")
    county.open(NEEDS)
    county.page.get_by_label("新的值").fill("2")
    county.page.get_by_label("依据", exact=True).fill("枫禾县资金审批办法第六条")
    county.press("提出", "desk-setting-needs")
    head = official("countyhead")
    head.open(NEEDS)
    head.press("确认", "desk-setting-needs-confirmed")


def waits_for(official: Official, batch: Batch) -> bool:
    """Return whether the batch stands in the official's to-do."""
    official.open("/admin/desk/todo/")
    return batch.number in official.text()


def test_two_of_three_countersign_and_a_refused_row_ends_the_third_ones_part_openly(
    county: County, site: Site, official: Callable[..., Official]
) -> None:
    with site.now():
        for username, name in {"head8": "柏长青", "head9": "路平川"}.items():
            build.make_official(county, username, name, Role.TOWNSHIP_HEAD, TOWNSHIP, Line.ALL)
    two_must_agree(official)
    with site.now():
        batch = make_batch(county, 3, until="approve")
    refused = play.active(batch)[1]

    # The first signature moves nothing, and says how many it still takes.
    first = official("head1")
    first.open(address(batch), "desk-batch-countersign")
    first.sees("要 2 人会签")
    agree_to_the_rest(first)
    first.press("签批", "desk-batch-countersigned-once", both_widths=True)
    first.sees("3 户您已签，还要 1 人同意才往下走", "您已经签过了", "还可以由柏长青、路平川签")
    stands_at(batch, "approve")
    assert not waits_for(first, batch)

    second, third = official("head8"), official("head9")
    assert waits_for(third, batch)
    second.open(address(batch))
    agree_to_the_rest(second)
    verdict(second, refused, "不同意", reason="发票的日期在申报以前，弄清楚以后下一批再报")
    second.press("签批", "desk-batch-countersigned", both_widths=True)
    second.sees("2 户往下走", "发票的日期在申报以前", "会签到此为止，路平川不用再签")
    stands_at(batch, "record")
    refused.refresh_from_db()
    assert (refused.state, batch.row_count) == (CaseState.REFUSED, 2)

    # Nothing is left before the third, who reads why.
    assert not waits_for(third, batch)
    told = timeline(third, refused, "desk-case-countersigned")
    for words in ("会签第 1 人，要 2 人", "会签第 2 人，要 2 人", "会签到此为止，路平川不用再签"):
        assert words in told
    third.open(f"{address(batch)}more/", "desk-more-countersigned", both_widths=True)
    third.sees("不同意或退回的户会签到此为止，路平川不用再签")
    assert HouseholdNotice.objects.get().case == refused


def test_what_came_back_unchanged_goes_straight_and_what_was_changed_goes_all_the_way(
    county: County, site: Site, official: Callable[..., Official]
) -> None:
    with site.now():
        batch = make_batch(county, 3, until="approve")
    unchanged, changed, third = play.active(batch)
    head = official("head1")
    head.open(address(batch))
    agree_to_the_rest(head)
    for case in (unchanged, changed):
        verdict(head, case, "退回", reason="一卡通复印件看不清，换一张清楚的")
        head.page.locator(f"[name=to-{case.pk}]").select_option(label="村申报")
    head.press("签批", "desk-batch-two-returned")
    head.sees("1 户往下走", "一卡通复印件看不清")
    assert set(HouseholdNotice.objects.values_list("kind")) == {(NoticeKind.RETURNED,)}
    unchanged.refresh_from_db()
    back = unchanged.batch
    assert (back.step, back.row_count) == ("file", 2)

    # The helper adds the copy to one, and writes another amount into the other.
    site.wait(days=1)
    helper = official("helper1")
    helper.open(f"/admin/desk/cases/{unchanged.number}/")
    helper.page.locator("#files input[type=file]").set_input_files([picture("一卡通")])
    helper.press("添加附件")
    helper.open(f"/admin/desk/cases/{changed.number}/amend/")
    helper.page.get_by_label("自己投入").fill("3300")
    helper.press("保存修改")
    helper.open(address(back), "desk-batch-straight", both_widths=True)
    agree_to_the_rest(helper)
    helper.page.get_by_label("退回来的直送退回的人").check()
    helper.press("报送", "desk-batch-sent-straight", both_widths=True)
    helper.sees("1 户往下走", "1 户：直送乡镇审批", "核过的申报内容改过了，不能直送，要逐级再办一遍")
    assert {one.number: one.step for one in Case.objects.filter(pk__in=[unchanged.pk, changed.pk])} == {
        unchanged.number: "approve",
        changed.number: "deliberate",
    }

    # The head finds it again, and signs; the skipped levels stand on its timeline as they were.
    told = timeline(head, unchanged, "desk-case-straight")
    assert "直送乡镇审批" in told and told.count("名单公示") == timeline(head, third).count("名单公示")
    unchanged.refresh_from_db()
    head.open(address(unchanged.batch), "desk-batch-came-straight")
    assert "还没有入户核查" not in head.text()
    agree_to_the_rest(head)
    head.press("签批")
    head.sees("1 户往下走")
    stands_at(unchanged.batch, "record")


def test_a_substitute_signs_while_the_head_is_away_under_both_names(
    county: County, site: Site, official: Callable[..., Official]
) -> None:
    with site.now():
        build.make_official(county, "deputy1", "温如玉", Role.TOWNSHIP_REVIEWER, TOWNSHIP, Line.ALL)
        batch = make_batch(county, 2, until="approve")
    case = play.active(batch)[0]
    head, deputy = official("head1"), official("deputy1")
    head.open("/admin/desk/leave/", "desk-leave")
    head.page.get_by_label("哪个岗位，请谁代办").select_option(label=f"{office_of(county)}：温如玉")
    tomorrow = site.moment.date() + timedelta(days=1)
    head.page.get_by_label("从哪天起").fill(tomorrow.isoformat())
    head.page.get_by_label("到哪天为止").fill((tomorrow + timedelta(days=1)).isoformat())
    head.page.get_by_label("事由").fill("到省里学习")
    head.press("报上级确认", "desk-leave-named", both_widths=True)
    head.sees("等上级确认，还不算数")

    county_head = official("countyhead")
    county_head.open("/admin/desk/leave/", "desk-leave-waits", both_widths=True)
    county_head.sees("陶远山", "温如玉", "到省里学习")
    county_head.press("同意", "desk-leave-confirmed")

    # Not a day early.
    deputy.open(address(batch))
    deputy.sees("您没有这个职务")
    assert not deputy.page.get_by_role("button", name="签批").count()

    site.wait(days=1)
    assert waits_for(deputy, batch)
    deputy.open(address(batch), "desk-batch-substitute", both_widths=True)
    deputy.sees("到您手上：乡镇审批（您代陶远山办）")
    agree_to_the_rest(deputy)
    deputy.page.locator("[name=opinion]").fill("同意")
    deputy.press("签批", "desk-batch-signed-for-head")
    stands_at(batch, "record")
    assert "温如玉（杉坞镇乡镇负责人，代陶远山）" in timeline(deputy, case, "desk-case-substitute")
    deputy.open(f"{address(batch)}more/")
    deputy.sees("代陶远山办")

    # The last day over, so is the substitution.
    site.wait(days=2)
    with site.now():
        later = make_batch(county, 1, until="approve", first=7)
    deputy.open(address(later))
    deputy.sees("您没有这个职务")
    head.open("/admin/desk/leave/", "desk-leave-over")
    head.sees("请温如玉代办", "已经结束")


def office_of(county: County) -> str:
    """Return how the head's office is called on the form of a leave."""
    return str(county[OFFICIALS.head].offices.get())
