"""Rules of a government page: meta tags, QR code, views, feeds, charts; nothing leaves the site."""

import re
from datetime import date
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from disclosure.pages import services as pages
from disclosure.pages import viewing
from disclosure.pages.models import NoticePage, PageViews, PolicyDocumentPage, SiteRecord
from disclosure.site.charts import Bar, Chart
from disclosure.site.sharing import qr_code
from portal import clock
from tests.disclosure.village import Village, a_list, household, noon

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def metas(page: str) -> dict[str, str]:
    return dict(re.findall(r'<meta name="(\w+)" content="([^"]*)">', page))


def a_policy() -> PolicyDocumentPage:
    page = PolicyDocumentPage(
        title="关于“增收”<的>通知",
        slug="p",
        issuer="甲县人民政府",
        theme="农业",
        live=False,
        document_number="甲政〔2026〕7号",
        published_date=date(2026, 11, 2),
    )
    page.body = [("paragraph", {"number": "", "label": "", "anchor": "p1", "text": "先建后补。" * 40})]
    pages.section(pages.POLICIES).add_child(instance=page).save_revision().publish()
    page.refresh_from_db()
    return page


def test_a_policy_carries_the_meta_tags_that_inspections_read(visitor: Client) -> None:
    SiteRecord.objects.update(site_code="9900000001", sponsor="甲县人民政府办公室")
    a_policy()
    found = metas(visitor.get("/policies/p/").content.decode())
    assert found["SiteName"] == "明白账 甲县" and found["SiteDomain"] and found["SiteIDCode"] == "9900000001"
    assert (found["ColumnName"], found["ColumnType"]) == ("政策文件", "政策文件")
    assert found["ArticleTitle"] == "关于“增收”&lt;的&gt;通知"
    assert (found["PubDate"], found["ContentSource"]) == ("2026-11-02", "甲县人民政府")
    assert found["Keywords"] == "农业;甲政〔2026〕7号;政策文件" and len(found["Description"]) == 100
    assert found["Url"].endswith("/policies/p/") and found["Author"] == "甲县人民政府办公室"
    elder = metas(visitor.get("/da/policies/p/").content.decode())
    assert elder["Url"] == found["Url"]


def test_columns_lists_and_areas_carry_theirs_and_nothing_is_invented(
    visitor: Client, village: Village
) -> None:
    with clock.travel(noon(date(2026, 11, 2))):
        shown = a_list(village)
        column = metas(visitor.get("/notices/").content.decode())
        list = metas(visitor.get(f"/lists/{shown.number}/").content.decode())
        area = metas(visitor.get(f"/areas/{village.area.code}/").content.decode())
    assert (column["ColumnName"], column["ColumnType"], column["ColumnKeywords"]) == (
        "公告",
        "通知公告",
        "公告",
    )
    assert (list["ArticleTitle"], list["PubDate"]) == (shown.title, "2026-11-02")
    assert area["ColumnType"] == "信息公开"
    assert "SiteIDCode" not in column and "Author" not in column
    assert "（待填）" in visitor.get("/").content.decode()


def test_each_page_shows_its_address_a_qr_code_and_the_way_to_report_an_error(visitor: Client) -> None:
    page = visitor.get("/notices/").content.decode()
    assert "/notices/</p>" in page and "<svg" in page and 'class="qr"' in page
    assert 'href="/report/?page=/notices/"' in page
    assert 'href="/da/report/?page=/notices/"' in visitor.get("/da/notices/").content.decode()
    answer = visitor.post("/receipts/", {"code": "X", "pin": "1"}).content.decode()
    assert 'class="qr"' not in answer


def test_a_qr_code_is_a_plain_drawing() -> None:
    drawn = qr_code("https://example.gov.cn/lists/GS-1/")
    assert (
        drawn.startswith("<svg")
        and "style" not in drawn
        and "http" not in drawn.replace("https://example", "")
    )
    assert qr_code("https://x/" + "a" * 300) == ""


