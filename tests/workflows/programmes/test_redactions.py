"""Rules of taking a personal datum out of a programme: every version, the budget, page, mirror and search."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import models
from django.test import Client
from django.urls import reverse

from disclosure.mirror import refreshing, store
from disclosure.pages.services import ensure_site
from disclosure.publicity import digest
from disclosure.publicity.events import REDACTED
from disclosure.publicity.incidents import Redaction
from disclosure.publicity.models import PublicList
from disclosure.search.asking import read
from disclosure.search.finding import find
from disclosure.search.models import Entry
from portal import clock
from portal.ledger.models import Event
from portal.ledger.verifier import verify
from tests.workflows.county import make_batch
from tests.workflows.desk.conftest import SignIn, sign_in
from workflows.demo import play
from workflows.demo.build import County
from workflows.programmes.binding import VersionBinding
from workflows.programmes.events import VERSION_MADE
from workflows.programmes.models import Programme, ProgrammeVersion
from workflows.programmes.services import current_version, make_version, set_budget

__all__ = ["sign_in"]
pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
PHONE = "19900000001"
WHO = f"有劳力的户，打电话{PHONE}找王五。"
PATH = "/programmes/build-then-subsidise/"


@pytest.fixture
def programme(county: County) -> Iterator[Programme]:
    """Return a programme in which a number stands: in force, in the version to come, and in its budget."""
    ensure_site("枫禾县")
    cache.clear()
    assert county.programme is not None
    for days in (0, 1):
        next_version(county, clock.today() + timedelta(days=days), WHO)
    year = clock.today().year
    set_budget(
        by=county["county"],
        programme=county.programme,
        year=year,
        total_fen=90_000_000,
        source=f"衔接资金{PHONE}",
    )
    yield county.programme
    cache.clear()


def next_version(county: County, day: Any, who: str) -> ProgrammeVersion:
    """Make the programme's next version, in force from `day`, with `who` as who may apply."""
    assert county.programme is not None
    version = current_version(county.programme)
    assert version is not None
    definition = version.definition | {"who": who, "how_to_apply": ["找村文书", f"或拨{PHONE}"]}
    return make_version(
        by=county["county"],
        programme=county.programme,
        valid_from=day,
        flow_key=version.flow_key,
        policy=version.policy,
        definition=definition,
    )


def redacted(sign_in: SignIn, **typed: str) -> Redaction:
    """Ask at the desk by the county's reviewer, confirm by its head."""
    address = f"https://example.org/da{PATH}"
    sent = {"address": address, "datum": "phone", "note": "", **typed}
    answer = sign_in("county").post(reverse("desk:redact_page"), sent)
    assert answer.status_code == 302, answer.content.decode()
    asked = Redaction.objects.get(state="asked")
    decided = sign_in("countyhead").post(reverse("desk:redactions"), {"do": "confirm", "redaction": asked.pk})
    assert decided.status_code == 302, decided.content.decode()
    asked.refresh_from_db()
    return asked


def kept() -> str:
    """Return all that the database keeps of programmes, but for the ledger and the redaction itself."""
    said: list[Any] = [*ProgrammeVersion.objects.values_list("definition", flat=True)]
    said += Programme.objects.values_list("title", "budgets__source")
    said += Entry.objects.values_list("title", "text", "grams")
    return json.dumps(said, ensure_ascii=False, default=str)


def test_words_leave_every_version_the_budget_the_page_and_the_search(
    county: County, programme: Programme, sign_in: SignIn
) -> None:
    assert kept().count(PHONE) >= 6 and find(read(PHONE)).found
    shown = sign_in("county").get(reverse("desk:redact_page"), {"address": PATH}).content.decode()
    assert PHONE in shown and "资金来源" in shown
    done = redacted(sign_in, text="who", part=PHONE)
    assert PHONE not in kept() and not find(read(PHONE)).found
    for mode in ("", "/da"):
        page = Client().get(mode + PATH).content.decode()
        assert PHONE not in page and "打电话〔已删去：电话号码〕找王五" in page
        assert "删去了电话号码：枫禾县（县级经办）提出，枫禾县（县级负责人）确认" in page
    assert (done.taken_from, done.asked_value) == (3, "")
    event = Event.objects.get(kind="publicity.redacted")
    assert PHONE not in event.record
    year = clock.today().year
    assert json.loads(event.record)["body"]["left"] == [f"budget-{year}", "version-2", "version-3"]
    assert faults() == [], "the ledger knows why the version reads otherwise"
    assert verify().fault is None


def faults() -> list[str]:
    """Return what the versions and the ledger do not agree in."""
    binding = VersionBinding()
    for event in Event.objects.filter(kind__in=[VERSION_MADE, REDACTED]).order_by("sequence"):
        binding.take(event.sequence, json.loads(event.record))
    return [fault.reason for fault in binding.faults()]


