"""Rules of what the ledger keeps of the texts of programmes: sealed, compared, forgotten in the end."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import models, transaction
from django.test import Client
from django.urls import reverse

from disclosure.publicity.incidents import Redaction
from portal import clock
from portal.ledger.canonical import canonical
from portal.ledger.models import Event, Opening
from portal.ledger.services import Draft, append
from portal.ledger.verifier import verify
from portal.people.models import Line
from portal.sealing import commitments
from tests.workflows.desk.conftest import SignIn, sign_in
from workflows.demo.build import County
from workflows.programmes import redaction
from workflows.programmes.events import BUDGET_SET, PROGRAMME_CREATED, VERSION_MADE
from workflows.programmes.models import Budget, Programme, ProgrammeVersion
from workflows.programmes.services import create_programme, current_version, set_budget

__all__ = ["sign_in"]
pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
WHO = "王五"
SLUG = "named"


@pytest.fixture
def named(county: County) -> Programme:
    """Return a programme of the county in whose name, text and money somebody's name stands."""
    made = create_programme(
        by=county["county"],
        title=f"帮{WHO}建房",
        slug=SLUG,
        line=Line.ASSISTANCE,
        area=county.areas["枫禾县"],
        valid_from=clock.today(),
        **_first(county),
    )
    for source in (f"{WHO}的捐款", "衔接资金", f"{WHO}又捐的"):
        _budget(county, made.programme, source)
    return made.programme


def _first(county: County) -> dict[str, Any]:
    assert county.programme is not None
    version = current_version(county.programme)
    assert version is not None
    definition = version.definition | {"who": f"和{WHO}一样的户。"}
    return {"flow_key": version.flow_key, "policy": version.policy, "definition": definition}


def _budget(county: County, programme: Programme, source: str) -> None:
    year = clock.today().year
    set_budget(by=county["county"], programme=programme, year=year, total_fen=100_00, source=source)


@pytest.fixture
def redacted(sign_in: SignIn) -> Callable[..., Redaction]:
    """Return what asks at the desk by the county's reviewer and confirms by its head."""

    def do(text: str, part: str = WHO) -> Redaction:
        sent = {"address": f"/programmes/{SLUG}/", "datum": "name", "note": "", "text": text, "part": part}
        assert sign_in("county").post(reverse("desk:redact_page"), sent).status_code == 302
        asked = Redaction.objects.get(state="asked")
        sent = {"do": "confirm", "redaction": str(asked.pk)}
        assert sign_in("countyhead").post(reverse("desk:redactions"), sent).status_code == 302
        return asked

    return do


def records() -> dict[int, dict[str, Any]]:
    """Return the records of the programme and its redactions by number."""
    found = Event.objects.filter(object_id=SLUG) | Event.objects.filter(kind="publicity.redacted")
    return {one.sequence: json.loads(one.record) for one in found}


def salts() -> list[str]:
    """Return the salts of what the programme's own events sealed."""
    return [*Opening.objects.filter(event__object_id=SLUG).values_list("salt", flat=True)]


def test_no_event_tells_a_text_nor_lets_a_name_be_tried(named: Programme) -> None:
    bare = hashlib.sha256(canonical(named.versions.get().definition).encode()).hexdigest()
    whole = json.dumps([*records().values()], ensure_ascii=False)
    assert WHO not in whole and bare not in whole
    assert "digest" not in [field.name for field in ProgrammeVersion._meta.get_fields()]
    version = next(one for one in records().values() if one["kind"] == VERSION_MADE)
    opening = Opening.objects.get(event=version["sequence"], name="definition")
    text = canonical(named.versions.get().definition)
    assert commitments.opens(version["commitments"]["definition"], text, opening.salt), "and still proves it"
    assert verify().fault is None


def test_a_redaction_leaves_nothing_by_which_the_old_texts_could_be_tried(
    named: Programme, redacted: Callable
) -> None:
    assert all(salts()) and len(salts()) == 5
    redacted("title")
    assert not any(salts()), "of the name, the version and every budget's source, overwritten ones too"
    named.refresh_from_db()
    assert WHO not in named.title
    assert verify().fault is None
    removed = Opening.objects.get(event__kind="publicity.redacted", name="removed")
    event = json.loads(removed.event.record)
    assert not commitments.opens(event["commitments"]["removed"], WHO, removed.salt), "nor by its own event"
    assert event["body"]["stays"] == event["body"]["unlike"] == []


def test_a_second_redaction_forgets_what_the_first_left(named: Programme, redacted: Callable) -> None:
    redacted("who")
    assert Opening.objects.filter(event__kind="publicity.redacted").exclude(salt="").count() == 4
    redacted("summary", named.versions.get().definition["summary"][:2])
    first = Event.objects.filter(kind="publicity.redacted").order_by("sequence")[0]
    assert not first.openings.exclude(salt="").exists()
    assert verify().fault is None
    # What the first one held of the name and the money is held by the second.
    models.QuerySet(Budget).filter(programme=named).update(source="别处的钱")
    fault = verify().fault
    assert fault and fault.reason in (f"预算的第 {named.budgets.get().pk} 行被改过", "资金来源被改过")


