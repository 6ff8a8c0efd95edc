"""Paying: never before acceptance, never more than was accepted, once a case (XC-16, XC-33, HY-37)."""

from datetime import date

from django.utils.translation import gettext as _

from portal import clock
from portal.ledger import written
from portal.ledger.services import Draft, on_day
from workflows.engine.acting import Acting
from workflows.programmes.rules import applications

from . import events
from .models import Payment


def payable(acting: Acting) -> None:
    """Bar rows that were not accepted, whose card is not the household's, or whose day cannot be."""
    for row in acting.agreed:
        application = applications(acting)[row.case.pk]
        last4, paid_on = str(row.changes["card_last4"]), row.changes["paid_on"]
        known = application.household.card_last4
        if application.accepted_fen is None:
            row.barred = _("还没有验收，不能拨付")
        elif row.case.amount_fen > application.accepted_fen:
            row.barred = _("拨付金额比验收的多，请核对")
        elif len(last4) != 4 or not (last4.isascii() and last4.isdigit()):
            row.barred = _("一卡通后四位要填 4 个数字")
        elif not known:
            # Any four digits would do otherwise: the money could go to whoever types them (XC-33).
            row.barred = _("户档里还没有这户的一卡通，请先在户档页面登记卡号并附卡面照片，再拨付")
        elif last4 != known:
            row.barred = _("卡号后四位和户档里的不一致，请先核对户档")
        elif (
            not isinstance(paid_on, date)
            or not (application.accepted_on or paid_on) <= paid_on <= clock.today()
        ):
            row.barred = _("拨付日期要在验收之后、今天之前")
        else:
            row.sealed["card_last4"] = last4


def pay(acting: Acting) -> None:
    """Record a payment for each agreed row; the case's event commits to the card's digits.

    The amount is the case's, but where a guard put what is left to pay into `acting.kept["to_pay"]`.
    """
    left = acting.kept.get("to_pay", {})
    made = Payment.objects.bulk_create(
        Payment(
            case=row.case,
            amount_fen=left.get(row.case.pk, row.amount_fen),
            card_last4=row.changes.pop("card_last4"),
            paid_on=row.changes["paid_on"],
            recorded_by=acting.actor,
            recorded_at=acting.now,
        )
        for row in acting.agreed
    )
    written.note(*made, made=True)
    acting.drafts += [
        Draft(
            events.PAID,
            "case",
            row.case.number,
            actor=acting.actor,
            office=acting.office,
            area_code=acting.batch.area.code,
            line=acting.batch.line,
            claimed_at=on_day(row.changes["paid_on"]),
            body={
                "amount_fen": left.get(row.case.pk, row.amount_fen),
                "paid_on": row.changes["paid_on"].isoformat(),
            },
        )
        for row in acting.agreed
    ]
