"""A villager objects with a photo, follows the receipt and appeals; a clerk's phone proves the posting."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from disclosure.publicity.models import Objection, Posting, PublicList
from portal.files.models import PrivateFile
from tests.workflows.county import OFFICIALS, VILLAGE, make_batch
from workflows.demo import play
from workflows.demo.build import County
from workflows.engine.models import Batch

from .people import PHONE_WIDTH, Official, Person, Villager
from .site import Site
from .test_batch import MEETINGS, fill_meeting, picture
from .test_villager import look_up

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def published(county: County, site: Site) -> Batch:
    """Play two households of the village to a running list and return their batch."""
    with site.now():
        batch = make_batch(county, 2, until="publish")
        play.sign(batch, county[OFFICIALS.reviewer])
        return batch


def snapshot() -> dict[str, Any]:
    """Return a photo that says where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    out = io.BytesIO()
    Image.new("RGB", (600, 400), "tan").save(out, "JPEG", exif=exif)
    return {"name": "圈舍.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def answer_it(
    official: Official,
    objection: Objection,
    words: str,
    who: tuple[str, str],
    verdict: str,
    *,
    photos: bool = False,
) -> None:
    """Answer an objection on its page, with a photo of what was seen; `photos`: look at theirs meanwhile."""
    official.open(f"/admin/desk/objections/{objection.pk}/", "desk-objection-with-photo", both_widths=True)
    official.choose(verdict)
    official.page.get_by_label("查证情况").fill("到家里看过，问了两户邻居。")
    official.page.get_by_label("查证人一").fill(who[0])
    official.page.get_by_label("查证人二").fill(who[1])
    if photos:
        look_beside(official)
    official.page.get_by_label("查证的照片").set_input_files([snapshot()])
    official.page.get_by_label("答复（提异议的人看得到）").fill(words)
    official.press("答复", "desk-objection-answered-with-photo")


def look_beside(official: Official) -> None:
    """Open the photos that came with the objection while the answer is half written: it stays."""
    page = official.page
    with page.expect_popup() as popup:
        page.get_by_role("button", name="看这 1 张照片").click()
    beside = popup.value
    beside.get_by_text("看完关掉这一页").wait_for()
    assert (
        beside.locator("img").evaluate("async one => { await one.decode(); return one.naturalWidth }") == 600
    )
    beside.close()
    assert page.get_by_label("查证情况").input_value() == "到家里看过，问了两户邻居。"
    page.evaluate("dispatchEvent(new Event('focus'))")
    page.get_by_role("img", name="照片 1").wait_for()
    assert page.get_by_role("button", name="看这 1 张照片").is_hidden()


