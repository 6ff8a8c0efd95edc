"""Payments above or before decisions (XC-16, HY-37); aid first may come before its decision, not above it."""

from collections.abc import Iterator

from django.db.models import Max, Q
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from portal import clock
from workflows.engine.definitions import Verdict
from workflows.money.models import Payment
from workflows.programmes.answers import yuan

from ..rule import Found, Rule, Weight, Window, case_objects


def find(window: Window) -> Iterator[Found]:
    """Yield the payments of more than was decided, and those dated before the last decision to pay."""
    for numbers in window.chunks("payment.recorded"):
        paid = Payment.objects.filter(case__number__in=numbers).select_related("case__area", "case__batch")
        decided = paid.annotate(
            decided_at=Max(
                "case__decisions__at",
                filter=Q(case__decisions__judging=True, case__decisions__verdict=Verdict.AGREE),
            )
        ).select_related("case__application", "case__aid")
        for payment in decided:
            why = _why(payment)
            if not why:
                continue
            yield Found(
                key=str(payment.pk),
                area=payment.case.area,
                line=payment.case.line,
                reason="；".join(why) + "。",
                objects=case_objects(payment.case),
                happened_at=payment.recorded_at,
            )


def _why(payment: Payment) -> list[str]:
    case = payment.case
    form = getattr(case, "application", None) or getattr(case, "aid", None)
    approved = getattr(form, "approved_fen", None)
    if approved is None:
        approved = case.amount_fen
    accepted = getattr(form, "accepted_fen", None)
    allowed = approved if accepted is None else min(approved, accepted)
    why = []
    # What was handed over first belongs to what the household got.
    got = payment.amount_fen + (getattr(form, "advanced_fen", None) or 0)
    if got > allowed:
        said = {"paid": yuan(got), "allowed": yuan(allowed)}
        why.append(translate("发了 %(paid)s 元，定的是 %(allowed)s 元") % said)
    if getattr(form, "aid_first", False):
        return why
    decided_at = getattr(payment, "decided_at", None)
    decided_on = clock.day_of(decided_at) if decided_at else None
    if decided_on is None:
        why.append(translate("没有批准就发了钱"))
    elif payment.paid_on < decided_on:
        said = {"paid": payment.paid_on.isoformat(), "decided": decided_on.isoformat()}
        why.append(translate("%(paid)s 发钱，%(decided)s 才批准") % said)
    return why


RULE = Rule(
    code="paid_wrong",
    title=_("钱发多了或发早了"),
    why=_("发的钱比定的多，或者还没批就发了。先行救助按规定可以先发，不算。"),
    find=find,
    weight=Weight.GRAVE,
)
