"""A clerk at a board without signal: the posting page opens, the photo waits and is sent later."""

import builtins
from typing import Any

import pytest

from disclosure.publicity.models import Posting, PublicList
from workflows.demo.build import PASSWORD, County

from .people import PHONE_WIDTH, Official, Person
from .site import Site
from .test_batch import picture
from .test_objection import published

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const box = await caches.open(name);
    for (const asked of await box.keys())
      found[new URL(asked.url).pathname] = await (await box.match(asked, { ignoreVary: true })).text();
  }
  return found;
}"""
READY = """async () => {
  const found = await navigator.serviceWorker.getRegistration("/admin/desk/postings/");
  return !!(found && found.active && await caches.match("/admin/desk/postings/", { ignoreVary: true }));
}"""
LEFT = """async () => ({
  workers: (await navigator.serviceWorker.getRegistrations()).length,
  boxes: (await caches.keys()).length,
  bases: (await indexedDB.databases()).length,
})"""


PAGE_OF = """async () => {
  const kept = await caches.match("/admin/desk/postings/", { ignoreVary: true });
  const found = kept && (await kept.text()).match(/data-desk-owner="([^"]+)"/);
  return found ? found[1] : null;
}"""


@pytest.fixture
def list(county: County, site: Site) -> PublicList:
    """Return a list that runs in the clerk's village."""
    return PublicList.objects.get(number=published(county, site).waits)


@pytest.fixture
def phone(browser: Any, site: Site, people: builtins.list[Person], list: PublicList) -> Official:
    """Return the village clerk at a phone, whose clock is the journey's."""
    people.append(Official(browser, site, "clerk1", width=PHONE_WIDTH))
    people[-1].page.clock.set_fixed_time(site.moment)
    return people[-1]  # type: ignore[return-value]


def settled(phone: Official) -> None:
    """Wait until the worker has kept its page."""
    for _attempt in range(100):
        if phone.page.evaluate(READY):
            return
        phone.page.wait_for_timeout(50)
    raise AssertionError("the worker has not kept its page")


def fill(phone: Official, note: str) -> None:
    """Register a posting with a photo on the posting page."""
    page = phone.page
    page.get_by_label("说明").fill(note)
    page.get_by_label("照片").set_input_files([picture("公开栏")])
    page.get_by_role("button", name="登记张贴").click()


def test_after_one_visit_of_the_desk_a_posting_is_registered_without_a_line_and_sent_later(
    county: County, site: Site, phone: Official, list: PublicList
) -> None:
    phone.open("/admin/")
    settled(phone)
    phone.context.set_offline(True)
    phone.page.goto(f"{site.address}/admin/desk/postings/")
    phone.sees("登记张贴", list.title)
    phone.page.get_by_label("哪一份名单").select_option(list.number)
    fill(phone, "祠堂门口")
    phone.page.get_by_text("还有 1 次张贴存在这部手机里").wait_for()
    phone.look("posting-without-line", both_widths=True)
    # Whatever hung is printed with its number: a list that the page does not know is told by it.
    phone.page.get_by_label("上面没有的").fill(list.number.lower())
    fill(phone, "村委会门口")
    phone.page.get_by_text("还有 2 次张贴存在这部手机里").wait_for()
    phone.page.get_by_label("上面没有的").fill("990101-2026-99999")
    fill(phone, "没有这一份")
    phone.page.get_by_text("还有 3 次张贴存在这部手机里").wait_for()
    assert not Posting.objects.exists()
    # The page was closed and another one of the desk is opened when the line is back: it sends.
    phone.page.goto("about:blank")
    phone.context.set_offline(False)
    phone.found.clear()
    phone._allowed = 404
    phone.page.goto(f"{site.address}/admin/desk/lists/")
    phone.page.get_by_text("没有这份名单").wait_for()
    phone._allowed = 200
    assert {one.note for one in Posting.objects.all()} == {"祠堂门口", "村委会门口"}
    assert all(one.photo_id and one.sent_key and one.claimed_at for one in Posting.objects.all())
    assert {one.recorded_by for one in Posting.objects.all()} == {county["clerk1"]}
    phone.open("/admin/desk/postings/", "posting-refused", both_widths=True)
    phone.sees("没有收下", "把照片存回手机")
    phone.page.get_by_role("button", name="知道了，删掉这一次").click()
    phone.page.get_by_text("没有。送到的在名单那一页上看。").wait_for()


