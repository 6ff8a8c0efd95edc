"""What goes back, is taken back or is refused goes through the pages and stays to be read on the timeline."""

from collections.abc import Callable

import pytest

from tests.workflows.county import OFFICIALS, make_batch
from workflows.demo import play
from workflows.demo.build import County
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.models import Batch, Case
from workflows.notices.models import HouseholdNotice

from .people import Official
from .site import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def timeline(official: Official, case: Case, name: str = "") -> str:
    """Open the case's page and return its timeline's words."""
    official.open(f"/admin/desk/cases/{case.number}/", name, both_widths=bool(name))
    return str(official.page.locator(".desk-timeline").inner_text())


def address(batch: Batch) -> str:
    """Return where a batch is looked at."""
    return f"/admin/desk/batches/{batch.number}/"


def test_a_refused_household_is_told_why_and_its_receipt_is_recorded(
    county: County, site: Site, official: Callable[..., Official]
) -> None:
    reason = "还没有开工，建好以后下一批再报"
    with site.now():
        batch = make_batch(county, 2, until="check")
        play.visit_all(batch, county[OFFICIALS.reviewer])
        refused = play.active(batch)[0]
        no = RowVerdict(Verdict.REFUSE, reason=reason)
        play.check(batch, county[OFFICIALS.reviewer], {refused.number: no})
    notice = HouseholdNotice.objects.get()
    clerk = official("clerk1")
    clerk.open("/admin/", "desk-home-notice")
    clerk.open("/admin/desk/notices/", "desk-notices", both_widths=True)
    assert reason in timeline(clerk, refused, "desk-case-refused")
    clerk.sees(notice.basis, notice.remedy)

    site.wait(days=1)
    clerk.open(f"/admin/desk/cases/{refused.number}/")
    service = clerk.page.locator("#notices form")
    service.get_by_label("怎么送达的").select_option(label="本人或家人签收")
    service.get_by_label("签收人或见证人").fill("户主本人")
    clerk.press("登记送达", "desk-case-served", both_widths=True, within=service)
    notice.refresh_from_db()
    assert notice.served_to == "户主本人"
    assert "送达" in timeline(clerk, refused)


def test_a_batch_is_taken_back_before_the_next_level_signs_for_it(
    county: County, site: Site, official: Callable[..., Official]
) -> None:
    with site.now():
        batch = make_batch(county, 2, until="check")
        play.visit_all(batch, county[OFFICIALS.reviewer])
    reviewer = official("reviewer1")
    reviewer.open(address(batch))
    reviewer.press("提交核查意见", "desk-batch-may-take-back", both_widths=True)
    batch.refresh_from_db()
    assert batch.step == "publish"
    reviewer.page.get_by_label("撤回原因").fill("有一户的圈舍面积写错了")
    reviewer.press("撤回", "desk-batch-taken-back", both_widths=True)
    batch.refresh_from_db()
    assert batch.step == "check"
    told = timeline(reviewer, play.active(batch)[0], "desk-case-taken-back")
    assert "撤回" in told
    assert "有一户的圈舍面积写错了" in told


def test_a_row_sent_back_is_amended_and_comes_again(
    county: County, site: Site, official: Callable[..., Official]
) -> None:
    with site.now():
        batch = make_batch(county, 3, until="check")
        play.visit_all(batch, county[OFFICIALS.reviewer])
    back = play.active(batch)[1]
    reviewer = official("reviewer1")
    reviewer.open(address(batch))
    row = reviewer.page.locator(f"#case-{back.number}")
    reviewer.choose("退回", row)
    # Without a reason nothing is signed, what was chosen stays, and the row says what is missing.
    reviewer.press("提交核查意见", "desk-batch-no-reason", status=422, both_widths=True)
    assert row.locator("input[value=return]").is_checked()
    assert row.locator(".desk-error").inner_text()
    row.locator(f"[name=reason-{back.pk}]").fill("投入的发票少一张，补上再报")
    reviewer.press("提交核查意见", "desk-batch-row-returned")

    back.refresh_from_db()
    assert (back.step, back.batch_id == batch.pk) == ("file", False)
    site.wait(days=1)
    helper = official("helper1")
    told = timeline(helper, back, "desk-case-sent-back")
    assert "退回" in told
    assert "投入的发票少一张，补上再报" in told
    helper.open(f"/admin/desk/cases/{back.number}/amend/", "desk-amend", both_widths=True)
    helper.page.get_by_label("自己投入").fill("4000")
    helper.press("保存修改")
    helper.sees("4,000")
    helper.open(address(back.batch), "desk-batch-again", both_widths=True)
    for choice in helper.page.locator("fieldset.desk-verdicts").all():
        choice.locator("label").first.click()
    helper.press("报送")
    back.refresh_from_db()
    assert back.step == "deliberate"
