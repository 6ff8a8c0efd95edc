"""Decisions and acts are bound to the ledger: another signer, verdict or reason, and it is named."""

from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet

from portal.ledger.verifier import verify
from workflows.demo.build import County
from workflows.demo.play import sign
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.models import Act, Case, Decision
from workflows.engine.services import act

from .. import roads


@pytest.fixture
def refused(county: County) -> Case:
    """Return a road that was filed and refused with a reason."""
    batch = roads.asked(county["clerk1"], county.areas["禾坪村"], "road:1")
    sign(batch, county["clerk1"])
    batch.refresh_from_db()
    case = Case.objects.get()
    act(
        actor=county["reviewer1"],
        batch_id=batch.pk,
        seen_version=batch.version,
        verdicts={case.pk: RowVerdict(Verdict.REFUSE, "路不在村里", {})},
        opinion="看过了",
    )
    return case


def rows_of(model: Any) -> Any:
    """Return the rows of `model`, to be changed as a database's superuser would."""
    return QuerySet(model)


def another(county: County) -> Any:
    return county["head1"]


TAMPERED = {
    "who decided": lambda c: rows_of(Decision).filter(verdict="refuse").update(actor=another(c)),
    "verdict": lambda c: rows_of(Decision).filter(verdict="refuse").update(verdict="agree"),
    "reason": lambda c: rows_of(Decision).filter(verdict="refuse").update(reason="重复申请"),
    "reason put in": lambda c: rows_of(Decision).exclude(verdict="refuse").update(reason="核实过"),
    "who acted": lambda c: rows_of(Act).update(actor=another(c)),
    "opinion": lambda c: rows_of(Act).filter(actor=c["reviewer1"]).update(opinion="没有看"),
    "stood in": lambda c: rows_of(Act).filter(actor=c["reviewer1"]).update(instead_of=another(c)),
    "decision gone": lambda c: rows_of(Decision).filter(verdict="refuse")._raw_delete("default"),
}


@pytest.mark.django_db
@pytest.mark.postgres
def test_a_decision_or_an_act_changed_past_the_engine_is_named(county: County, refused: Case) -> None:
    assert verify().fault is None
    for what, tamper in TAMPERED.items():
        with transaction.atomic():
            tamper(county)
            fault = verify().fault
            transaction.set_rollback(True)
        assert fault and ("一次决定" in fault.reason or "一次办理" in fault.reason), what
    assert verify().fault is None


@pytest.mark.django_db
def test_a_decision_and_an_act_put_in_past_the_engine_are_named(county: County, refused: Case) -> None:
    for model in (Act, Decision):
        row = model.objects.order_by("pk").last()
        row.pk, row._state.adding = None, True
        if isinstance(row, Act):
            row.key = "another"
        with transaction.atomic():
            rows_of(model).bulk_create([row])
            fault = verify().fault
            transaction.set_rollback(True)
        assert fault and "不是从门户办的" in fault.reason, model
