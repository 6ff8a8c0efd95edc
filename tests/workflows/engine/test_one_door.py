"""The one door for change: every act whole or not at all, once, told in the ledger and in history."""

import pytest
from django.db import IntegrityError

from portal.ledger.models import Event, Head
from portal.ledger.verifier import verify
from portal.outbox.models import Message
from workflows.demo.build import County
from workflows.demo.play import MEETINGS, active, meet, sign
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.errors import ActRefused, KeyReused, StaleCase
from workflows.engine.models import Act, Batch, Case, Decision, WrittenOnce
from workflows.engine.records import Outcome
from workflows.engine.services import act

from .. import roads
from ..county import make_batch

pytestmark = pytest.mark.postgres


def send(
    county: County, batch: Batch, key: str, by: str = "helper1", opinion: str = "", seen: int = -1
) -> Outcome:
    """Hand `batch` in with the idempotency key `key`."""
    return act(
        actor=county[by],
        batch_id=batch.pk,
        seen_version=batch.version if seen < 0 else seen,
        verdicts={case.pk: RowVerdict() for case in Case.objects.filter(batch=batch)},
        opinion=opinion,
        key=key,
    )


def counts() -> dict[str, int]:
    """Return how many rows stand of everything that an act writes."""
    models = (Act, Decision, Event, Batch, Case.history.model, Message)
    return {model.__name__: model.objects.count() for model in models}


def test_an_act_writes_its_events_with_itself(county: County) -> None:
    batch = make_batch(county, rows=3, until="file")
    before = Event.objects.count()
    sign(batch, county["helper1"], opinion="情况属实")
    new = list(Event.objects.filter(sequence__gt=before).order_by("sequence"))
    assert [event.kind for event in new] == ["batch.acted"] + ["case.decided"] * 3
    assert {event.object_id for event in new[1:]} == {case.number for case in active(batch)}
    assert {event.actor for event in new} == {county["helper1"]} and {event.role for event in new} == {
        "helper"
    }
    assert "情况属实" not in "".join(event.record for event in new)


def test_an_act_that_fails_half_way_leaves_nothing(county: County) -> None:
    batch = roads.asked(county["clerk1"], county.areas["禾坪村"], "road:1", "road:2")
    sign(batch, county["clerk1"])
    before, version, root = counts(), batch.version, Head.objects.get().root
    with roads.effects_fail(), pytest.raises(roads.Broken):
        sign(batch, county["reviewer1"], changes={"urgency": "high"})
    batch.refresh_from_db()
    assert (counts(), batch.version, batch.step, Head.objects.get().root) == (before, version, "look", root)
    roads.looked.clear()
    sign(batch, county["reviewer1"], changes={"urgency": "high"})
    assert batch.step == "post"
    roads.looked.clear()


