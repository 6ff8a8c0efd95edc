"""An editor writes a notice and hands it in, the county head opens it: no script of Wagtail's fails."""

import re
from collections.abc import Callable

import pytest

from disclosure.pages.models import NoticePage
from disclosure.pages.services import NOTICES, ensure_site, section

from .people import Official
from .site import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
TITLE = "关于领取化肥的通知"
WORDS = "化肥到了，请各户到村委会领取。"


def go(person: Official, path: str) -> None:
    """Open a screen of Wagtail's own, whose look is not ours to judge; a fault of a script counts."""
    person.page.goto(person.site.address + path)
    person.page.wait_for_load_state("networkidle")


def test_a_notice_is_written_handed_in_and_opened_by_who_decides(
    site: Site, official: Callable[..., Official]
) -> None:
    from playwright.sync_api import expect

    editor, head = official("editor"), official("countyhead")
    with site.now():
        ensure_site("枫禾县")
        parent = section(NOTICES).pk
    for path in (f"/admin/pages/{parent}/", "/admin/images/", "/admin/documents/"):
        go(editor, path)
    # Searched in place: the script looks for its acts on many pages again.
    editor.page.locator("main input[name=q]").fill("名册")
    editor.page.wait_for_url("**q=**")
    go(editor, f"/admin/pages/add/disclosure_pages/noticepage/{parent}/")
    editor.page.fill("#id_title", TITLE)
    editor.page.locator(".public-DraftEditor-content").click()
    editor.page.keyboard.type(WORDS)
    # The editor's text comes into the form a moment after it was typed.
    expect(editor.page.locator("input[name=body]")).to_have_value(re.compile(WORDS))
    editor.page.get_by_role("button", name="更多操作").click()
    with editor.page.expect_navigation():
        editor.page.locator("button[name=action-submit]").click()
    editor.sees(TITLE, "审核中")
    with site.now():
        page = NoticePage.objects.get(title=TITLE)
        assert not page.live and page.workflow_in_progress
    go(head, "/admin/")
    head.sees(TITLE)
