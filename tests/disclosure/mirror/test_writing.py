"""Rules of what stands in the mirror: every public page, for its days, made anew when something changes."""

import gzip
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from disclosure.mirror import refreshing, registry, store
from disclosure.mirror.models import Mark
from disclosure.pages import services as pages
from disclosure.pages.models import NoticePage
from disclosure.publicity.services import correct, lodge
from portal import clock
from portal.people.models import Role
from tests.disclosure.village import Village, a_list, a_village, household, noon

DAY = date(2026, 11, 21)
# Public routes that no file stands for, and why: private files and officials' pages ask for the database by
# nature; the health address is to tell that it is down.
NOT_KEPT = {"health", "media", "private_file", "private_file_original", "private_files"}
KEPT = {"areas", "area", "list", "list-page", "object", "object-row", "receipts", "search", "verify"}
# Data are asked of the database; the page that tells of them is kept.
NOT_KEPT |= {
    "data-list",
    "data-area",
    "api",
    "api-openapi",
    "api-schema",
    "api-areas",
    "api-area",
    "api-lists",
}
NOT_KEPT |= {"api-list", "api-lines", "api-missing"}
NOT_KEPT |= {"feed", "area-feed", "column-feed"}
# The ledger's proofs are a million small files; the page that explains them is kept.
NOT_KEPT |= {"verify-event", "verify-proof", "verify-checkpoint", "verify-tool"}
KEPT |= {"data", "catalogue", "report", "matter", "list-all"}
KEPT |= {"ask", "ask-area", "ask-programme", "programmes", "programme", "sitemap", "robots"}


def test_every_public_page_is_kept_in_both_types_with_its_copies(
    village: Village, visitor: Client, kept: Callable[..., str | None]
) -> None:
    published = a_list(village)
    refreshing.rebuild()
    paths = [address.path for address in registry.every() if not address.form]
    assert {"/", "/areas/", f"/lists/{published.number}/", "/ask/", "/programmes/", "/verify/"} <= {*paths}
    for path in paths:
        for mode in ("", "/da"):
            page = kept(mode + path)
            assert page, mode + path
            assert "本页制作于" in page
            assert ('class="elder"' in page) == bool(mode)
    folder = store.edition(clock.today())
    plain, _suffix = store.find(folder, "/areas/") or (b"", "")
    zipped, _suffix = store.find(folder, "/areas/", [".gz"]) or (b"", "")
    packed, _suffix = store.find(folder, "/areas/", [".br"]) or (b"", "")
    assert gzip.decompress(zipped) == brotli.decompress(packed) == plain
    # But for when it was made, and the policy that no header carries, it is the page that the portal shows.
    live = visitor.get("/areas/").content.decode()
    words = [
        line for line in plain.decode().splitlines() if "本页制作于" not in line and "http-equiv" not in line
    ]
    assert words == [line for line in live.splitlines() if line or line in words]


def test_names_stand_in_no_edition_of_a_day_after_their_period(
    village: Village, visitor: Client, kept: Callable[..., str | None], travel: Callable
) -> None:
    with travel(noon(DAY)):
        published = a_list(village)
    path = f"/lists/{published.number}/"
    last = published.closes_on
    with travel(noon(last - timedelta(days=1))):
        refreshing.rebuild()
        for mode in ("", "/da"):
            for day, named in (
                (last, True),
                (last + timedelta(days=1), False),
                (last + timedelta(days=2), False),
            ):
                page = kept(mode + path, day)
                assert page is not None
                assert ("某山" in page) is named
        assert f"areas/{village.area.code}.html" in {
            p.relative_to(store.edition(last)).as_posix() for p in store.edition(last).rglob("*.html")
        }
    for folder in store.editions():
        for file in folder.rglob("*.html"):
            assert "某山" not in file.read_text() or file.stem == published.number


def test_a_page_that_reads_the_same_on_several_days_is_one_file(
    village: Village, visitor: Client, mirror: Path
) -> None:
    refreshing.rebuild()
    days = refreshing.days()
    first, last = (store.edition(day) / "verify.html" for day in (days[0], days[-1]))
    assert first.samefile(last)


def test_a_change_is_in_the_mirror_with_the_next_refresh_and_nothing_else_is_written(
    village: Village,
    visitor: Client,
    kept: Callable[..., str | None],
    django_capture_on_commit_callbacks: Callable,
) -> None:
    published = a_list(village)
    refreshing.rebuild()
    assert store.is_fresh()
    assert refreshing.refresh() == 0
    untouched = (store.edition(clock.today()) / "receipts.html", store.edition(clock.today()) / "ask.html")
    before = [file.stat().st_mtime_ns for file in untouched if file.exists()]
    with django_capture_on_commit_callbacks(execute=True):
        lodge(list_id=published.pk, text="不对")
    # Until it is made anew the web server asks the portal.
    assert not store.is_fresh()
    assert Mark.objects.exists()
    assert "<dd>0</dd>" in str(kept(f"/lists/{published.number}/"))
    assert refreshing.refresh() > 0
    assert "<dd>1</dd>" in str(kept(f"/lists/{published.number}/"))
    assert store.is_fresh()
    assert not Mark.objects.exists()
    assert [file.stat().st_mtime_ns for file in untouched if file.exists()] == before


