"""Rules of the search page: plain words, nothing kept, nothing run, filters without script, no names."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from disclosure.pages import services as pages
from disclosure.pages.models import NoticePage
from disclosure.publicity.models import ListRow
from disclosure.search.finding import A_PAGE
from portal.ledger.models import Event
from tests.disclosure.village import Village, a_list, household
from tests.portal.people import invented

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
Found = Callable[..., str]


@pytest.fixture
def village(kept_set: tuple[Village, dict[str, str]], db: None) -> Village:
    """Return the village of the kept set."""
    made = kept_set[0]
    return Village(made.area, made.areas, made.granter, dict(made.seats))


@pytest.fixture
def found(planted: dict[str, str]) -> Found:
    """Return `found(asked, **filters)`: what the page says, without the marks and what stands around it."""

    def found(asked: str, path: str = "/search/", **filters: str) -> str:
        with CaptureQueriesContext(connection) as queries:
            response = Client(enforce_csrf_checks=True).get(
                path, {"q": asked, **filters}, headers={"accept-encoding": "identity"}
            )
        assert response.status_code == 200
        assert len(queries) <= 10, [query["sql"][:90] for query in queries]
        page = str(response.content.decode()).split("</form>")[1].split("<footer")[0]
        return page.replace("<mark>", "").replace("</mark>", "")

    return found


def test_lists_areas_pages_and_paragraphs_are_found(found: Found) -> None:
    assert "2026年到户产业奖补名单公示" in found("一村 奖补")
    assert "到户产业奖补" not in found("三村 奖补")
    assert f'href="/areas/{invented.EAST}/"' in found("东乡")
    assert "第三条岗位补贴每人每月不低于1000元。" in found("岗位 每月")
    assert re.search(r'href="/policies/policies-\d+/#t3"', found("岗位 每月"))
    assert "找到4条" in found("奖补")


def test_a_villagers_name_is_never_found(found: Found) -> None:
    names = {name for row in ListRow.objects.all() for name in (row.name, row.masked_name)}
    assert names == {"王小山", "王某山"}
    for asked in (*names, "小山", "王某", "养羊圈舍", "自己建好圈舍并通过查验", "48万"):
        assert "没有找到" in found(asked), asked


def test_each_state_of_the_page_says_what_to_do(found: Found) -> None:
    assert "写一两个词就行" in found("   ")
    assert "只有标点，搜不了" in found("%_*")
    assert "没有找到“月亮”" in found("月亮") and "按乡镇和村找" in found("月亮")
    assert "只按前面的60个字" in found("字" * 61)
    assert "也可以不限地方" in found("禁烧", kind="policy")


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"from": "昨天"}, "日期“昨天”看不懂"),
        ({"to": "2026-02-30"}, "日期“2026-02-30”看不懂"),
        ({"from": "2026-05-01", "to": "2026-04-01"}, "开始的日期比结束的晚"),
        ({"kind": "names"}, "没有这个种类"),
        ({"area": "123456789012"}, "没有这个地方"),
    ],
)
def test_a_filter_that_is_not_understood_comes_back_as_it_was_with_a_reason(
    planted: dict[str, str], filters: dict[str, str], words: str
) -> None:
    page = Client().get("/search/", {"q": "奖补", **filters}).content.decode()
    assert words in page and "还没有搜" in page and "找到" not in page
    assert 'value="奖补"' in page and "<details open>" in page
    for value in filters.values():
        assert value in page


@pytest.mark.parametrize("day", ["2026-03-06", "2026.3.6", "2026/3/6", "20260306", "2026年3月6日"])
def test_a_day_is_understood_however_it_is_written(found: Found, day: str) -> None:
    assert "找到1条" in found("补助 每平方米", **{"from": day, "to": day})


def test_the_form_narrows_by_area_kind_and_days_and_keeps_what_was_chosen(planted: dict[str, str]) -> None:
    asked = {"q": "名单", "area": invented.ONE, "kind": "list", "from": "2026-11-01", "to": "2026-11-30"}
    page = Client().get("/search/", asked).content.decode()
    assert "找到1条" in page
    assert f'<option value="{invented.ONE}" selected>' in page
    assert '<option value="list" selected>' in page
    assert 'value="2026-11-01"' in page and 'value="2026-11-30"' in page


def test_pages_follow_each_other_and_one_beyond_the_last_is_the_last(found: Found) -> None:
    section = pages.section(pages.NOTICES)
    for number in range(A_PAGE + 2):
        section.add_child(instance=NoticePage(title=f"第{number}次修渠", slug=f"q{number}", body="<p>修</p>"))
    first = found("修渠", kind="notice")
    assert "第1页，共2页" in first and "上一页" not in first
    after = re.findall(r'rel="next" href="([^"]+)"', first)[0].replace("&amp;", "&")
    assert parse_qs(urlsplit(after).query) == {"q": ["修渠"], "kind": ["notice"], "page": ["2"]}
    shown = [
        set(re.findall(r"第\d+次修渠", page)) for page in (first, found("修渠", kind="notice", page="2"))
    ]
    assert (len(shown[0]), len(shown[1]), shown[0] & shown[1]) == (A_PAGE, 2, set())
    for beyond in ("3", "9999"):
        assert "第2页，共2页" in found("修渠", kind="notice", page=beyond)
    for odd in ("0", "-1", "x", "1e9", "９", "9" * 40):
        assert "修渠" in found("修渠", page=odd)


def test_a_question_without_end_is_answered_with_how_to_ask(
    found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("disclosure.search.finding.MOST", 2)
    page = found("奖补")
    assert "太多了" in page and "加一个词" in page


@pytest.mark.parametrize(
    "asked",
    [
        "' OR 1=1 --",
        '" OR "奖补',
        "奖补*",
        "grams:奖补",
        "NEAR(奖补 圈舍, 10)",
        "奖补 & !圈舍",
        "奖补'); DROP TABLE disclosure_search_entry; --",
        "<script>alert(1)</script>",
        '" onfocus=alert(1) x="',
        "{{ 7*7 }}",
        "%s%d%(x)s",
        "\\u0000\x00",
        "a" * 20_000,
        "的 " * 5_000,
        "🐑",
        "\u202e奖补\u202c",
        "'" * 500,
        "ﷺ" * 60,
    ],
)
def test_whatever_is_typed_is_words_and_nothing_more(planted: dict[str, str], asked: str) -> None:
    response = Client().get("/search/", {"q": asked}, headers={"accept-encoding": "identity"})
    page = response.content.decode()
    assert response.status_code == 200
    assert "<script" not in page and " onfocus=alert" not in page.replace(escape(asked), "")
    assert "49" not in page.split("<footer")[0]
    assert len(page) < 60_000


def test_what_is_asked_is_kept_nowhere(
    found: Found, caplog: pytest.LogCaptureFixture, planted: dict[str, str]
) -> None:
    before = Event.objects.count()
    with caplog.at_level(0):
        found("禁烧")
    assert "禁烧" not in "".join(
        record.getMessage() for record in caplog.records if record.name != "django.db.backends"
    )
    assert Event.objects.count() == before
    response = Client().get("/search/", {"q": "禁烧"})
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex, noarchive"
    assert not response.cookies
    assert not cache.has_key("禁烧")


def test_large_type_keeps_its_mode_in_every_link(found: Found, planted: dict[str, str]) -> None:
    page = Client().get("/da/search/", {"q": "一村 奖补"}).content.decode()
    assert 'action="/da/search/"' in page and 'href="/da/lists/' in page
    assert 'class="elder"' in page


def test_a_full_page_of_findings_comes_in_one_small_response(village: Village) -> None:
    section = pages.section(pages.NOTICES)
    paragraph = "".join(
        f"<p>第{n}段：村里修水渠的钱从哪里来，花到哪里去，都在公示栏里。{'渠' * n}</p>" for n in range(30)
    )
    for number in range(A_PAGE):
        section.add_child(
            instance=NoticePage(
                title=f"第{number}次修水渠", slug=f"q{number}", body=paragraph, source="甲县水务局"
            )
        )
    for number in range(3):
        a_list(village, [household(1)], title="修水渠名单", reference=f"r{number}")
    for path in ("/search/", "/da/search/"):
        response = Client().get(path, {"q": "水渠 公示栏"}, headers={"accept-encoding": "gzip"})
        assert len(response.content) <= 14 * 1024
