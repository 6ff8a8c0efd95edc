"""Sealed searches, and the acts by which two people open some of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.ledger import written
from portal.people.models import User
from portal.sealing.fields import EncryptedTextField


@written.followed()
class SealedInquiry(models.Model):
    """One search of an inspector: who, where and for what stand sealed; the day alone can be read."""

    made_on = models.DateField(default=clock.today, db_index=True)
    sealed = models.TextField()

    class Meta:
        verbose_name = _("密封的检索")
        verbose_name_plural = _("密封的检索")

    def __str__(self) -> str:
        return str(self.pk)


@written.followed()
class Opening(models.Model):
    """开封: one supervisor of the county asks with a reason, another opens with the key of their office."""

    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    reason = EncryptedTextField(_("为什么要开封"))
    # Empty: everybody's.
    whose = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    first_on = models.DateField(_("从哪天"))
    last_on = models.DateField(_("到哪天（含这一天）"))
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    opened = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("开封")
        verbose_name_plural = _("开封")

    def __str__(self) -> str:
        return f"{self.first_on} – {self.last_on}"