def test_a_corrected_list_leaves_every_edition_at_the_moment_of_its_correction(
    village: Village,
    visitor: Client,
    kept: Callable[..., str | None],
    django_capture_on_commit_callbacks: Callable,
) -> None:
    published = a_list(village)
    path = f"/lists/{published.number}/"
    refreshing.rebuild()
    assert "某山" in str(kept(path))
    seat = village.seat(Role.TOWNSHIP_REVIEWER)
    with django_capture_on_commit_callbacks(execute=True):
        newer = correct(**seat, list_id=published.pk, rows=[household(1)], reason="写错了")
    for folder in store.editions():
        assert store.find(folder, path, [".br"]) is None
        assert store.find(folder, "/da" + path) is None
    refreshing.refresh()
    assert "已经更正" in str(kept(path))
    assert "某山" not in str(kept(path))
    assert "某山" in str(kept(f"/lists/{newer.number}/"))


def test_what_was_rolled_back_marks_nothing(
    village: Village, visitor: Client, mirror: Path, django_capture_on_commit_callbacks: Callable
) -> None:
    published = a_list(village)
    refreshing.rebuild()
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        lodge(list_id=published.pk, text="不对")
        transaction.set_rollback(True)
    assert store.is_fresh()
    assert not Mark.objects.exists()


def test_a_withdrawn_page_leaves_the_mirror_and_a_published_one_comes(
    visitor: Client, kept: Callable[..., str | None], django_capture_on_commit_callbacks: Callable
) -> None:
    section = pages.section(pages.NOTICES)
    refreshing.rebuild()
    notice = section.add_child(instance=NoticePage(title="停电通知", slug="n1", body="<p>x</p>", live=False))
    with django_capture_on_commit_callbacks(execute=True):
        notice.save_revision().publish()
    refreshing.refresh()
    path = notice.get_url_parts()[2]
    assert "停电通知" in str(kept(path))
    assert "停电通知" in str(kept("/"))
    with django_capture_on_commit_callbacks(execute=True):
        NoticePage.objects.get(pk=notice.pk).unpublish(reason="内容有误")
    refreshing.refresh()
    assert kept(path) is None
    assert "停电通知" not in str(kept("/"))


def test_a_day_that_is_over_is_removed_and_a_new_one_is_made(
    visitor: Client, kept: Callable[..., str | None], travel: Callable
) -> None:
    with travel(noon(DAY)):
        refreshing.refresh()
        stray = store.edition(DAY) / "lists" / "gone.html"
        stray.parent.mkdir(exist_ok=True)
        stray.write_text("x")
    with travel(noon(DAY + timedelta(days=1))):
        refreshing.refresh()
        assert [folder.name for folder in store.editions()] == [day.isoformat() for day in refreshing.days()]
        assert kept("/areas/", DAY) is None
    with travel(noon(DAY + timedelta(days=90))):
        call_command("mirror", "--expire")
        assert store.editions() == []


def test_a_page_is_never_made_as_of_a_day_on_which_something_could_be_written(db: None) -> None:
    with clock.foresee(clock.today() + timedelta(days=1)):
        assert clock.now() > clock.now().min.replace(tzinfo=clock.now().tzinfo)
        with pytest.raises(clock.ReadingAhead):
            Mark.objects.create(what="list:1")
    with pytest.raises(ValueError, match="今天以后"), clock.foresee(clock.today() - timedelta(days=1)):
        pass
    assert not clock.is_set()


@pytest.mark.parametrize(
    "path",
    [
        "/../etc/passwd/",
        "/lists/../x/",
        "/.complete/",
        "/lists/.x/",
        "//areas/",
        "/areas",
        "/a%2e%2e/",
        "/a/\x00/",
        "/%2e%2e/x/",
    ],
)
def test_no_address_leads_out_of_its_edition_or_to_a_hidden_file(path: str) -> None:
    assert store.file_name(path) is None


def test_the_sitemap_holds_what_may_be_indexed_and_no_list_or_form(village: Village, visitor: Client) -> None:
    published = a_list(village)
    response = visitor.get("/sitemap.xml")
    text = response.content.decode()
    assert response.headers["Content-Type"].startswith("application/xml")
    assert f"<loc>http://127.0.0.1:8000/areas/{village.area.code}/</loc>" in text
    assert "<loc>http://127.0.0.1:8000/</loc>" in text
    assert published.number not in text
    assert "/object/" not in text and "/receipts/" not in text and "/da/" not in text
    for line in text.splitlines():
        if "<loc>" in line:
            path = line.split("<loc>http://127.0.0.1:8000")[1].split("<")[0]
            page = visitor.get(path)
            assert page.status_code == 200, path
            assert "noindex" not in page.headers.get("X-Robots-Tag", ""), path
    assert "/sitemap.xml" in visitor.get("/robots.txt").content.decode()


def test_every_public_route_is_kept_or_said_not_to_be() -> None:
    names: set[str] = set()
    for pattern in get_resolver().url_patterns:
        included = getattr(pattern, "url_patterns", None)
        names |= (
            {one.name for one in included}
            if included and not str(pattern.pattern)
            else {getattr(pattern, "name", None)}
        )
    public = {name for name in names if name and not name.startswith("wagtail")}
    assert public <= KEPT | NOT_KEPT, public - KEPT - NOT_KEPT


def test_switched_off_nothing_is_marked(village: Village, visitor: Client, settings: Any) -> None:
    settings.MIRROR_ROOT = None
    a_list(village)
    assert not Mark.objects.exists()
    assert refreshing.refresh() == 0


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_worker_makes_a_changed_page_anew_by_itself(
    mirror: Path, kept: Callable[..., str | None]
) -> None:
    pages.ensure_site("甲县")
    published = a_list(a_village())
    refreshing.rebuild()
    lodge(list_id=published.pk, text="不对")
    assert not store.is_fresh()
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
    assert "<dd>1</dd>" in str(kept(f"/lists/{published.number}/"))
    assert store.is_fresh()
    assert not Mark.objects.exists()