def test_a_villager_finds_the_list_objects_with_a_photo_follows_the_receipt_and_appeals(
    county: County, site: Site, villager: Callable[..., Villager], official: Callable[..., Official]
) -> None:
    batch = published(county, site)
    phone = villager()
    phone.open("/")
    phone.open("/areas/990101000000/")
    phone.follow("杉坞镇")
    phone.follow(VILLAGE, exact=True)
    phone.follow("名单公示")
    phone.sees("按投入的百分之60补助")
    with phone.page.expect_navigation():
        phone.page.locator("ol.rows > li").first.get_by_role("link", name="不对").click()
    phone.look("object-with-photo")
    phone.page.get_by_label("哪里不对", exact=True).fill("圈舍是空的，我拍了照片")
    phone.page.get_by_label("照片").set_input_files([snapshot()])
    phone.page.locator("summary", has_text="投诉经办的人").click()
    phone.page.get_by_label("是谁").fill("镇上的沈知行")
    phone.look("object-complaint")
    phone.press("提交", "object-done-with-photo", both_widths=True)
    receipt, pin = phone.page.locator(".slip dd").all_inner_texts()
    objection = Objection.objects.get()
    assert PrivateFile.objects.filter(reference=f"objection:{objection.pk}").count() == 1

    look_up(phone, receipt, pin, "receipt-with-photo")
    phone.sees("收到1张，不公开", "您投诉的人已经回避")
    site.wait(days=1)
    reviewer = official("reviewer1")
    reviewer.open("/admin/desk/objections/", "desk-objections-recused")
    reviewer.sees("没有异议")
    words = "圈舍里有羊，和名单一致。"
    answer_it(official("watch1"), objection, words, ("监督甲", "监督乙"), "异议不成立", photos=True)

    look_up(phone, receipt, pin, "receipt-dismissed")
    phone.sees("到家里看过", "两个人去查的")
    phone.page.locator("summary", has_text="申请上一级复核").click()
    phone.page.get_by_label("为什么不服").fill("羊是借来的，看的第二天就牵走了")
    phone.press("申请复核", "receipt-appealed", both_widths=True)
    phone.sees("复核申请收到了", "由乡镇另外的人查")
    second = Objection.objects.get(appeal_of=objection)
    head = official("head1")
    answer_it(head, second, "再去看，羊确实是借的，退回重新核查。", ("陶远山", "镇上乙"), "异议成立")
    look_up(phone, receipt, pin, "receipt-appeal-upheld")
    phone.sees("再去看，羊确实是借的")
    phone.open(f"/lists/{batch.waits}/", "list-with-answers", both_widths=True)
    phone.sees("异议和答复", "上一级复核，异议成立", "异议不成立")
    phone.open(f"/areas/{county.areas[VILLAGE].code}/", "village-figures")
    phone.sees("请上一级再查1件，改过来1件")


@pytest.fixture
def clerk_phone(browser: Any, site: Site, county: County, people: list[Person]) -> Official:
    """Return the village clerk at a phone."""
    people.append(Official(browser, site, "clerk1", width=PHONE_WIDTH))
    return people[-1]  # type: ignore[return-value]


def test_a_clerks_phone_records_a_meeting_and_sends_a_posting_when_the_line_is_back(
    county: County, site: Site, clerk_phone: Official, official: Callable[..., Official]
) -> None:
    with site.now():
        meeting = make_batch(county, 1, until="deliberate", first=31)
    label, due, present, votes = MEETINGS[0]
    site.wait(days=1)
    clerk_phone.open(f"/admin/desk/batches/{meeting.number}/", "phone-meeting")
    fill_meeting(clerk_phone, due, present, votes, witness=False)
    clerk_phone.press(f"登记“{label}”", "phone-meeting-done")
    clerk_phone.sees("办好了")

    batch = published(county, site)
    found = PublicList.objects.get(number=batch.waits)
    # The phone's clock is the journey's.
    clerk_phone.page.clock.set_fixed_time(site.moment)
    clerk_phone.open(f"/admin/desk/lists/{found.number}/", "phone-posting")
    page = clerk_phone.page
    clerk_phone.context.set_offline(True)
    page.get_by_label("看到贴出来的日子").fill(site.moment.date().isoformat())
    page.get_by_label("说明").fill("祠堂门口")
    page.get_by_label("照片").set_input_files([picture("公开栏")])
    page.get_by_role("button", name="登记张贴").click()
    page.get_by_text("已经存在这部手机里").wait_for()
    clerk_phone.look("phone-posting-kept")
    assert not Posting.objects.exists()
    clerk_phone.context.set_offline(False)
    page.get_by_text("1 次张贴已经送到").wait_for()
    posting = Posting.objects.get()
    assert (posting.note, posting.recorded_by) == ("祠堂门口", county["clerk1"])
    assert posting.photo_id and posting.sent_key and posting.claimed_at
    clerk_phone.open(f"/admin/desk/lists/{found.number}/", "phone-posting-sent")
    clerk_phone.sees("祠堂门口", "手机上说")
    assert Posting.objects.count() == 1
    watch = official("watch1")
    watch.open(f"/admin/desk/lists/{found.number}/", "desk-posting-countersign")
    watch.press("我也看到了，会签")
    watch.sees("有照片，有会签")
