"""Rules of reading while the database is down: pages as made for today, forms by phone and on paper."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.core.cache import cache
from django.test import Client

from disclosure.mirror import refreshing, registry, store
from disclosure.opendata import schemas
from disclosure.publicity.models import Objection
from tests.disclosure.opendata.schema import complaints
from tests.disclosure.village import Village, a_list, noon
from tests.portal.people import invented

DAY = date(2026, 11, 21)
PHONE = "19900000001"


@pytest.fixture
def ready(village: Village, visitor: Client, mirror: Path, travel: Callable) -> Any:
    """Return a list whose mirror is written on DAY."""
    with travel(noon(DAY)):
        published = a_list(village)
        refreshing.rebuild()
    cache.clear()
    return published


def test_every_public_page_is_read_on_and_says_when_it_was_made(
    ready: Any, visitor: Client, stopped: Callable, travel: Callable
) -> None:
    with travel(noon(DAY, 18)):
        addresses = [(address.path, address.form) for address in registry.every()]
        with stopped():
            for path, form in addresses:
                for mode in ("", "/da"):
                    page = visitor.get(mode + path)
                    assert page.status_code == 200, mode + path
                    assert "本页制作于" in page.content.decode(), mode + path
                    assert page.headers["Cache-Control"] == "no-store"
                    assert ("数据库这会儿连不上" in page.content.decode()) is form, path
            assert visitor.get("/sitemap.xml").status_code == 200
        # Once it is back, so is the portal's own page.
        fresh = Client()
        assert "本页制作于" not in fresh.get("/areas/").content.decode()


def test_a_page_of_a_day_that_is_over_is_not_served(
    ready: Any, visitor: Client, stopped: Callable, travel: Callable
) -> None:
    path = f"/lists/{ready.number}/"
    ahead = DAY + timedelta(days=3)
    with travel(noon(DAY)), stopped():
        assert "某山" in visitor.get(path).content.decode()
    with travel(noon(ahead)), stopped():
        assert visitor.get(path).status_code == 200
    with travel(noon(ahead + timedelta(days=1), 0)), stopped():
        page = visitor.get(path)
        assert page.status_code == 503
        assert "某山" not in page.content.decode()
        assert "这一页暂时看不了" in page.content.decode()


def test_an_objector_is_told_how_to_object_by_phone_and_on_paper(
    ready: Any, visitor: Client, stopped: Callable, travel: Callable
) -> None:
    with travel(noon(DAY)), stopped():
        for path in (f"/lists/{ready.number}/object/", f"/da/lists/{ready.number}/object/2/"):
            page = visitor.get(path).content.decode()
            assert ready.number in page
            assert "写纸条" in page
            assert "<form" not in page
            assert "某山" not in page


@pytest.mark.postgres
def test_programs_are_told_as_programs_are_and_read_on_what_describes_the_data(
    ready: Any, village: Village, visitor: Client, stopped: Callable, travel: Callable
) -> None:
    asked = ["/api/v1/lists", f"/api/v1/lists/{ready.number}/lines", "/api/v1/areas?per_page=5"]
    asked += [f"/data/lists/{ready.number}.csv", f"/data/areas/{village.area.code}.xlsx", "/da/api/v1/lists"]
    with travel(noon(DAY)), stopped():
        # The first call meets the database that is gone, those after it are answered without it.
        for path in [*asked, *asked]:
            said = visitor.get(path)
            assert said.status_code == 503, path
            assert said.headers["Content-Type"].startswith("application/problem+json")
            assert (said.headers["Retry-After"], said.headers["Cache-Control"]) == ("60", "no-store")
            assert said.headers["Access-Control-Allow-Origin"] == "*"
            told = said.json()
            assert complaints(told, schemas.published("error")) == []
            assert (told["status"], told["code"]) == (503, "unavailable")
        assert visitor.post("/api/v1/lists").status_code == 405
        for path in ("/api/v1/", "/api/v1/openapi.json", "/api/v1/schemas/list-file.json"):
            assert visitor.get(path).status_code == 200, path
        page = visitor.get("/data/")
        assert page.status_code == 200 and "本页制作于" in page.content.decode()


def test_what_was_sent_is_said_not_to_be_taken_and_is_given_back(
    ready: Any, visitor: Client, stopped: Callable, travel: Callable
) -> None:
    sent = {"row": "2", "text": "这户的羊圈是<b>别人</b>的", "contact": PHONE}
    with travel(noon(DAY)), stopped():
        page = visitor.post(f"/lists/{ready.number}/object/", sent)
        receipt = visitor.post("/receipts/", {"code": "AAAA-AAAA", "pin": "123456"})
    text = page.content.decode()
    assert page.status_code == 503
    assert "还没有收下" in text
    assert "这户的羊圈是&lt;b&gt;别人&lt;/b&gt;的" in text
    assert f'name="contact" value="{PHONE}"' in text
    assert f'action="/lists/{ready.number}/object/"' in text
    assert receipt.status_code == 503
    assert "123456" not in receipt.content.decode()
    assert not Objection.objects.exists()


def test_compressed_bytes_are_sent_as_they_were_kept(
    ready: Any, visitor: Client, stopped: Callable, travel: Callable
) -> None:
    with travel(noon(DAY)), stopped():
        page = visitor.get("/areas/", headers={"accept-encoding": "gzip, br"})
    kept = store.find(store.edition(DAY), "/areas/", [".br"])
    assert kept is not None
    assert page.headers["Content-Encoding"] == "br"
    assert page.content == kept[0]
    assert "本页制作于" in brotli.decompress(page.content).decode()


def test_after_a_failure_nobody_waits_for_the_database_for_some_seconds(
    ready: Any, visitor: Client, stopped: Callable, travel: Callable, django_assert_num_queries: Callable
) -> None:
    with travel(noon(DAY)):
        with stopped():
            visitor.get("/areas/")
        with django_assert_num_queries(0):
            assert "本页制作于" in visitor.get("/verify/").content.decode()


def test_officials_screens_are_never_served_from_the_mirror(
    ready: Any, visitor: Client, stopped: Callable, travel: Callable
) -> None:
    with travel(noon(DAY)):
        official = Client(raise_request_exception=False)
        official.force_login(invented.person())
        with stopped():
            for path in ("/admin/", "/accounts/login/", "/health/"):
                assert "本页制作于" not in official.get(path).content.decode()
            assert visitor.get("/health/").status_code == 503


def test_a_database_that_is_merely_busy_keeps_its_own_errors_elsewhere(
    visitor: Client, stopped: Callable, settings: Any
) -> None:
    settings.MIRROR_ROOT = None
    with stopped():
        assert visitor.get("/areas/").status_code == 500