def test_whoever_changes_a_version_past_the_services_is_found(county: County, programme: Programme) -> None:
    assert faults() == []
    past = models.QuerySet(ProgrammeVersion)
    version = programme.versions.get(number=1)
    richer = version.definition | {"amount": {**version.definition["amount"], "ceiling_fen": 900_000_00}}
    past.filter(pk=version.pk).update(definition=richer)
    assert [reason for reason in faults() if "第1版的定义被改过" in reason]
    past.filter(pk=version.pk).update(definition=version.definition)
    last = programme.versions.latest("number")
    past.filter(pk=last.pk).update(number=9)
    assert len(faults()) == 2, "one is gone, another was put in"


def test_a_version_or_a_budget_written_from_an_old_text_does_not_bring_it_back(
    county: County, programme: Programme, sign_in: SignIn
) -> None:
    redacted(sign_in, text="who")
    assert "王五" not in kept() and PHONE in kept(), "a whole paragraph goes, others stay"
    redacted(sign_in, text="how-2", part=PHONE)
    version = next_version(county, clock.today() + timedelta(days=2), WHO)
    assert version.definition["who"] == "〔已删去：电话号码〕"
    assert version.definition["how_to_apply"][1] == "或拨〔已删去：电话号码〕"
    set_budget(
        by=county["county"],
        programme=programme,
        year=clock.today().year,
        total_fen=90_000_000,
        source=f"打{PHONE}问",
    )
    assert PHONE not in kept()


def test_a_name_in_the_title_leaves_whatever_is_called_by_it(
    county: County, programme: Programme, sign_in: SignIn
) -> None:
    programme.title = "帮王五建房"
    programme.save()
    batch = make_batch(county, rows=2, until="publish")
    play.sign(batch, county["reviewer1"])
    batch.refresh_from_db()
    running = PublicList.objects.get(number=batch.waits)
    pages = (PATH, f"/lists/{running.number}/", "/lists/", "/feed.xml")
    assert all("王五" in said for said in (running.title, batch.title, running.deliberation.matter))
    done = redacted(sign_in, text="title", part="王五", datum="name")
    for one in (running, batch, running.deliberation):
        one.refresh_from_db()
    for title in (running.title, batch.title, running.deliberation.matter):
        assert "帮〔已删去：不该公开的姓名〕建房" in title and "王五" not in title
    assert [one for one in pages if "帮王五" in Client().get(one).content.decode()] == []
    assert "删去了不该公开的姓名" in Client().get(f"/lists/{running.number}/").content.decode()
    assert not find(read("帮王五")).found
    assert not PublicList.objects.filter(title__contains="王五").exists()
    body = json.loads(Event.objects.get(kind="publicity.redacted").record)["body"]
    assert running.number in body["lists"] and body["places"] == done.taken_from
    assert digest.verify(running).ok and faults() == []


def test_of_two_citations_of_like_names_the_one_that_was_chosen_goes(
    county: County, programme: Programme, sign_in: SignIn
) -> None:
    version = current_version(programme)
    assert version is not None
    anchor = version.definition["citations"]["basis"]["anchor"]
    like = {
        f"the-longest-of-names-{n}": {"anchor": anchor, "label": f"第{n}条，问{who}"}
        for n, who in enumerate(("赵六", "王五"), 1)
    }
    make_version(
        by=county["county"],
        programme=programme,
        valid_from=clock.today(),
        flow_key=version.flow_key,
        policy=version.policy,
        definition=version.definition | {"citations": {**version.definition["citations"], **like}},
    )
    shown = sign_in("county").get(reverse("desk:redact_page"), {"address": PATH}).content.decode()
    chosen = re.search(r'<option value="([^"]+)">[^<]*第2条，问王五', shown)
    assert chosen
    redacted(sign_in, text=chosen[1], datum="name")
    version = current_version(programme)
    assert version is not None
    left = [one["label"] for one in version.definition["citations"].values()]
    assert "第1条，问赵六" in left and "第2条，问王五" not in left


def test_those_of_another_place_find_no_programme_to_redact(
    county: County, programme: Programme, sign_in: SignIn
) -> None:
    for who in ("clerk1", "reviewer1"):
        answer = sign_in(who).get(reverse("desk:redact_page"), {"address": PATH})
        assert answer.status_code == 404 and PHONE not in answer.content.decode()
    none = sign_in("county").get(reverse("desk:redact_page"), {"address": "/programmes/none/"})
    assert none.status_code == 404


def test_the_mirrors_page_leaves_at_the_commit_and_comes_back_without_it(
    county: County,
    programme: Programme,
    sign_in: SignIn,
    tmp_path: Path,
    settings: Any,
    django_capture_on_commit_callbacks: Callable,
) -> None:
    settings.MIRROR_ROOT, settings.MIRROR_DAYS_AHEAD = tmp_path / "mirror", 1
    settings.MIRROR_ROOT.mkdir()
    refreshing.rebuild()
    today = store.edition(clock.today())
    found = store.find(today, PATH)
    assert found and PHONE in found[0].decode()
    with django_capture_on_commit_callbacks(execute=True):
        redacted(sign_in, text="who", part=PHONE)
    assert store.find(today, PATH) is None
    refreshing.refresh()
    for folder in store.editions():
        found = store.find(folder, PATH)
        assert found and PHONE not in found[0].decode()
