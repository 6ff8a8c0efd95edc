"""A township's desk with many households: nothing typed is lost, what is sought is found, 37 are signed."""

from collections import Counter
from collections.abc import Callable
from urllib.parse import quote

import pytest

from portal import clock
from tests.workflows.county import OFFICIALS, VILLAGE, carry, make_batch
from workflows.demo import play
from workflows.demo.build import PASSWORD, County
from workflows.desk.models import Draft, SavedFilter
from workflows.engine.models import Batch, BatchState, Case, CaseState, Decision
from workflows.money.models import Payment
from workflows.notices.models import HouseholdNotice
from workflows.programmes.services import set_budget
from workflows.registry.models import Household

from .people import Official
from .site import Site
from .test_batch import stands_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def at_the_check(county: County, site: Site, rows: int) -> Batch:
    """Return a batch of `rows` households at the township, every home visited."""
    with site.now():
        batch = make_batch(county, rows=rows, until="check")
        play.visit_all(batch, county[OFFICIALS.reviewer])
    site.wait(hours=1)
    batch.refresh_from_db()
    return batch


def refuse(reviewer: Official, case: Case, reason: str) -> None:
    """Choose 不同意 for a row, wherever it stands, and type the reason."""
    row = reviewer.page.locator(f"#case-{case.number}")
    if not row.is_visible():
        reviewer.page.locator(".desk-quiet > summary").click()
    reviewer.choose("不同意", row)
    row.locator(f"[name=reason-{case.pk}]").fill(reason)


def test_what_is_typed_survives_a_closed_page_a_lost_line_an_ended_session_and_a_faster_hand(
    county: County, site: Site, official: Callable[..., Official]
) -> None:
    batch = at_the_check(county, site, 4)
    address = f"/admin/desk/batches/{batch.number}/"
    first, *others = play.active(batch)
    reviewer = official("reviewer1")
    page = reviewer.page
    kept = page.locator("[data-desk-kept]")

    # It keeps itself, and stands there again when the page was closed.
    reviewer.open(address)
    refuse(reviewer, first, "圈舍还没有建")
    kept.get_by_text("已暂存").wait_for()
    reviewer.open("/admin/desk/todo/")
    reviewer.open(address, "desk-batch-restored", both_widths=True)
    reviewer.sees("您上次填的还在")
    assert page.locator(f"[name=reason-{first.pk}]").input_value() == "圈舍还没有建"
    assert page.locator(f"[name=verdict-{first.pk}][value=refuse]").is_checked()
    assert not Decision.objects.filter(step="check").exists()

    # The line breaks: it says so, and keeps as soon as the line is back.
    reviewer.context.set_offline(True)
    page.locator("[name=opinion]").fill("先看四户")
    kept.get_by_text("网络断了").wait_for()
    reviewer.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    kept.get_by_text("已暂存").wait_for()

    # The session ends: what is typed stays on the page, and is kept after signing in next to it.
    reviewer._allowed = 403
    reviewer.context.clear_cookies()
    page.locator("[name=opinion]").fill("四户都看过")
    kept.get_by_text("登录已过期").wait_for()
    beside = reviewer.context.new_page()
    beside.goto(f"{site.address}/admin/")
    beside.get_by_label("用户名").fill("reviewer1")
    beside.get_by_label("密码").fill(PASSWORD)
    with beside.expect_navigation():
        beside.get_by_role("button", name="登录").click()
    beside.close()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    kept.get_by_text("已暂存").wait_for()
    reviewer._allowed = 200
    reviewer.found = [one for one in reviewer.found if "ERR_INTERNET_DISCONNECTED" not in one]

    # The batch changes under the reviewer's hands.
    site.past_the_ledger = True
    with site.now():
        Batch.objects.filter(pk=batch.pk).update(version=batch.version + 1)
        changed = Case.objects.get(pk=others[0].pk)
        changed.amount_fen -= 50_00
        changed.save()
    for case in others:
        row = page.locator(f"#case-{case.number}")
        if not row.is_visible():
            page.locator(".desk-quiet > summary").click()
        reviewer.choose("同意", row)
    reviewer.press("提交核查意见", "desk-batch-stale", status=409, both_widths=True)
    assert page.locator(f"[name=reason-{first.pk}]").input_value() == "圈舍还没有建"
    assert page.locator("[name=opinion]").input_value() == "四户都看过"
    reviewer.press("提交核查意见")
    reviewer.sees("办好了", "圈舍还没有建")
    assert not Draft.objects.exists()
    assert Case.objects.get(pk=first.pk).state == CaseState.REFUSED


