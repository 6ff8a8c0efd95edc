"""Somebody at a browser: opens pages, follows links, presses buttons; every page they come to is watched."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from django.urls import reverse

from workflows.demo.build import PASSWORD

from .bearing import strains
from .site import Site
from .watching import barriers, keep_shot, overhang

DESK_WIDTH, PHONE_WIDTH = 1280, 360
HEIGHTS = {DESK_WIDTH: 900, PHONE_WIDTH: 740}


class Person:
    """A person at a browser of their own. `found` holds what was wrong with the pages that they came to."""

    def __init__(self, browser: Any, site: Site, name: str, *, width: int, script: bool = True) -> None:
        self.site, self.name, self.width = site, name, width
        self.context = browser.new_context(
            viewport={"width": width, "height": HEIGHTS[width]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            # A page is measured as it stands, not on its way there.
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(10_000)
        self.page = self.context.new_page()
        self.script = script
        self._devtools = self.context.new_cdp_session(self.page)
        self._allow_script(script)
        self.found: list[str] = []
        self._status = 200
        self._allowed = 200
        self.page.on("pageerror", lambda error: self.found.append(f"{self.where}: {error}"))
        self.page.on("console", self._console)
        self.page.on("response", self._response)

    @property
    def where(self) -> str:
        """Return the path of the page at which the person is."""
        return urlsplit(self.page.url).path

    def open(self, path: str, name: str = "", *, status: int = 200, both_widths: bool = False) -> None:
        """Open the page at `path`, which answers with `status`, and look at it."""
        self._allowed = status
        self.page.goto(self.site.address + path)
        assert self._status == status, f"{path} answered {self._status}: {self.text()[:400]}"
        self.look(name, both_widths=both_widths)
        self._allowed = 200

    def follow(self, words: str, name: str = "", *, exact: bool = False, both_widths: bool = False) -> None:
        """Follow the first visible link with `words` and look at the page behind it."""
        link = self.page.get_by_role("link", name=words, exact=exact).first
        with self.page.expect_navigation():
            link.click()
        self.look(name, both_widths=both_widths)

    def press(
        self, words: str, name: str = "", *, status: int = 200, within: Any = None, both_widths: bool = False
    ) -> None:
        """Press the button with `words` and look at the page that comes, with the answer's `status`."""
        self._allowed = status
        where = within or self.page
        # The button that signs comes first: another of the same word only chooses it for every row.
        signing = where.locator("button.desk-go", has_text=words)
        button = signing.first if signing.count() else where.get_by_role("button", name=words).first
        with self.page.expect_navigation():
            button.click()
        assert self._status == status, f"{self.where} answered {self._status}: {self.text()[:400]}"
        self.look(name, both_widths=both_widths)
        self._allowed = 200

    def look(self, name: str = "", *, both_widths: bool = False) -> None:
        """Watch the page, and where asked for at the other width too; keep its picture under `name`."""
        self._watch(name, self.width)
        if both_widths:
            for width in (DESK_WIDTH, PHONE_WIDTH):
                if width != self.width:
                    self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
                    self._watch(name, width)
            self.page.set_viewport_size({"width": self.width, "height": HEIGHTS[self.width]})

    def choose(self, words: str, within: Any = None) -> None:
        """Choose the button-like option with `words`: its label is what is seen and pressed."""
        (within or self.page).locator("label.desk-verdict").get_by_text(words, exact=True).first.click()

    def text(self) -> str:
        """Return the words that the page shows."""
        return str(self.page.inner_text("body"))

    def sees(self, *words: str) -> None:
        """Assert that the page shows each of `words`."""
        shown = self.text()
        for one in words:
            assert one in shown, f"{self.where} does not show {one!r}: {shown}"

    def _watch(self, name: str, width: int) -> None:
        assert self.page.url.startswith(self.site.address), f"{self.name} has opened no page yet"
        # The page came and stands without script; axe itself is one.
        self._allow_script(True)
        wrong = barriers(self.page) + overhang(self.page) + self._strains()
        self._allow_script(self.script)
        self.found += [f"{self.name} at {self.where}, {width} pixels: {one}" for one in wrong]
        if name:
            keep_shot(self.page, name, width)

    def _strains(self) -> list[str]:
        """Return what the page does not bear; officials' screens are measured by axe alone."""
        return []

    def _allow_script(self, allowed: bool) -> None:
        self._devtools.send("Emulation.setScriptExecutionDisabled", {"value": not allowed})

    def _response(self, response: Any) -> None:
        if response.request.is_navigation_request() and response.frame == self.page.main_frame:
            self._status = response.status

    def _console(self, message: Any) -> None:
        if message.type not in ("error", "warning"):
            return
        # The browser itself tells of every answer from 400 on; one that the journey asked for is no fault.
        if self._allowed >= 400 and f"status of {self._allowed} " in message.text:
            return
        self.found.append(f"{self.name} at {self.where}: {message.type}: {message.text} {message.location}")


class Official(Person):
    """Somebody with a login, signed in; with `by_page` they sign in through the page, and stand at the desk.

    The others have their session from the same form, sent without a browser: test_sign_in looks at the page.
    """

    def __init__(
        self, browser: Any, site: Site, username: str, *, width: int = DESK_WIDTH, by_page: bool = False
    ) -> None:
        super().__init__(browser, site, username, width=width)
        if by_page:
            self._sign_in_by_page()
        else:
            self._take_session()

    def _sign_in_by_page(self) -> None:
        self.page.goto(f"{self.site.address}/admin/")
        self.page.get_by_label("用户名").fill(self.name)
        self.page.get_by_label("密码").fill(PASSWORD)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="登录").click()
        assert self.where == "/admin/", f"{self.name} stands at {self.where}: {self.text()[:300]}"

    def _take_session(self) -> None:
        client = Client()
        with self.site.now():
            answer = client.post(reverse("account_login"), {"login": self.name, "password": PASSWORD})
        assert (answer.status_code, answer["Location"]) == (302, reverse("wagtailadmin_home")), self.name
        name = settings.SESSION_COOKIE_NAME
        session = {"name": name, "value": client.cookies[name].value, "httpOnly": True, "sameSite": "Lax"}
        self.context.add_cookies([{**session, "url": self.site.address}])


class Villager(Person):
    """Somebody without a login, on an old phone without script."""

    def __init__(self, browser: Any, site: Site, *, width: int = PHONE_WIDTH, script: bool = False) -> None:
        super().__init__(browser, site, "villager", width=width, script=script)

    def _strains(self) -> list[str]:
        # It looks at both widths by itself.
        return strains(self.page) if self.page.viewport_size["width"] == self.width else []
