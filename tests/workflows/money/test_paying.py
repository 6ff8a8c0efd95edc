"""Paying: after acceptance, never more, to the household's card, once, and without digits in the record."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from portal import clock
from portal.ledger.models import Event
from workflows.demo.build import County
from workflows.demo.play import active, pay, sign
from workflows.engine.acting import RowVerdict
from workflows.engine.errors import NothingSigned, NotYourTurn
from workflows.engine.models import Act, Case, CaseState, Decision, WrittenOnce
from workflows.money.models import Payment
from workflows.programmes.models import Application

from ..county import make_batch


def paid(case: Case, **changed: object) -> RowVerdict:
    """Return the verdict that pays `case`, with `changed` values."""
    usual = {"card_last4": case.application.household.card_last4, "paid_on": clock.today()}
    return RowVerdict(changes={**usual, **changed})


def accepted(case: Case, **changed: object) -> RowVerdict:
    """Return the verdict that accepts `case` as approved, with `changed` values."""
    reason = str(changed.pop("reason", ""))
    usual = {
        "accepted_fen": case.amount_fen,
        "accepted_on": clock.today(),
        "acceptors": "沈知行、韩同行",
    }
    return RowVerdict(reason=reason, changes={**usual, **changed})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"card_last4": "0000"}, "户档里的不一致"),
        ({"card_last4": "12"}, "4 个数字"),
        ({"card_last4": "１２３４"}, "4 个数字"),
        ({"card_last4": ""}, "还没有填"),
        ({"paid_on": "2026-11-20"}, "拨付日期"),
        ({"paid_on": None}, "还没有填"),
    ],
)
def test_a_payment_that_does_not_fit_is_barred(county: County, changed: dict[str, object], said: str) -> None:
    batch = make_batch(county, rows=1, until="pay")
    case = active(batch)[0]
    with pytest.raises(NothingSigned, match=said):
        sign(batch, county["finance"], rows={case.number: paid(case, **changed)})
    assert not Payment.objects.exists()


def test_a_household_without_a_card_on_file_is_not_paid_to_any_four_digits(county: County) -> None:
    batch = make_batch(county, rows=1, until="pay")
    case = active(batch)[0]
    household = case.application.household
    household.bank_card = ""
    household.save()
    with pytest.raises(NothingSigned, match="先在户档页面登记"):
        sign(batch, county["finance"], rows={case.number: paid(case, card_last4="1234")})
    assert not Payment.objects.exists()


@pytest.mark.parametrize("days", [-1, 1])
def test_a_payment_is_between_acceptance_and_today(county: County, days: int) -> None:
    batch = make_batch(county, rows=1, until="pay")
    case = active(batch)[0]
    day = clock.today() + timedelta(days=days)
    with pytest.raises(NothingSigned, match="拨付日期"):
        sign(batch, county["finance"], rows={case.number: paid(case, paid_on=day)})


def test_what_was_not_accepted_is_not_paid(county: County) -> None:
    batch = make_batch(county, rows=2, until="pay")
    first = active(batch)[0]
    Application.objects.filter(case=first).update(accepted_fen=None)
    outcome = pay(batch, county["finance"])
    assert [row["message"] for row in outcome.failed] == ["还没有验收，不能拨付"]
    assert Payment.objects.count() == 1


def test_never_more_is_paid_than_was_accepted(county: County) -> None:
    batch = make_batch(county, rows=1, until="pay")
    Application.objects.update(accepted_fen=active(batch)[0].amount_fen - 1)
    with pytest.raises(NothingSigned, match="比验收的多"):
        pay(batch, county["finance"])


def test_never_more_is_accepted_than_was_approved(county: County) -> None:
    batch = make_batch(county, rows=1, until="accept")
    case = active(batch)[0]
    for verdict, said in [
        (accepted(case, accepted_fen=case.amount_fen + 1), "不能比批准的"),
        (accepted(case, accepted_fen=case.amount_fen - 1), "写明为什么少"),
        (accepted(case, accepted_fen=0), "要大于 0"),
        (accepted(case, acceptors="沈知行，沈知行"), "两个人"),
        (accepted(case, accepted_on=clock.today() + timedelta(days=1)), "今天或以前"),
        (accepted(case, accepted_on=clock.today() - timedelta(days=9)), "不能早于开工"),
    ]:
        with pytest.raises(NothingSigned, match=said):
            sign(batch, county["reviewer1"], rows={case.number: verdict})
    lower = case.amount_fen - 100
    sign(batch, county["reviewer1"], rows={case.number: accepted(case, accepted_fen=lower, reason="少一间")})
    pay(batch, county["finance"])
    assert Payment.objects.get().amount_fen == lower


def test_the_card_leaves_no_trace_in_decisions_acts_or_the_ledger(county: County) -> None:
    batch = make_batch(county, rows=2, until="pay")
    digits = [case.application.household.card_last4 for case in active(batch)]
    pay(batch, county["finance"])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT card_last4 FROM {Payment._meta.db_table}")
        stored = str(cursor.fetchall())
    assert not any(four in stored for four in digits)
    assert {payment.card_last4 for payment in Payment.objects.all()} == set(digits)
    for decision in Decision.objects.filter(step="pay"):
        assert set(decision.changes) == {"paid_on"}
    written = [str(act.outcome) for act in Act.objects.filter(step="pay")]
    written += Event.objects.filter(kind="payment.recorded").values_list("record", flat=True)
    said = "".join(written)
    assert "card" not in said
    event = Event.objects.filter(kind="case.decided").latest("sequence")
    assert '"card_last4":"' in event.record and event.openings.filter(name="card_last4").exists()
    assert not any(f'"{four}"' in event.record for four in digits)


def test_a_paid_case_has_a_payment_event_of_amount_and_day(county: County) -> None:
    batch = make_batch(county, rows=1, until="announce")
    event = Event.objects.get(kind="payment.recorded")
    assert f'"amount_fen":{batch.amount_fen}' in event.record and event.role == "county_finance"


def test_a_case_is_paid_once(county: County) -> None:
    batch = make_batch(county, rows=1, until="announce")
    payment = Payment.objects.get()
    with pytest.raises(NotYourTurn):
        pay(batch, county["finance"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.create(
            case=payment.case,
            amount_fen=1,
            card_last4="0000",
            paid_on=clock.today(),
            recorded_by=county["finance"],
        )
    for refused in (payment.save, payment.delete, Payment.objects.all().delete):
        with pytest.raises(WrittenOnce):
            refused()


@pytest.mark.parametrize("other", ["county", "countyhead", "head1", "reviewer1"])
def test_only_county_finance_pays(county: County, other: str) -> None:
    batch = make_batch(county, rows=1, until="pay")
    with pytest.raises(NotYourTurn):
        pay(batch, county[other])


def test_what_was_approved_accepted_and_paid_stands_beside_the_case_when_it_is_done(county: County) -> None:
    batch = make_batch(county, rows=2, until="end")
    for case in batch.cases.all():
        application = case.application
        assert case.state == CaseState.DONE and case.closed_at
        assert case.payment.amount_fen == application.accepted_fen == application.approved_fen
        assert application.checked_fen == application.requested_fen == case.requested_fen
        assert application.effect and application.started_on and application.acceptors