def test_an_act_whose_event_cannot_be_written_leaves_nothing(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = make_batch(county, rows=2, until="file")
    before = counts()

    def full(*drafts: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("workflows.engine.services.append", full)
    with pytest.raises(OSError, match="no space"):
        sign(batch, county["helper1"])
    batch.refresh_from_db()
    assert counts() == before and batch.step == "file"


def test_filing_that_fails_leaves_no_batch_and_no_number(county: County) -> None:
    from workflows.engine.services import open_case

    def broken(case: Case) -> dict[str, str]:
        raise roads.Broken

    before = counts()
    with pytest.raises(roads.Broken):
        open_case(
            actor=county["clerk1"],
            flow=roads.ROADS,
            scheme="roads",
            title="修路",
            area=county.areas["禾坪村"],
            line="assistance",
            subject="road:1",
            amount_fen=0,
            create=broken,
        )
    assert counts() == before
    assert roads.ask(county["clerk1"], county.areas["禾坪村"], "road:1").number.endswith("00001")


def test_a_repeated_form_gets_the_first_answer_and_does_nothing_again(county: County) -> None:
    batch = make_batch(county, rows=2, until="file")
    first = send(county, batch, "form-1")
    before = counts()
    again = send(county, batch, "form-1")
    assert again == first and counts() == before


def test_a_key_that_comes_with_another_act_is_refused(county: County) -> None:
    batch = make_batch(county, rows=1, until="file")
    send(county, batch, "form-1")
    with pytest.raises(KeyReused):
        send(county, batch, "form-1", opinion="改了意见")
    other = make_batch(county, rows=1, until="file", first=10)
    with pytest.raises(KeyReused):
        send(county, other, "form-1")


def test_a_key_is_its_persons_own_and_may_be_of_any_length(county: County) -> None:
    batch = make_batch(county, rows=1, until="file")
    send(county, batch, "x" * 500)
    with pytest.raises(StaleCase):
        send(county, batch, "x" * 500, by="clerk1")
    other = make_batch(county, rows=1, until="file", first=10)
    send(county, other, "x" * 500, by="clerk1")


def test_a_refused_act_does_not_use_up_its_key(county: County) -> None:
    batch = make_batch(county, rows=1, until="file")
    with pytest.raises(ActRefused):
        send(county, batch, "form-1", seen=batch.version + 5)
    assert send(county, batch, "form-1").step == "deliberate"


def test_field_history_has_a_row_for_every_act_on_a_case(county: County) -> None:
    batch = make_batch(county, rows=2, until="end")
    for case in batch.cases.all():
        history = case.history.order_by("history_id")
        assert history.count() == 1 + case.decisions.count() == 1 + case.version
        assert [row.version for row in history] == list(range(case.version + 1))
        assert [row.step for row in history][-1] == "announce"
        actors = [decision.actor for decision in case.decisions.order_by("pk")]
        assert [row.history_user for row in history][1:] == actors


def test_every_decision_has_its_event_and_every_act_its_own(county: County) -> None:
    make_batch(county, rows=3, until="end")
    assert Event.objects.filter(kind="batch.acted").count() == Act.objects.count()
    assert Event.objects.filter(kind="case.decided").count() == Decision.objects.count()


def test_the_ledger_of_a_whole_journey_verifies_and_names_an_event_that_was_touched(county: County) -> None:
    from django.db import connection

    make_batch(county, rows=2, until="end")
    assert verify().fault is None
    target = Event.objects.filter(kind="case.decided").order_by("sequence")[3]
    forged = target.record.replace('"amount_fen":', '"amount_fen":9')
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Event._meta.db_table} SET record = %s WHERE sequence = %s", [forged, target.sequence]
        )
    fault = verify().fault
    assert fault and fault.sequence == target.sequence


def test_acts_and_decisions_are_written_once(county: County) -> None:
    make_batch(county, rows=1, until="deliberate")
    act_, decision = Act.objects.get(), Decision.objects.get()
    for refused in (
        act_.save,
        act_.delete,
        decision.save,
        decision.delete,
        Act.objects.all().delete,
        Decision.objects.all().delete,
        act_.decisions.all().delete,
        lambda: Act.objects.update(opinion="改"),
        lambda: act_.decisions.update(verdict=Verdict.REFUSE),
        lambda: Decision.objects.bulk_update([decision], ["reason"]),
    ):
        with pytest.raises(WrittenOnce):
            refused()


def test_reasons_and_opinions_are_not_readable_in_the_database(county: County) -> None:
    from django.db import connection

    batch = make_batch(county, rows=1, until="file")
    sign(
        batch,
        county["helper1"],
        opinion="家里有人住院",
        rows={active(batch)[0].number: RowVerdict(Verdict.WITHDRAW, "家里有人住院")},
    )
    with connection.cursor() as cursor:
        for model in (Act, Decision, Event):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            assert "住院" not in str(cursor.fetchall())
    assert Decision.objects.get().reason == Act.objects.get().opinion == "家里有人住院"


def test_a_meeting_that_is_not_the_last_counts_as_an_act_that_stays(county: County) -> None:
    batch = make_batch(county, rows=2, until="deliberate")
    version = batch.version
    meet(batch, county["clerk1"], 0)
    assert (batch.step, batch.version, batch.acts.count()) == ("deliberate", version + 1, 2)
    assert len(MEETINGS) == 4


def test_two_acts_never_share_a_key_in_the_database(county: County) -> None:
    make_batch(county, rows=1, until="deliberate")
    first = Act.objects.get()
    with pytest.raises(IntegrityError):
        Act.objects.create(
            batch=first.batch, kind=first.kind, step="file", level="village", key=first.key, outcome={}
        )
