"""One batch goes from filing to the second publication through the pages, each hand with its own login."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command

from disclosure.publicity.models import PublicList
from tests.workflows.county import OFFICIALS, VILLAGE
from workflows.demo import build, play
from workflows.demo.build import County
from workflows.engine.models import Batch, BatchState, Case
from workflows.money.models import Payment
from workflows.notices.models import HouseholdNotice
from workflows.programmes.answers import yuan
from workflows.registry.models import Household

from .people import Official, Villager
from .site import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

INVESTED = {1: "6000", 2: "9000", 3: "4500"}
MEETINGS = [
    ("支部提议", 5, 5, 5),
    ("两委商议", 7, 6, 6),
    ("党员审议", 31, 26, 25),
    ("村民代表决议", 42, 35, 33),
]


def households(county: County, site: Site) -> list[Household]:
    """Register three households of the village."""
    with site.now():
        return [build.make_household(county, VILLAGE, number, OFFICIALS.clerk) for number in (1, 2, 3)]


def file_for(helper: Official, household: Household, invested: str, *, last: bool) -> None:
    """Fill in the programme's form for a household and send it with a photo."""
    page = helper.page
    helper.open("/admin/desk/file/", "desk-file" if last else "", both_widths=last)
    helper.follow("到户产业奖补（先建后补）", "desk-file-households" if last else "", both_widths=last)
    page.get_by_label("户主或家人的姓名").fill(household.head_name)
    helper.press("查找")
    helper.follow(household.head_name)
    page.get_by_label("做什么").select_option("养羊圈舍")
    page.get_by_label("规模").fill("圈舍60平方米、羊20只")
    page.get_by_label("自己投入").fill(invested)
    helper.press("先算一算", "desk-file-counted" if last else "", both_widths=last)
    page.get_by_label("预计一年增收").fill("3000")
    page.get_by_label("附件").set_input_files([picture("圈舍")])
    helper.press("申报", "desk-case-filed" if last else "", both_widths=last)
    helper.sees(household.head_name, "圈舍60平方米、羊20只", "圈舍.jpg")


def picture(name: str) -> dict[str, Any]:
    """Return an invented photograph as a browser uploads it."""
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": play.photo(name).read()}


def verdict(official: Official, case: Case, word: str, *, reason: str = "", **fields: str) -> None:
    """Choose a verdict for a row and fill in its fields."""
    row = official.page.locator(f"#case-{case.number}")
    official.choose(word, row)
    for key, value in fields.items():
        row.locator(f"[name=f-{case.pk}-{key}]").fill(value)
    if reason:
        row.locator(f"[name=reason-{case.pk}]").fill(reason)


def rows_of(batch: Batch) -> list[Case]:
    """Return the rows that are on their way, in order."""
    return play.active(batch)


def stands_at(batch: Batch, step: str) -> None:
    """Assert where the batch stands."""
    batch.refresh_from_db()
    assert batch.step == step