def test_what_the_worker_keeps_tells_of_nobody_and_goes_when_its_person_signs_out(
    county: County, phone: Official, list: PublicList
) -> None:
    row = list.rows.get(position=1)
    phone.open("/admin/desk/postings/", "posting-page", both_widths=True)
    settled(phone)
    phone.open(f"/admin/desk/lists/{list.number}/")
    phone.sees(row.masked_name)
    kept = phone.page.evaluate(KEPT)
    assert {path for path in kept if "/static/" not in path} == {"/admin/desk/postings/"}
    page = kept["/admin/desk/postings/"]
    clerk = county["clerk1"]
    assert list.number in page
    assert not [word for word in (clerk.username, clerk.display_name, row.name, "csrf") if word in page]

    phone.open("/admin/desk/postings/")
    phone.context.set_offline(True)
    phone.page.get_by_label("哪一份名单").select_option(list.number)
    fill(phone, "走之前")
    phone.page.get_by_text("还有 1 次张贴存在这部手机里").wait_for()
    phone.context.set_offline(False)
    phone.page.goto("about:blank")
    phone.found.clear()
    phone.open("/accounts/logout/", "signing-out", both_widths=True)
    phone.sees("还没有送到的张贴照片也在里面")
    phone.press("退出登录")
    assert phone.page.evaluate(LEFT) == {"workers": 0, "boxes": 0, "bases": 0}


def test_who_signs_in_next_on_the_same_phone_gets_no_page_of_another_and_is_told_of_their_photos(
    site: Site, phone: Official, list: PublicList
) -> None:
    page, address = phone.page, f"{site.address}/admin/desk/postings/"
    phone.open("/admin/desk/postings/")
    settled(phone)
    first = page.evaluate(PAGE_OF)
    phone.context.set_offline(True)
    page.get_by_label("哪一份名单").select_option(list.number)
    fill(phone, "祠堂门口")
    page.get_by_text("还有 1 次张贴存在这部手机里").wait_for()
    phone.found.clear()
    # The session ran out, which clears nothing; the worker looked less than a minute ago.
    phone.context.clear_cookies()
    phone.context.set_offline(False)
    sign_in_as(phone, site, "secretary1")
    second = page.get_attribute("[data-desk-owner]", "data-desk-owner")
    assert first and second and first != second
    kept_of(phone, second)
    phone.context.set_offline(True)
    page.goto(address)
    assert page.get_attribute("[data-desk-owner]", "data-desk-owner") == second
    # Where the line is too weak to ask anew, another's page goes all the same.
    page.evaluate(f"""async () => (await navigator.serviceWorker.getRegistration("{address}"))
        .active.postMessage({{ look: true, owner: "{first}" }})""")
    kept_of(phone, None)
    phone.context.set_offline(False)
    phone.found.clear()
    page.goto(f"{site.address}/admin/desk/lists/")
    kept_of(phone, second)
    asked: builtins.list[str] = []

    def no(dialog: Any) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", no)
    page.evaluate("""() => {
        const form = document.createElement("form");
        form.method = "post";
        form.action = "/admin/logout/";
        document.body.append(form);
        form.requestSubmit();
    }""")
    assert [words.partition("，")[0] for words in asked] == [
        "这部手机里还有 1 次张贴没有送到（其中 1 次是别人拍的）"
    ]
    assert not Posting.objects.exists()


def sign_in_as(phone: Official, site: Site, username: str) -> None:
    """Sign somebody else in, on the same phone."""
    phone.page.goto(f"{site.address}/admin/")
    phone.page.get_by_label("用户名").fill(username)
    phone.page.get_by_label("密码").fill(PASSWORD)
    with phone.page.expect_navigation():
        phone.page.get_by_role("button", name="登录").click()
    assert phone.where == "/admin/", phone.text()[:300]


def kept_of(phone: Official, owner: str | None) -> None:
    """Wait until the worker keeps the page of `owner`, or none."""
    for _attempt in range(100):
        found = phone.page.evaluate(PAGE_OF)
        if found == owner:
            return
        phone.page.wait_for_timeout(50)
    raise AssertionError(f"the worker keeps the page of {found}, not of {owner}")