LOG = """2026-11-02T08:00:00+08:00 GET 200 /notices/
2026-11-02T08:00:01+08:00 GET 200 /da/notices/
2026-11-01T16:30:00+00:00 GET 304 /notices/
2026-11-02T08:00:02+08:00 GET 404 /notices/
2026-11-02T08:00:03+08:00 POST 200 /receipts/
1.2.3.4 - - [02/Nov/2026:09:00:00 +0800] "GET /notices/?from=wx HTTP/1.1" 200 5 "-" "Mozilla"
[2026-11-02 09:00:01 +0800] 1.2.3.4 - "GET /policies/ HTTP/1.1" 200 3.1
1.2.3.4 - - [02/Nov/2026:09:00:00 +0800] "GET /receipts/?code=H3KM-9TQX HTTP/1.1" 200 5 "-" "-"
1.2.3.4 - - [02/Nov/2026:09:00:00 +0800] "GET /search/?q=%E7%8E%8B HTTP/1.1" 200 5 "-" "-"
2026-11-03T08:00:00+08:00 GET 200 /notices/
nonsense
"""


def test_views_are_counted_from_logs_without_visitors_and_once(visitor: Client, tmp_path: object) -> None:
    log = f"{tmp_path}/read.log"
    with open(log, "w") as file:
        file.write(LOG)
    with clock.travel(noon(date(2026, 11, 3))):
        for _time in range(2):
            call_command("count_views", log, verbosity=0)
        cache.clear()
        page = visitor.get("/notices/").content.decode()
        elder = visitor.get("/da/notices/").content.decode()
    found = {(row.path, row.day): row.count for row in PageViews.objects.all()}
    assert found == {("/notices/", date(2026, 11, 2)): 4, ("/policies/", date(2026, 11, 2)): 1}
    assert "本页到11月2日读过4次" in page and "读过4次" in elder
    assert viewing.keep({("/notices/", date(2026, 11, 2)): 3}) == 0


def test_feeds_hold_titles_days_and_links_and_no_name(visitor: Client, village: Village) -> None:
    with clock.travel(noon(date(2026, 11, 2))):
        shown = a_list(village, rows=[household(1, name="赵铁柱")])
        a_policy()
        draft = NoticePage(title="草稿", slug="d", body="<p>x</p>", live=False)
        pages.section(pages.NOTICES).add_child(instance=draft)
        feeds = {
            path: visitor.get(path)
            for path in (
                "/feed.xml",
                f"/areas/{village.area.code}/feed.xml",
                "/policies/feed.xml",
                "/notices/feed.xml",
            )
        }
    for path, response in feeds.items():
        assert response.status_code == 200 and response["Content-Type"].startswith("application/atom+xml")
        text = response.content.decode()
        assert "赵" not in text and "草稿" not in text and ElementTree.fromstring(text).tag == f"{ATOM}feed"
        again = visitor.get(path, headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304
    titles = [e.text for e in ElementTree.fromstring(feeds["/feed.xml"].content).iter(f"{ATOM}title")]
    assert "关于“增收”<的>通知" in titles and any(shown.title in (title or "") for title in titles)
    assert f"/lists/{shown.number}/" in feeds[f"/areas/{village.area.code}/feed.xml"].content.decode()
    for path in ("/areas/000000000000/feed.xml", "/nothing/feed.xml", "/lists/x/feed.xml"):
        assert visitor.get(path).status_code == 404


def test_a_chart_says_every_figure_in_words_and_cannot_carry_markup() -> None:
    chart = Chart("c", "进度", "件数", [Bar("在<议>", 1, "1件"), Bar("办完了", 4, "4件")])
    drawn = chart.svg()
    root = ElementTree.fromstring(drawn)
    assert root.find("desc").text == "在<议>1件；办完了4件"  # type: ignore[union-attr]
    widths = [one.get("width") for one in root.iter("rect")]
    assert widths == ["100%", "25.0%", "100%", "100.0%"]
    assert "style" not in drawn and not chart.is_empty
    assert Chart("c", "", "", [Bar("x", 0, "0")]).is_empty
