"""Dated settings by area: figures from law and policy are never constants (design.md rule 10)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.areas.models import Area
from portal.ledger import written


@written.followed()
class Setting(models.Model):
    """A value of one key for one area (all areas where empty) from a date, confirmed by a second person.

    What the second person turned down says who, when and why; it can be proposed anew.
    """

    key = models.CharField(_("项"), max_length=80)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name=_("区划"))
    value = models.JSONField(_("值"))
    valid_from = models.DateField(_("启用日期"))
    source = models.CharField(_("依据"), max_length=200)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    turned_down_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    turned_down_at = models.DateTimeField(null=True)
    turned_down_why = models.CharField(_("不采用的理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("配置")
        verbose_name_plural = _("配置")
        indexes = [models.Index(fields=["key", "valid_from"])]