def test_a_batch_goes_from_filing_to_the_second_publication(
    county: County, site: Site, official: Callable[..., Official], villager: Callable[..., Villager]
) -> None:
    families = households(county, site)
    helper = official("helper1", by_page=True)
    for place, family in enumerate(families, 1):
        file_for(helper, family, INVESTED[place], last=place == 3)
    batch = Batch.objects.get()
    address = f"/admin/desk/batches/{batch.number}/"
    first, second, third = rows_of(batch)

    # The clerk sends the list before the village's four meetings.
    clerk = official("clerk1")
    clerk.open("/admin/", "desk-home-clerk", both_widths=True)
    clerk.follow(batch.title, "desk-batch-file", both_widths=True)
    clerk.press("报送")
    for place, (label, due, present, votes) in enumerate(MEETINGS):
        stands_at(batch, "deliberate")
        site.wait(days=1)
        clerk.open(address, f"desk-batch-meeting-{place + 1}", both_widths=place == 3)
        fill_meeting(clerk, due, present, votes, witness=place >= 2)
        clerk.press(f"登记“{label}”")
        clerk.sees("办好了")
    stands_at(batch, "check")

    # Two people see each household; one amount is lowered, one household refused.
    site.wait(days=1)
    reviewer = official("reviewer1")
    reviewer.open("/admin/desk/todo/", "desk-todo-reviewer", both_widths=True)
    reviewer.open(address)
    for case in (first, second, third):
        visit(reviewer, case, shown=case == first)
    reviewer.open(address, "desk-batch-check", both_widths=True)
    verdict(reviewer, first, "同意")
    verdict(reviewer, second, "同意", amount_fen="4000", reason="圈舍只建成了四十平方米")
    verdict(reviewer, third, "不同意", reason="还没有开工，建好以后下一批再报")
    reviewer.look("desk-batch-check-filled", both_widths=True)
    reviewer.press("提交核查意见", "desk-batch-checked", both_widths=True)
    stands_at(batch, "publish")
    notices = dict(HouseholdNotice.objects.values_list("case", "after_fen"))
    assert notices == {second.pk: 4000_00, third.pk: 0}
    reviewer.look("desk-batch-publish", both_widths=True)
    agree_to_the_rest(reviewer)
    reviewer.press("发布公示", "desk-batch-published", both_widths=True)
    batch.refresh_from_db()
    running = PublicList.objects.get(number=batch.waits)

    # Proof that the list hangs on the village's board.
    watch = official("watch1")
    watch.open("/admin/desk/lists/", "desk-lists", both_widths=True)
    watch.open(f"/admin/desk/lists/{running.number}/", "desk-list", both_widths=True)
    watch.page.get_by_label("看到贴出来的日子").fill(site.moment.date().isoformat())
    watch.page.get_by_label("说明").fill("村委会门口公开栏")
    watch.page.get_by_label("照片").set_input_files([picture("公开栏")])
    watch.press("登记张贴", "desk-list-posted")
    watch.sees("村委会门口公开栏")

    # A day before the end nothing moves; when the last day is over the rows go on by themselves.
    site.wait(days=(running.closes_on - site.moment.date()).days)
    stands_at(batch, "publish")
    site.wait(days=1)
    stands_at(batch, "approve")

    sign(official("head1"), address, "签批", "desk-batch-approve", opinion="同意")
    stands_at(batch, "record")
    sign(official("county"), address, "签收备案", "desk-batch-record")
    stands_at(batch, "record")
    sign(official("finance"), address, "签收备案")
    stands_at(batch, "start")

    site.wait(days=2)
    sign(helper, address, "登记开工", "desk-batch-start")
    stands_at(batch, "accept")
    site.wait(days=30)
    reviewer.open(address, "desk-batch-accept", both_widths=True)
    reviewer.page.locator("[name=all-acceptors]").fill("沈知行、韩同行")
    verdict(reviewer, first, "合格")
    verdict(reviewer, second, "合格", accepted_fen="3900", reason="验收时少了一间料房")
    reviewer.press("登记验收", "desk-batch-accepted")
    stands_at(batch, "pay")

    finance = official("finance")
    finance.open(address, "desk-batch-pay", both_widths=True)
    for case in (first, second):
        household = Household.objects.get(pk=case.subject.removeprefix("household:"))
        verdict(finance, case, "已拨付", card_last4=household.card_last4)
    finance.press("登记拨付", "desk-batch-paid")
    stands_at(batch, "announce")
    assert {payment.amount_fen for payment in Payment.objects.all()} == {3600_00, 3900_00}

    site.wait(days=20)
    clerk.open(address, "desk-batch-announce", both_widths=True)
    for case in (first, second):
        verdict(clerk, case, "公开", effect="已建成投产，新增存栏20只")
    clerk.press("公开结果", "desk-batch-announced", both_widths=True)
    batch.refresh_from_db()
    assert batch.state == BatchState.CLOSED

    # The supervisor reads all of it; anybody sees the three publications.
    supervisor = official("supervisor")
    supervisor.open(f"/admin/desk/cases/{second.number}/", "desk-case-supervisor", both_widths=True)
    supervisor.sees("圈舍只建成了四十平方米", "验收时少了一间料房", "账本里的记录")
    assert not supervisor.page.get_by_role("button", name="登记").count()
    phone = villager()
    kinds = {"resolution": "list-resolution", "application": "list-ended", "result": "list-result"}
    for one in PublicList.objects.order_by("pk"):
        phone.open(f"/lists/{one.number}/", kinds[one.kind], both_widths=True)
        phone.sees(yuan(one.total_fen))
    phone.sees("已建成投产，新增存栏20只")
    assert {one.kind: (one.row_count, one.total_fen) for one in PublicList.objects.all()} == {
        "resolution": (3, 11300_00),
        "application": (2, 7600_00),
        "result": (2, 7500_00),
    }
    said = io.StringIO()
    with site.now():
        call_command("verify_ledger", stdout=said)


def fill_meeting(clerk: Official, due: int, present: int, votes: int, *, witness: bool) -> None:
    """Fill in the record of the next meeting: who was not for it abstained."""
    page = clerk.page
    counts = {"due_count": due, "present_count": present, "votes_for": votes}
    for name, count in {**counts, "votes_abstained": present - votes}.items():
        page.locator(f"[name={name}]").fill(str(count))
    page.get_by_label("地点").fill("村委会会议室")
    if witness:
        page.get_by_label("乡镇见证人").fill(play.WITNESS)


def visit(reviewer: Official, case: Case, *, shown: bool) -> None:
    """Record a visit by two people with a photo."""
    page = reviewer.page
    reviewer.open(f"/admin/desk/cases/{case.number}/", "desk-case-check" if shown else "", both_widths=shown)
    page.locator("#visit summary").click()
    page.get_by_label("入户人二").fill("韩同行")
    page.get_by_label("看到的情况").fill("到家里看过，圈舍已经建成。")
    page.locator("[name=photos]").set_input_files([picture(f"照片{case.number[-1]}")])
    reviewer.press("登记", within=page.locator("#visit"))
    reviewer.look("desk-case-visited" if shown else "", both_widths=shown)
    reviewer.sees("到家里看过，圈舍已经建成。")


def sign(official: Official, address: str, button: str, name: str = "", opinion: str = "") -> None:
    """Sign every row with the verdict that the page proposes, looking at those with a hint first."""
    official.open(address, name, both_widths=bool(name))
    agree_to_the_rest(official)
    if opinion:
        official.page.locator("[name=opinion]").fill(opinion)
    official.press(button)
    official.sees("办好了")


def agree_to_the_rest(official: Official) -> None:
    """Agree to each row that the page proposes nothing for: one with a hint wants to be looked at."""
    for row in official.page.locator("fieldset.desk-verdicts").all():
        if not row.locator("input:checked").count():
            row.locator("label").first.click()
