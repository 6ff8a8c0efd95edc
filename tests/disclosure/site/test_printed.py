"""Rules of a public page on paper: its text and where it is from, nothing to press, done meetings filled."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from disclosure.publicity.models import ListKind
from tests.disclosure.village import Village, a_list, hold, opened

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
# What the browser leaves off the sheet, or tears apart, cannot be told from the text alone.
TORN = "all => all.filter(one => getComputedStyle(one).breakInside !== 'avoid').length"
DOT = "one => { const s = getComputedStyle(one, ':before'); return [s.width, s.borderTopWidth] }"


def test_a_list_on_paper_holds_nothing_to_press_and_tears_no_row(village: Village, browser: Any) -> None:
    deliberation = opened(village)
    hold(village, deliberation)
    published = a_list(village, kind=ListKind.RESOLUTION, deliberation=deliberation)
    for mode in ("", "/da"):
        cache.clear()
        shown = Client().get(f"{mode}/lists/{published.number}/").content.decode()
        page = browser.new_page()
        page.set_content(shown)
        assert "要打印" in page.inner_text("body") and "我要提" in page.inner_text("body")
        page.emulate_media(media="print")
        text = page.inner_text("body")
        pressed = ("要打印", "我要提", "下载数据", "各乡各村", "大字版", "标准版", "提出异议", "搜索")
        assert not [one for one in pressed if one in text]
        assert published.title in text and published.number in text
        assert page.locator(".qr").is_visible()
        assert page.locator("li, .foot").evaluate_all(TORN) == 0
        # A background is not printed: what is done is drawn by its border alone.
        width, border = page.locator(".steps > :not(.todo)").first.evaluate(DOT)
        assert width == "0px" and float(border.removesuffix("px")) > 6
        page.close()
