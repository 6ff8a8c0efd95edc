"""Whatever stands in a programme's words, or its budget's, stays text on every page that shows it."""

import pytest
from django.core.cache import cache
from django.db import models
from django.test import Client

from disclosure.pages.services import ensure_site
from tests.disclosure.site.test_injection import PAIRS, look
from tests.workflows.county import VILLAGE, make_batch
from workflows.demo import build, play
from workflows.demo.build import County
from workflows.engine.models import Batch
from workflows.programmes import wording
from workflows.programmes.models import Budget, Programme, ProgrammeVersion
from workflows.programmes.services import current_version, make_version


@pytest.fixture
def played(county: County) -> Batch:
    """Return a batch of the programme, which households may also ask for by themselves, on a running list."""
    ensure_site("枫禾县")
    assert county.programme is not None
    version = current_version(county.programme)
    assert version is not None
    own = version.definition | {"filers": ["village_clerk", "helper", "household"]}
    make_version(
        by=county["county"],
        programme=county.programme,
        valid_from=build.clock.today(),
        flow_key=version.flow_key,
        policy=version.policy,
        definition=own,
    )
    batch = make_batch(county, rows=2, until="publish")
    play.sign(batch, county["reviewer1"])
    return batch


def plant(text: str) -> None:
    """Put `text` into every word of every programme, past the services that refuse most of it."""
    Programme.objects.update(title=text[:80])
    Budget.objects.update(source=text[:120])
    for version in ProgrammeVersion.objects.all():
        definition = wording.rewritten(version.definition, lambda _old: text)
        # Choices are no words of `wording`, and the reason is filled in with figures.
        definition["reason"] = text.replace("{", "").replace("}", "")
        fields = [
            {**field, "choices": [text, *field["choices"]]} if field.get("choices") else field
            for field in definition["fields"]
        ]
        models.QuerySet(ProgrammeVersion).filter(pk=version.pk).update(
            definition=definition | {"fields": fields}
        )
    # The search follows what is saved one by one.
    for programme in Programme.objects.all():
        programme.save()


@pytest.mark.parametrize("text", PAIRS)
def test_no_words_of_a_programme_become_part_of_a_page(county: County, played: Batch, text: str) -> None:
    plant(text)
    assert county.programme is not None
    code, slug = county.areas[VILLAGE].code, county.programme.slug
    village, own = f"/areas/{code}/", f"/ask/{code}/{slug}/"
    visitor, ours = Client(), {"sec-fetch-site": "same-origin"}
    shown = [
        "/",
        "/programmes/",
        f"/programmes/{slug}/",
        village,
        f"/ask/{code}/",
        own,
        f"/lists/{played.waits}/",
    ]
    shown += ["/catalogue/", "/search/?q=alert", "/search/?q=evil", "/sitemap.xml", "/feed.xml"]
    for path in shown:
        for mode in ("", "/da"):
            cache.clear()
            response = visitor.get(mode + path)
            assert response.status_code in (200, 301, 302, 404), (mode + path, response.status_code)
            look(response, mode + path)
    assert visitor.get(own).status_code == 200 and visitor.get(f"/programmes/{slug}/").status_code == 200
    for mode in ("", "/da"):
        look(visitor.post(mode + own, {"a-project": text, "a-cost": text, "name": text}, headers=ours), own)


@pytest.mark.parametrize("text", PAIRS[:2])
def test_nor_of_a_page_of_the_desk_or_of_a_sheet(county: County, played: Batch, text: str) -> None:
    plant(text)
    assert county.programme is not None
    desk = Client()
    desk.force_login(county["county"], backend="django.contrib.auth.backends.ModelBackend")
    slug = county.programme.slug
    for path in ("programmes/", f"programmes/{slug}/", f"programmes/{slug}/version/"):
        page = desk.get(f"/admin/desk/{path}").content.decode()
        assert "alert(1)" in page and "<script>alert(1)" not in page and "<img src=x" not in page, path
        assert "<svg onload" not in page and "<iframe src=//evil" not in page, path