@pytest.mark.parametrize("first", [False, True])
def test_what_is_changed_past_the_services_is_found_before_and_after_a_redaction(
    named: Programme, redacted: Callable, first: bool
) -> None:
    if first:
        redacted("who")
    versions, budgets = models.QuerySet(ProgrammeVersion), models.QuerySet(Budget)
    version, budget = named.versions.get(), named.budgets.get()
    richer = version.definition | {"amount": {**version.definition["amount"], "ceiling_fen": 900_000_00}}
    for rows, row, change, words in (
        (versions, version, {"definition": richer}, "第1版的定义被改过"),
        (budgets, budget, {"source": "别处"}, "资金来源被改过"),
        (budgets, budget, {"total_fen": 1}, "预算金额被改过"),
        (models.QuerySet(Programme), named, {"title": "别的项目"}, "名称被改过"),
    ):
        named.refresh_from_db()
        before = {name: getattr(row, name) for name in change}
        rows.filter(pk=row.pk).update(**change)
        fault = verify().fault
        row_of = f"{row._meta.verbose_name}的第 {row.pk} 行被改过"
        assert fault and (words in fault.reason or fault.reason.startswith(row_of)), (words, fault)
        rows.filter(pk=row.pk).update(**before)
        assert verify().fault is None


def test_a_redaction_covers_up_no_change_made_past_the_services(named: Programme, redacted: Callable) -> None:
    version = named.versions.get()
    richer = version.definition | {"amount": {**version.definition["amount"], "ceiling_fen": 900_000_00}}
    models.QuerySet(ProgrammeVersion).filter(pk=version.pk).update(definition=richer)
    redacted("who")
    fault = verify().fault
    assert fault and "第1版的定义被改过" in fault.reason


@pytest.fixture
def old(county: County) -> Programme:
    """Return a programme whose events were recorded before texts were sealed."""
    first, area = _first(county), county.areas["枫禾县"]
    title = f"帮{WHO}建房"
    programme = Programme.objects.create(
        slug=SLUG, title=title, line=Line.ASSISTANCE, area=area, area_path=area.path
    )
    policy, definition = first["policy"], first["definition"]
    by, flow = county["county"], first["flow_key"]
    ProgrammeVersion.objects.create(
        programme=programme,
        number=1,
        valid_from=clock.today(),
        flow_key=flow,
        flow_version=2,
        policy=policy,
        definition=definition,
        made_by=by,
    )
    year = clock.today().year
    Budget.objects.create(programme=programme, year=year, total_fen=100_00, source=f"{WHO}捐", set_by=by)
    bare = hashlib.sha256(canonical(definition).encode()).hexdigest()
    bodies: list[tuple[str, dict[str, Any]]] = [
        (PROGRAMME_CREATED, {"title": title, "slug": SLUG}),
        (VERSION_MADE, {"version": 1, "definition": bare, "flow": flow, "flow_version": 2}),
        (BUDGET_SET, {"year": year, "total_fen": 100_00, "source": f"{WHO}捐"}),
    ]
    with transaction.atomic():
        append(*(Draft(kind, "programme", SLUG, actor=by, body=body) for kind, body in bodies))
    return programme


def test_events_of_before_still_hold_and_whoever_redacts_is_told_that_they_stay(
    old: Programme, sign_in: SignIn, redacted: Callable
) -> None:
    assert verify().fault is None
    created, made, budgeted = sorted(records())
    asks, decides = sign_in("county"), sign_in("countyhead")
    shown = asks.get(reverse("desk:redact_page"), {"address": f"/programmes/{SLUG}/"}).content.decode()
    assert f"第{created}、{budgeted}号写着名称或资金来源的原文" in shown
    assert f"第{made}号只记着整版内容的指纹" in shown
    sent = {"address": f"/programmes/{SLUG}/", "datum": "name", "note": "", "text": "who", "part": WHO}
    asks.post(reverse("desk:redact_page"), sent)
    shown = decides.get(reverse("desk:redactions")).content.decode()
    assert "有删不掉的" in shown and f"第{made}号" in shown
    assert redaction.stays(str(old.pk), "捐").count("号") == 1, "the version says nothing of it"
    sent = {"do": "confirm", "redaction": str(Redaction.objects.get().pk)}
    assert decides.post(reverse("desk:redactions"), sent).status_code == 302
    told = next(one for one in records().values() if one["kind"] == "publicity.redacted")["body"]
    assert told["stays"] == [created, made, budgeted]
    assert verify().fault is None
    models.QuerySet(ProgrammeVersion).filter(programme=old).update(definition={"who": "谁都行"})
    fault = verify().fault
    assert fault and "第1版的定义被改过" in fault.reason


def test_the_desk_and_the_past_show_the_fingerprint_that_the_ledger_holds(
    county: County, named: Programme, sign_in: SignIn
) -> None:
    version = next(one for one in records().values() if one["kind"] == VERSION_MADE)
    fingerprint = version["commitments"]["definition"]
    page = sign_in("county").get(reverse("desk:programme", args=[SLUG])).content.decode()
    assert f"<code>{fingerprint[:12]}</code>" in page
    assert Client().get(f"/programmes/{SLUG}/").status_code == 200
