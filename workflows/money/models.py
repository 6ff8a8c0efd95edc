"""Payments: what was paid to which card on which day for an approved and accepted case."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.ledger import written
from portal.sealing.fields import EncryptedTextField
from workflows.engine.models import Case, InsertOnly


@written.followed()
class Payment(InsertOnly):
    """One payment by 一卡通 (XC-33). `amount_fen` is fen; of the card only the last four digits are kept."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="payment")
    amount_fen = models.BigIntegerField(_("金额（分）"))
    card_last4 = EncryptedTextField(_("卡号后四位"))
    paid_on = models.DateField(_("拨付日期"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta(InsertOnly.Meta):
        verbose_name = _("拨付")
        verbose_name_plural = _("拨付")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="payment_is_positive"),
        ]
