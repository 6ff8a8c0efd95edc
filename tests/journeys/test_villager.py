"""A villager on a phone without script reads a list, says what is wrong with it, and reads the answer."""

from collections.abc import Callable

import pytest

from disclosure.publicity.models import Objection
from tests.workflows.county import OFFICIALS, VILLAGE, make_batch
from workflows.demo import play
from workflows.demo.build import County
from workflows.engine.models import Batch

from .people import Official, Villager
from .site import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def published(county: County, site: Site) -> Batch:
    """Play three households of the village to a running list and return their batch."""
    with site.now():
        batch = make_batch(county, 3, until="publish")
        play.sign(batch, county[OFFICIALS.reviewer])
        return batch


def object_to(phone: Villager, number: str, row: int, text: str, ground: str = "") -> tuple[str, str]:
    """Follow a row's own link to the form, fill it in and send it; return the receipt and its PIN."""
    phone.open(f"/lists/{number}/")
    household = phone.page.locator("ol.rows > li").nth(row - 1)
    if row > 1:  # the first row tells why unasked
        household.locator("summary").click()
    with phone.page.expect_navigation():
        household.get_by_role("link", name="不对").click()
    phone.look("object")
    assert phone.where == f"/lists/{number}/object/{row}/"
    if ground:
        phone.page.get_by_label("哪一种不对").select_option(label=ground)
    phone.page.get_by_label("哪里不对", exact=True).fill(text)
    phone.press("提交", "object-done")
    receipt, pin = phone.page.locator(".slip dd").all_inner_texts()
    return receipt, pin


def look_up(phone: Villager, receipt: str, pin: str, name: str) -> None:
    """Look a receipt up on its page."""
    phone.open("/receipts/", "receipts")
    phone.page.get_by_label("回执号").fill(receipt)
    phone.page.get_by_label("密码").fill(pin)
    phone.press("查看", name)


def test_a_villager_finds_the_list_from_the_home_page_and_reads_why(
    county: County, site: Site, villager: Callable[..., Villager]
) -> None:
    batch = published(county, site)
    phone = villager()
    phone.open("/", "home", both_widths=True)
    phone.open("/areas/990101000000/", "county")
    phone.follow("杉坞镇", "township")
    phone.follow(VILLAGE, "village", exact=True, both_widths=True)
    phone.follow("名单公示", "list", both_widths=True)
    assert phone.where == f"/lists/{batch.waits}/"
    phone.sees("按投入的百分之60补助")  # the first row tells why unasked
    phone.page.locator("ol.rows summary").nth(1).click()
    phone.look("list-why")
    assert phone.page.locator("ol.rows details[open]").count() == 2


# A browser's voice: it keeps what it was given and is through with it at once, but for the last words.
VOICE = """(() => {
  const said = window.__said = [];
  const speech = {getVoices: () => [{lang: 'zh-CN'}], cancel: () => said.push('(silence)'), speak: one => {
    said.push(one.text);
    if (said.length < 3) setTimeout(() => one.onend(), 0);
  }};
  Object.defineProperty(window, 'speechSynthesis', {value: speech});
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
})()"""


def test_large_type_is_read_aloud_by_a_browser_that_has_a_chinese_voice(
    county: County, site: Site, villager: Callable[..., Villager]
) -> None:
    silent, speaking = villager(script=True), villager(script=True)
    silent.open("/da/verify/")
    assert silent.page.get_by_role("button", name="朗读").count() == 0, "no voice, no button"
    speaking.page.add_init_script(VOICE)
    speaking.open("/verify/")
    assert speaking.page.get_by_role("button", name="朗读").count() == 0
    speaking.open("/da/verify/", "aloud", both_widths=True)
    speaking.page.get_by_role("button", name="朗读").focus()
    speaking.page.keyboard.press("Space")
    speaking.page.wait_for_function("() => __said.length === 3")
    said = speaking.page.evaluate("() => __said")
    assert said[:3] == ["(silence)", "怎样知道名单没有被悄悄改过", "名单的指纹"]
    speaking.page.get_by_role("button", name="停下").click()
    assert speaking.page.evaluate("() => __said").pop() == "(silence)"
    assert speaking.page.get_by_role("button", name="朗读").get_attribute("aria-pressed") == "false"


def test_an_objection_that_is_upheld_sends_the_household_back_to_be_checked(
    county: County, site: Site, villager: Callable[..., Villager], official: Callable[..., Official]
) -> None:
    batch = published(county, site)
    number = batch.waits
    phone = villager()
    said = "他家的羊圈去年就拆了，今年没有养羊。"
    receipt, pin = object_to(phone, number, 1, said, "没有建，或和写的不一样")
    other_receipt, other_pin = object_to(phone, number, 2, "他家投入没有这么多。")
    assert receipt != other_receipt
    phone.open(f"/lists/{number}/", "list-objected")
    assert "2" in phone.page.locator(".figures").inner_text()
    look_up(phone, receipt, pin, "receipt-open")
    phone.sees("以前答复")

    site.wait(days=1)
    head = official("head1")
    first = Objection.objects.get(list__number=number, row__position=1)
    head.open("/admin/desk/objections/", "desk-objections", both_widths=True)
    head.open(f"/admin/desk/objections/{first.pk}/", "desk-objection", both_widths=True)
    head.sees(said)
    head.choose("异议成立")
    head.page.get_by_label("查证情况").fill("三月十日到家里看，圈舍已经拆除，没有存栏。")
    head.page.get_by_label("查证人一").fill("陶远山")
    head.page.get_by_label("查证人二").fill("沈知行")
    head.page.get_by_label("答复（提异议的人看得到）").fill("查实圈舍已拆，这一户退回重新核查。")
    head.press("答复", "desk-objection-answered")

    # The row goes back in a batch of its own, where the reviewer finds it.
    subject = first.row.subject.removeprefix("case:")
    reviewer = official("reviewer1")
    reviewer.open("/admin/desk/todo/", "desk-todo", both_widths=True)
    reviewer.open(f"/admin/desk/cases/{subject}/", "desk-case-returned", both_widths=True)
    reviewer.sees("乡镇核查", "异议成立")
    phone.open(f"/lists/{number}/", "list-sent-back")
    phone.sees("退回")
    look_up(phone, receipt, pin, "receipt-answered")
    phone.sees("查实圈舍已拆，这一户退回重新核查。")
    look_up(phone, other_receipt, other_pin, "receipt-still-open")
    phone.sees("以前答复")
