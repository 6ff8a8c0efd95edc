"""Visits: what confirms a payment and what does not, bad input, edits past the services."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal import clock
from portal.ledger import evidence
from portal.ledger.models import Event
from portal.ledger.verifier import verify
from tests.portal.ledger.parties import fault_after
from workflows.demo.build import County
from workflows.engine.models import Batch
from workflows.rectification.models import Ticket
from workflows.spotchecks import services
from workflows.spotchecks.frames import Wanted
from workflows.spotchecks.models import HomeVisit
from workflows.spotchecks.visits import record_visit

from ..county import make_batch
from ..desk.conftest import SignIn
from .conftest import Paid, carry, drawn, photos, said, sealed

FORM = {
    "first_visitor": "孔秉直",
    "second_visitor": "华清源",
    "met": "head",
    "met_name": "欧阳无此人",
    "told": "full",
    "on_time": "yes",
    "seen": "羊圈建好了",
    "signed_how": "refused",
    "owner": "township_head",
    "sent_key": "k1",
}


def test_who_is_unsure_confirms_nothing_and_a_figure_that_differs_counts(paid: Paid, county: County) -> None:
    check = drawn(paid, county)
    act = {"by": county["supervisor"], "check_id": check.pk}
    unsure = said(check, 1, told="unsure", received_fen=None)
    visit = record_visit(**act, position=1, said=unsure, photos=photos())
    assert not visit.agrees and visit.ticket is None
    less = said(check, 2, told="unsure", received_fen=100_00)
    visit = record_visit(**act, position=2, said=less, photos=photos())
    assert not visit.agrees and visit.ticket == Ticket.objects.get()


def test_what_was_paid_between_draw_and_visit_stands_in_the_books(paid: Paid, county: County) -> None:
    waiting: Batch = make_batch(county, rows=1, until="pay", first=41)
    assert county.programme is not None
    today, by = clock.today(), county["supervisor"]
    wanted = Wanted(county.programme, county.areas["杉坞镇"], today - timedelta(days=90), today, True)
    check = services.prepare(by=by, wanted=wanted, title="到户产业奖补抽查", per_village=10)
    paid.parties.sign()
    services.draw(by=by, check_id=check.pk)
    row = check.drawn.get(case__batch=waiting)
    assert row.paid_fen == 0
    carry(county, waiting, "announce")
    fen = waiting.cases.get().payment.amount_fen
    honest = said(check, row.position, received_fen=fen)
    visit = record_visit(by=by, check_id=check.pk, position=row.position, said=honest, photos=photos())
    assert visit.agrees and not Ticket.objects.exists()


def test_a_form_typed_badly_comes_back_with_a_sentence(paid: Paid, county: County, sign_in: SignIn) -> None:
    check = drawn(paid, county)
    address = reverse("desk:spot_visit", args=[check.number, 1])
    form = FORM | {"visited_on": clock.today().isoformat()}
    client = sign_in("supervisor")
    for received in ("sNaN", "9E999999", "NaN", "1E-7"):
        wrong = client.post(address, form | {"received": received})
        assert wrong.status_code == 422 and "收到的金额要填数字" in wrong.content.decode()
    nobody = client.post(address, form | {"received": "1", "owner": "x"})
    assert nobody.status_code == 422 and "来整改" in nobody.content.decode()
    right = f"{check.drawn.get(position=1).paid_fen / 100:.2f}"
    kept = client.post(
        address, form | {"received": right, "first_visitor": "孔秉直\x00", "seen": "建好\x00了"}
    )
    assert kept.status_code == 302
    assert HomeVisit.objects.get().first_visitor == "孔秉直"


def test_a_check_is_closed_or_given_up_on_its_screen(paid: Paid, county: County, sign_in: SignIn) -> None:
    check, client = drawn(paid, county), sign_in("supervisor")
    here = reverse("desk:spot_check", args=[check.number])
    early = client.post(here, {"do": "close", "words": "都对得上"})
    assert early.status_code == 422 and "没有入户" in early.content.decode()
    for position in (1, 2):
        record_visit(
            by=county["supervisor"],
            check_id=check.pk,
            position=position,
            said=said(check, position),
            photos=photos(),
        )
    assert client.post(here, {"do": "close", "words": "两户都对得上"}).status_code == 302
    other = sealed(county)
    there = reverse("desk:spot_check", args=[other.number])
    assert client.post(there, {"do": "abandon", "words": ""}).status_code == 422
    assert client.post(there, {"do": "abandon", "words": "范围选错了"}).status_code == 302
    told = Event.objects.filter(object_type="spotcheck").order_by("sequence")
    assert [(one.kind, one.actor) for one in told if one.kind.endswith(("closed", "abandoned"))] == [
        ("spotcheck.closed", county["supervisor"]),
        ("spotcheck.abandoned", county["supervisor"]),
    ]


def test_the_bundle_tells_nothing_of_the_visits(paid: Paid, county: County) -> None:
    check = drawn(paid, county)
    record_visit(by=county["supervisor"], check_id=check.pk, position=1, said=said(check), photos=photos())
    found = evidence._events(evidence.collect(check.number))
    assert [event.kind for event in found] == ["spotcheck.seeded", "spotcheck.drawn"]


@pytest.mark.postgres
def test_a_drawn_case_a_sum_or_an_answer_edited_past_the_services_is_found(
    paid: Paid, county: County
) -> None:
    check = drawn(paid, county)
    record_visit(by=county["supervisor"], check_id=check.pk, position=1, said=said(check), photos=photos())
    first, second = check.drawn.order_by("position")
    assert verify().fault is None
    table = "workflows_spotchecks_drawncase"
    for sql in (
        f"UPDATE {table} SET case_id = {second.case_id} WHERE id = {first.pk}",
        f"UPDATE {table} SET paid_fen = 1 WHERE id = {second.pk}",
        "UPDATE workflows_spotchecks_homevisit SET told = 'unsure'",
        "UPDATE workflows_spotchecks_homevisit SET received_fen = 1",
        "UPDATE workflows_spotchecks_homevisit SET received_fen = NULL",
        "UPDATE workflows_spotchecks_homevisit SET visited_on = '2026-01-01'",
        "UPDATE workflows_spotchecks_spotcheck SET beacon = ''",
    ):
        fault = fault_after(sql)
        assert fault is not None and "抽查" in fault.reason, sql
    assert verify().fault is None
