"""Printing at the desk: 审批表 of cases and 汇总表 of a batch. Who printed what is an event of the ledger."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area
from portal.ledger.models import Event
from portal.ledger.services import Draft, append
from portal.people.models import User
from portal.people.scope import scope_of
from portal.printing.money import capital
from portal.printing.proofs import proof, standing
from portal.printing.sheets import render
from workflows.engine.catalogue import flow
from workflows.engine.models import Batch, Case, CaseState
from workflows.engine.numbers import next_in
from workflows.programmes import matters

from . import events, gates
from .paper_case import fetch, form_of, related
from .words import flow_words, step_name

FORM, SUMMARY = "approval", "summary"


@dataclass(frozen=True)
class Printed:
    """A sheet that was printed: its bytes and the name it is saved under (numbers only)."""

    pdf: bytes
    name: str


def print_form(*, by: User, case: Case) -> Printed:
    """Return the 审批表 of `case` and record in the ledger that `by` printed it.

    The caller has found the case through `visible_to(by)`. Raises what `portal.printing` raises.
    """
    case = Case.objects.select_related(*related()).get(pk=case.pk)
    line, number = _stamp(by)
    pdf = render(FORM, _forms([case], line, by))
    _record(by, case.area, case.line, "case", case.number, FORM, number, pdf, rows=1)
    return Printed(pdf, f"{case.number}-审批表.pdf")


def print_forms(*, by: User, batch: Batch) -> Printed:
    """Return the 审批表 of every case of `batch` in one file, and record it."""
    cases = list(Case.objects.filter(batch=batch).select_related(*related()).order_by("pk"))
    line, number = _stamp(by)
    pdf = render(FORM, _forms(cases, line, by))
    _record(by, batch.area, batch.line, "batch", batch.number, FORM, number, pdf, rows=len(cases))
    return Printed(pdf, f"{batch.number}-审批表.pdf")


def print_summary(*, by: User, batch: Batch) -> Printed:
    """Return the 汇总表 of `batch` for signing, and record it."""
    cases = list(Case.objects.filter(batch=batch).select_related(*related()).order_by("pk"))
    line, number = _stamp(by)
    pdf = render(SUMMARY, _summary(batch, cases, line))
    _record(by, batch.area, batch.line, "batch", batch.number, SUMMARY, number, pdf, rows=len(cases))
    return Printed(pdf, f"{batch.number}-汇总表.pdf")


def _forms(cases: Sequence[Case], line: str, by: User) -> dict[str, Any]:
    record = fetch(cases, by)
    ledger = standing()
    return {
        "title": _("审批表"),
        "printed": line,
        "cases": [form_of(case, record, ledger) for case in cases],
    }


def _summary(batch: Batch, cases: Sequence[Case], line: str) -> dict[str, Any]:
    # The page of the batch finds it with its township's name.
    township = getattr(batch, "township", "") or ""
    approved = [_approved(case) for case in cases]
    money = matters.pays(batch)
    running = [case for case in cases if case.state in (CaseState.ACTIVE, CaseState.DONE)]
    return {
        "title": _("汇总表"),
        "heading": _("%(title)s汇总表") % {"title": batch.title},
        "number": batch.number,
        "place": f"{township}{batch.area}",
        "flow": flow_words(batch.flow_key, batch.flow_version),
        "step": step_name(batch),
        **proof(_latest(batch)),
        "count": str(len(cases)),
        "requested": _yuan(sum(case.requested_fen for case in cases)),
        "amount": _yuan(sum(case.amount_fen for case in running)),
        "approved": _yuan(sum(fen for fen in approved if fen)) if any(approved) else "",
        "capital": capital(sum(case.amount_fen for case in running)),
        "with_money": money,
        "ledger": standing(),
        "printed": line,
        "signatures": _signatures(batch),
        "rows": [_row(place, case, approved[place - 1]) for place, case in enumerate(cases, 1)],
    }


def _latest(batch: Batch) -> int | None:
    """Return the number of the latest event of `batch` in the ledger."""
    acts = Event.objects.filter(object_type="batch", object_id=batch.number).order_by("-sequence")
    return acts.values_list("sequence", flat=True).first()


def _row(place: int, case: Case, approved: int | None) -> dict[str, str]:
    face = matters.of(case).face(case)
    # What is not granted counts in no sum, so it stands in no column of sums.
    counted = case.state in (CaseState.ACTIVE, CaseState.DONE)
    return {
        "position": str(place),
        "name": face.household.head_name,
        "group": face.household.group_name,
        "item": face.item,
        "requested": _yuan(case.requested_fen),
        "amount": _yuan(case.amount_fen) if counted else "—",
        "approved": _yuan(approved) if approved is not None else "",
        "state": str(case.get_state_display()),
        "note": "",
    }


def _approved(case: Case) -> int | None:
    application = getattr(case, "application", None)
    if application is None or case.state not in (CaseState.ACTIVE, CaseState.DONE):
        return None
    fen: int | None = application.approved_fen
    return fen


def _signatures(batch: Batch) -> list[str]:
    """Return the levels that sign: those of the batch's flow, in order, each once."""
    words = {"village": _("村委会"), "township": _("乡镇"), "county": _("县级主管部门")}
    levels = dict.fromkeys(step.level for step in flow(batch.flow_key, batch.flow_version).steps)
    named = [words[level] for level in levels if level in words]
    return [_("制表人"), *named]


def _yuan(fen: int) -> str:
    whole, rest = divmod(fen, 100)
    return f"{whole:,}.{rest:02d}"


def _stamp(by: User) -> tuple[str, str]:
    """Return the line at the foot of a sheet and the number of the print, reserved in its own transaction.

    A sheet takes time to set, and the series' row must not stay locked meanwhile; a number without an event
    is a print that failed.
    """
    with transaction.atomic():
        number = serial("paper")
    at = timezone.localtime(clock.now()).strftime("%Y-%m-%d %H:%M")
    return _("打印：%(who)s　%(at)s　打印号 %(number)s") % {"who": by, "at": at, "number": number}, number


def serial(kind: str) -> str:
    """Return the next number of prints or exports of today; call it inside a transaction."""
    day = f"{clock.today():%Y%m%d}"
    return f"{day}-{next_in(f'{kind}:{day}'):04d}"


def _record(
    by: User,
    area: Area,
    line: str,
    object_type: str,
    object_id: str,
    form: str,
    number: str,
    pdf: bytes,
    *,
    rows: int,
) -> None:
    """Append the event of a print: who, which sheet of what, and the digest of the very file."""
    office = scope_of(by).holds(gates.READERS, area.path, line)
    body = {"form": form, "number": number, "rows": rows, "sha256": hashlib.sha256(pdf).hexdigest()}
    with transaction.atomic():
        append(
            Draft(
                kind=events.PRINTED,
                object_type=object_type,
                object_id=object_id,
                actor=by,
                office=office,
                area_code=area.code,
                line=line,
                body=body,
            )
        )
