"""What the desk keeps for one person alone: drafts, saved filters, what they last saw, the phrases they use.

None of it is an act: it decides nothing, nobody else reads it, and the ledger does not speak of it.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.sealing.fields import EncryptedTextField
from workflows.engine.models import Batch


class Draft(models.Model):
    """What a person typed into a form and has not sent. `body` is the form's fields as JSON, encrypted.

    `place` says which form (``batch:<number>:<step>``, ``file:<programme>:<household id>``,
    ``<change, exit or aid>:<household id>``, ``amend:<case number>``); `version` is the batch's version that
    the form was filled in on. It is dropped when the form is sent, when the person throws it away, and after
    `expires_on`.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    place = models.CharField(max_length=120)
    body = EncryptedTextField(_("填写的内容"))
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=clock.now)
    expires_on = models.DateField(db_index=True)

    class Meta:
        verbose_name = _("草稿")
        verbose_name_plural = _("草稿")
        constraints = [models.UniqueConstraint(fields=["user", "place"], name="one_draft_a_form")]


class SavedFilter(models.Model):
    """A choice of a box's rows under a name of the person's own. `chosen` never holds anybody's name."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    box = models.CharField(max_length=12)
    name = EncryptedTextField(_("名称"))
    chosen = models.JSONField(default=dict)
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("常用筛选")
        verbose_name_plural = _("常用筛选")
        indexes = [models.Index(fields=["user", "box"])]


class LastSeen(models.Model):
    """When a person last saw the page of a batch, as far as they told by a POST: a GET tells nothing."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("上次看到")
        verbose_name_plural = _("上次看到")
        constraints = [models.UniqueConstraint(fields=["user", "batch"], name="one_last_look_a_batch")]


class Habit(models.Model):
    """How often a person used which of the usual opinions: ``{step kind: {phrase: times}}``."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    phrases = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("常用意见")
        verbose_name_plural = _("常用意见")
