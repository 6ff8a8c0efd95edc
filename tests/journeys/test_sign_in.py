"""Signing in with a phone, a proof in the midst of a decision, and a lock-out, at a browser."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from portal.ledger.models import Event
from tests.portal.signin.phone import Phone
from tests.workflows.county import OFFICIALS, make_batch
from workflows.demo import play
from workflows.demo.build import PASSWORD, County

from .people import DESK_WIDTH, PHONE_WIDTH, Person
from .site import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def strict(settings: Any, site: Site) -> None:
    """Sign in as in production."""
    settings.SIGN_IN_SECOND_FACTOR = settings.SIGN_IN_WATCHED = True


@pytest.fixture
def somebody(browser: Any, site: Site, people: list[Person]) -> Iterator[Any]:
    """Return `somebody(name, width)`: at a browser, not signed in."""

    def at_browser(name: str, width: int) -> Person:
        people.append(Person(browser, site, name, width=width))
        return people[-1]

    yield at_browser


def first_step(person: Person, password: str = PASSWORD, *, status: int = 200) -> None:
    """Fill in name and password on the sign-in page and send them."""
    person.page.get_by_label("用户名").fill(person.name)
    person.page.get_by_label("密码").fill(password)
    person.press("登录", status=status)


def enrol(person: Person, site: Site) -> Phone:
    """Go through enrolment; return the phone."""
    person.open("/admin/")
    first_step(person)
    person.look("sign-in-enrol", both_widths=True)
    person.sees("登记手机验证", "扫下面的图")
    phone = Phone(person.page.locator("code.secret").inner_text().replace(" ", ""))
    # The picture holds the same secret, and was drawn by this server.
    assert person.page.locator("img.qr").evaluate(
        "one => one.naturalWidth > 0 && one.src.startsWith('data:')"
    )
    with site.now():
        person.page.get_by_label("验证码").fill(phone.code())
    person.press("登记", "sign-in-recovery-codes", both_widths=True)
    person.sees("记下恢复码")
    person.follow("抄好了，进工作台")
    assert person.where == "/admin/"
    return phone


def test_a_phone_is_enrolled_and_asked_for_in_the_midst_of_a_decision(
    county: County, site: Site, strict: None, somebody: Any
) -> None:
    with site.now():
        batch = make_batch(county, 2, until="check")
        play.visit_all(batch, county[OFFICIALS.reviewer])
    reviewer = somebody("reviewer1", DESK_WIDTH)
    phone = enrol(reviewer, site)
    address = f"/admin/desk/batches/{batch.number}/"
    site.moment += timedelta(minutes=20)
    reviewer.open(address)
    reviewer.page.locator("[name=opinion]").first.fill("两户都看过，圈舍是新建的")
    site.moment += timedelta(minutes=15)
    reviewer.press("提交核查意见", "sign-in-step-up", status=403, both_widths=True)
    reviewer.sees("办这件事要先验证", "您填的都还在")
    reviewer.page.get_by_label("手机上的 6 位验证码").fill("000000")
    reviewer.press("验证，接着办", "sign-in-step-up-wrong", status=403)
    reviewer.sees("验证码不对", "您填的都还在")
    with site.now():
        reviewer.page.get_by_label("手机上的 6 位验证码").fill(phone.code())
    reviewer.press("验证，接着办")
    batch.refresh_from_db()
    assert batch.step == "publish" and reviewer.where == address
    reviewer.open(f"/admin/desk/cases/{play.active(batch)[0].number}/")
    reviewer.sees("两户都看过，圈舍是新建的")

    # Left alone for half an hour the screen is locked; one code opens it where it was.
    site.moment += timedelta(minutes=31)
    reviewer.open(address, "sign-in-locked-screen", both_widths=True)
    reviewer.sees("屏幕锁上了")
    with site.now():
        reviewer.page.get_by_label("手机上的 6 位验证码").fill(phone.code())
    reviewer.press("验证")
    assert reviewer.where == address


def test_wrong_codes_shut_the_account_on_a_phone_too(
    county: County, site: Site, strict: None, somebody: Any
) -> None:
    clerk = somebody("clerk1", PHONE_WIDTH)
    phone = enrol(clerk, site)
    clerk.open("/accounts/mine/", "sign-in-mine", both_widths=True)
    clerk.sees("手机验证码", "恢复码还剩 10 个", "就是这里")
    clerk.page.context.clear_cookies()
    clerk.open("/admin/")
    first_step(clerk)
    clerk.look("sign-in-code", both_widths=True)
    for _time in range(4):
        clerk.page.get_by_label("手机上的 6 位验证码").fill("000000")
        clerk.press("登录")
        clerk.sees("验证码不对")
    clerk.page.get_by_label("手机上的 6 位验证码").fill("000000")
    clerk.press("登录", "sign-in-locked-out", status=429, both_widths=True)
    clerk.sees("锁定 30 分钟")
    # Not even the right code opens it now.
    clerk.open("/admin/")
    with site.now():
        clerk.page.get_by_label("手机上的 6 位验证码").fill(phone.code())
    clerk.press("登录", status=429)
    assert Event.objects.filter(kind="account.locked").count() == 1


def test_a_passkey_takes_the_place_of_the_code(
    browser: Any, county: County, site: Site, strict: None
) -> None:
    # Browsers take plain HTTP for safe at this name alone.
    address = site.address.replace("127.0.0.1", "localhost")
    context = browser.new_context(locale="zh-CN", viewport={"width": PHONE_WIDTH, "height": 740})
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    key |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": key})

    def sign_in() -> None:
        page.goto(f"{address}/admin/")
        page.get_by_label("用户名").fill("head1")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()

    sign_in()
    page.get_by_role("link", name="改用通行密钥").click()
    page.get_by_label("给它起个名").fill("办公室电脑")
    page.get_by_role("button", name="添加通行密钥").click()
    page.get_by_role("heading", name="记下恢复码").wait_for()
    context.clear_cookies()
    sign_in()
    page.get_by_role("button", name="用通行密钥").click()
    page.wait_for_url("**/admin/")
    # Proved a moment ago, and asked all the same: with the passkey, before a new phone is shown its secret.
    page.goto(f"{address}/accounts/mine/")
    page.get_by_role("link", name="换一部手机").click()
    page.get_by_role("heading", name="办这件事要先验证").wait_for()
    page.get_by_role("button", name="用通行密钥").click()
    page.get_by_role("heading", name="换一部手机").wait_for()
    assert page.locator("img.qr").is_visible()
    context.close()
    opened = Event.objects.filter(kind="session.opened").order_by("-sequence")[0]
    assert "password+passkey" in opened.record