def test_a_villager_is_found_by_name_and_a_filter_is_one_click_away(
    county: County, site: Site, official: Callable[..., Official]
) -> None:
    batch = at_the_check(county, site, 3)
    with site.now():
        other = make_batch(county, rows=2, until="check", first=7)
    case = play.active(batch)[1]
    name = Household.objects.get(pk=case.subject.removeprefix("household:")).head_name
    reviewer = official("reviewer1")
    page = reviewer.page
    reviewer.open("/admin/desk/todo/", "desk-todo", both_widths=True)
    reviewer.sees(batch.number, other.number)

    # By keyboard: to the search, then down to the row and in.
    page.keyboard.press("/")
    page.keyboard.type(name)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    reviewer.look("desk-todo-found", both_widths=True)
    assert name not in page.url and quote(name) not in page.url
    reviewer.sees(case.number, batch.number)
    assert other.number not in reviewer.text()
    page.locator("[data-desk-find]").blur()
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert reviewer.where == f"/admin/desk/batches/{batch.number}/"

    # On the batch the first row is judged and its reason written without a mouse; nothing is sent by it.
    page.keyboard.press("j")
    row = page.locator("tr.desk-here")
    page.keyboard.press("2")
    assert row.locator("input[type=radio]").nth(1).is_checked()
    page.keyboard.press("r")
    page.keyboard.type("r1：圈舍没有建")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.keyboard.press("o")
    page.keyboard.type("都看过")
    assert row.locator("input[type=radio]").first.is_checked()
    assert row.locator("textarea[name^=reason-]").input_value() == "r1：圈舍没有建"
    assert page.locator("textarea[name=opinion]").input_value() == "都看过"
    assert not Decision.objects.filter(step="check").exists()

    # What is chosen once is saved under a name, with its count.
    reviewer.open("/admin/desk/todo/")
    page.locator(".desk-filter > summary").click()
    page.locator("[name=village]").select_option(index=1)
    page.locator("select[name=sort]").select_option("rows")
    reviewer.press("看这些", "desk-todo-filtered", both_widths=True)
    page.get_by_label("把现在的条件存成常用，叫").fill("禾坪按户数")
    reviewer.press("存下", "desk-todo-saved", both_widths=True)
    assert SavedFilter.objects.get().chosen["sort"] == "rows"
    reviewer.open("/admin/desk/todo/")
    reviewer.follow("禾坪按户数")
    assert reviewer.text().index(batch.number) < reviewer.text().index(other.number)


def test_a_batch_of_37_goes_through_all_levels_with_two_refused_and_their_notices_served(
    county: County, site: Site, official: Callable[..., Official]
) -> None:
    with site.now():
        enough_for_all(county)
    batch = at_the_check(county, site, 37)
    address = f"/admin/desk/batches/{batch.number}/"
    cases = play.active(batch)
    refused = [cases[4], cases[20]]
    reviewer = official("reviewer1")

    # One verdict for all at a click, then the two exceptions.
    reviewer.open(address, "desk-batch-37", both_widths=True)
    reviewer.page.locator(".desk-fill").get_by_role("button", name="同意", exact=True).click()
    for case in refused:
        refuse(reviewer, case, "入户看过，圈舍还没有建，建好以后下一批再报，镇里会派人来教怎么申报")
    reviewer.look("desk-batch-37-filled", both_widths=True)
    reviewer.press("提交核查意见", "desk-batch-37-checked", both_widths=True)
    reviewer.sees("35 户往下走")
    assert set(HouseholdNotice.objects.values_list("case", flat=True)) == {case.pk for case in refused}

    # The village hands over both notices.
    clerk = official("clerk1")
    for case in refused:
        clerk.open(f"/admin/desk/cases/{case.number}/", "desk-case-notice", both_widths=case == refused[0])
        clerk.page.get_by_label("怎么送达的").select_option(label="本人或家人签收")
        clerk.page.get_by_label("签收人或见证人").fill("本人")
        clerk.press("登记送达")
    assert not HouseholdNotice.objects.filter(served_on=None).exists()

    # Published, approved, put on record, built, accepted, paid and announced: 35 at each step.
    batch.refresh_from_db()
    reviewer.open(address)
    sign_all(reviewer, "发布公示")
    with site.now():
        running = play.active(batch)
    assert len(running) == 35
    site.wait(days=12)
    stands_at(batch, "approve")
    for name, button in [("head1", "签批"), ("county", "签收备案"), ("finance", "签收备案")]:
        signer = official(name)
        signer.open(address, "desk-batch-35-approve" if name == "head1" else "", both_widths=name == "head1")
        sign_all(signer, button)
    stands_at(batch, "start")
    with site.now():
        carry(county, batch, "pay")
    finance = official("finance")
    finance.open(address, "desk-batch-35-pay")
    for case in running:
        household = Household.objects.get(pk=case.subject.removeprefix("household:"))
        finance.page.locator(f"[name=f-{case.pk}-card_last4]").fill(household.card_last4)
    sign_all(finance, "登记拨付")
    assert Payment.objects.count() == 35
    with site.now():
        carry(county, batch, "end")
    batch.refresh_from_db()
    assert batch.state == BatchState.CLOSED
    ended = Counter(batch.cases.values_list("state", flat=True))
    assert ended == {CaseState.DONE: 35, CaseState.REFUSED: 2}

    # The month is one page.
    clerk.open("/admin/desk/month/", "desk-month", both_widths=True)
    clerk.sees(VILLAGE, "月结")


def enough_for_all(county: County) -> None:
    """Let the year's budget hold for 37 households: what it does not hold for is another story."""
    assert county.programme is not None
    set_budget(
        by=county["county"],
        programme=county.programme,
        year=clock.today().year,
        total_fen=500_000_00,
        source="衔接资金",
    )


def sign_all(official: Official, button: str) -> None:
    """Agree to every row and sign; rows that are folded are agreed to as well."""
    page = official.page
    fill = page.locator(".desk-fill button[value^=fill]").first
    if fill.count():
        fill.click()
    official.press(button)
    official.sees("办好了")
