"""An exit below the line is refused in plain words; a relapse has help first and its procedure afterwards."""

from collections.abc import Callable

import pytest

from portal.clock.workdays import add_working_days
from tests.workflows.county import OFFICIALS, VILLAGE
from workflows.changes import services
from workflows.changes.models import ChangeRequest, StartedMeasure
from workflows.demo import build, change_play
from workflows.demo.build import County
from workflows.engine.models import Batch, CaseState
from workflows.notices.models import HouseholdNotice, NoticeKind
from workflows.registry.models import Category, Household, Standing

from .people import Official
from .site import Site
from .test_batch import agree_to_the_rest, stands_at, verdict, visit
from .test_returns import address, timeline

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def choose_household(filer: Official, kind: str, household: Household) -> None:
    """Go from 申报 to the form of `kind` and find the household by its head's name."""
    filer.open("/admin/desk/file/")
    filer.follow(kind, exact=True)
    filer.page.get_by_label("户主或家人的姓名").fill(household.head_name)
    filer.press("查找")
    filer.follow(household.head_name, exact=True)


def send_up(filer: Official, batch: Batch) -> None:
    """Send the village's list to the next step."""
    filer.open(address(batch))
    agree_to_the_rest(filer)
    filer.press("报送")
    filer.sees("办好了")


def test_an_exit_below_the_line_is_refused_and_the_household_is_told_why(
    county: County, site: Site, official: Callable[..., Official]
) -> None:
    with site.now():
        household = build.make_household(county, VILLAGE, 41, OFFICIALS.clerk, Category.MARGINAL)
        _named, criteria = services.criteria_for(household)
    clerk = official("clerk1")
    choose_household(clerk, "退出申报", household)
    clerk.page.get_by_label("哪一年的收入").fill("2025")
    clerk.page.get_by_label("全家这一年的纯收入").fill("26000")
    clerk.page.get_by_label("现在的生活情况").fill("儿子在县城务工，家里养羊")
    clerk.press("申报退出", "desk-exit-lacking", status=422, both_widths=True)
    for text in criteria.values():
        clerk.page.get_by_label(text).fill("入户看过，有照片和单据")
    clerk.press("申报退出", "desk-exit-filed")
    clerk.sees("已申报，办件号")
    assert "补助" not in clerk.page.locator(".messages").inner_text()
    batch = Batch.objects.get()
    case = batch.cases.get()
    send_up(clerk, batch)
    stands_at(batch, "check")

    # At home it turns out to be less: the page says why the household cannot leave, and keeps what was typed.
    site.wait(days=1)
    reviewer = official("reviewer1")
    visit(reviewer, case, shown=False)
    reviewer.open(address(batch), "desk-exit-check")
    verdict(reviewer, case, "同意", income_fen="14000")
    reviewer.page.locator(f"[name=f-{case.pk}-signed_how]").select_option("本人签字")
    reviewer.press("提交核查意见", "desk-exit-below", status=422, both_widths=True)
    reviewer.sees("人均年收入 7,000 元，没有超过 7,500 元的标准，不能退出", "请选“不同意”并写明理由")
    assert reviewer.page.locator(f"[name=f-{case.pk}-income_fen]").input_value() == "14000"
    reason = "核实全家去年收入14000元，人均7000元，还没有超过标准，继续帮扶"
    verdict(reviewer, case, "不同意", reason=reason)
    reviewer.press("提交核查意见", "desk-exit-refused")
    reviewer.sees("办好了", reason)

    clerk.open(f"/admin/desk/cases/{case.number}/", "desk-exit-notice", both_widths=True)
    clerk.sees(reason, "不予批准")
    assert "元 →" not in clerk.page.locator("#notices").inner_text()
    clerk.page.get_by_label("怎么送达的").select_option(label="本人或家人签收")
    clerk.page.get_by_label("签收人或见证人").fill("户主本人")
    clerk.press("登记送达")
    assert "送达" in timeline(clerk, case, "desk-exit-served")
    notice = HouseholdNotice.objects.get()
    assert (notice.kind, notice.served_to) == (NoticeKind.REFUSED, "户主本人")
    case.refresh_from_db()
    household.refresh_from_db()
    assert case.state == CaseState.REFUSED
    assert (household.category, household.standing) == (Category.MARGINAL, Standing.IN)


def test_a_relapse_has_help_first_and_its_procedure_within_the_limit(
    county: County, site: Site, official: Callable[..., Official]
) -> None:
    with site.now():
        household = build.make_household(county, VILLAGE, 42, OFFICIALS.clerk, Category.LOW_INCOME)
        change_play.carry(county, change_play.file_exit(county, OFFICIALS.clerk, household), "end")
    household.refresh_from_db()
    assert household.standing == Standing.EXITED
    site.wait(days=20)

    clerk = official("clerk1")
    choose_household(clerk, "变更申报", household)
    clerk.follow("返贫再纳入", "desk-reenter", both_widths=True)
    clerk.page.get_by_label("纳入为").select_option(label="突发严重困难户")
    clerk.page.get_by_label("困难情况").fill("三月二十日户主摔伤住院，家里没有别的劳力")
    clerk.page.get_by_label("近 12 个月全家纯收入").fill("9600")
    clerk.page.locator("[name=a-evidence]").fill("住院证明，原件看过")
    clerk.page.get_by_label("紧急：先采取帮扶措施").check()
    clerk.press("申报", "desk-reenter-filed")
    request = ChangeRequest.objects.get(urgent=True)
    case, batch = request.case, request.case.batch
    with site.now():
        assert request.limit_on == add_working_days(site.moment.date(), 10)

    # Help begins the same day, long before anything is decided, and stands with its limit.
    clerk.open("/admin/desk/urgent/", "desk-urgent")
    clerk.sees(household.head_name, "还没有登记措施")
    clerk.page.locator(f"#case-{case.number} summary").click()
    clerk.page.get_by_label("先采取了什么措施").fill("送去米面油和2000元慰问金")
    clerk.press("记下", "desk-urgent-helped", both_widths=True)
    clerk.sees("送去米面油和2000元慰问金")
    assert StartedMeasure.objects.get().case == case
    send_up(clerk, batch)
    stands_at(batch, "home_check")

    site.wait(days=1)
    reviewer = official("reviewer1")
    visit(reviewer, case, shown=False)
    reviewer.open(address(batch), "desk-reenter-check")
    reviewer.sees("紧急，先帮后补")
    verdict(reviewer, case, "同意", income_fen="9600")
    reviewer.page.locator(f"[name=f-{case.pk}-authorised_how]").select_option("本人签字")
    reviewer.press("提交核实意见")
    stands_at(batch, "compare")
    office = official("county")
    office.open(address(batch), "desk-reenter-compare", both_widths=True)
    agree_to_the_rest(office)
    office.page.locator(f"[name=f-{case.pk}-compared]").select_option("没有异常")
    office.page.locator(f"[name=f-{case.pk}-compared_with]").fill("公安、人社、不动产、市场监管")
    office.press("登记比对结果")
    stands_at(batch, "appraise")

    # The rest of the way is that of every entry; at its end the register says what happened.
    with site.now():
        change_play.carry(county, batch, "end")
    household.refresh_from_db()
    assert (household.category, household.standing) == (Category.SUDDEN_HARDSHIP, Standing.IN)
    clerk.open("/admin/desk/urgent/", "desk-urgent-done")
    assert case.number not in clerk.text()
    clerk.open(f"/admin/desk/cases/{case.number}/", "desk-reenter-done", both_widths=True)
    clerk.sees("办结", "送去米面油和2000元慰问金")
