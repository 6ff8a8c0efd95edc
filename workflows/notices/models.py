"""Notices to households (refused, reduced, sent back, left, waiting, reached), and their service."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.ledger import written
from portal.sealing.fields import EncryptedTextField
from workflows.engine.models import Case


class NoticeKind(models.TextChoices):
    """What a notice tells."""

    REFUSED = "refused", _("不予批准")
    REDUCED = "reduced", _("金额核减")
    RETURNED = "returned", _("退回补正")
    EXITED = "exited", _("退出名单")
    WAITING = "waiting", _("列入候补")
    PROMOTED = "promoted", _("候补轮到，批准了")


class ServiceMethod(models.TextChoices):
    """How a notice reached the household."""

    SIGNED = "signed", _("本人或家人签收")
    WITNESSED = "witnessed", _("见证人在场留置")
    READ_OUT = "read_out", _("当面宣读并按手印")


@written.followed()
class HouseholdNotice(models.Model):
    """A plain notice: what was decided, why, on which basis, and how to object. Amounts are fen."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="notices")
    kind = models.CharField(_("种类"), max_length=10, choices=NoticeKind)
    reason = EncryptedTextField(_("理由"))
    basis = models.CharField(_("依据"), max_length=200)
    basis_url = models.CharField(max_length=200, blank=True)
    remedy = models.CharField(_("怎么提异议"), max_length=400)
    before_fen = models.BigIntegerField(default=0)
    after_fen = models.BigIntegerField(default=0)
    made_at = models.DateTimeField(default=clock.now)
    voided_at = models.DateTimeField(null=True)
    served_on = models.DateField(_("送达日期"), null=True)
    served_how = models.CharField(_("送达方式"), max_length=10, choices=ServiceMethod, blank=True)
    served_to = EncryptedTextField(_("签收人或见证人"), blank=True)
    served_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("告知书")
        verbose_name_plural = _("告知书")
