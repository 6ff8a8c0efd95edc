"""What befalls published lists: an outage that lengthens their days, a datum that must leave at once."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.ledger import written
from portal.people.models import Office
from portal.sealing.fields import EncryptedTextField


class Heartbeat(models.Model):
    """The one row in which the portal's clock writes that it is alive; a gap is an outage that it noticed."""

    beat_at = models.DateTimeField()


class OutageState(models.TextChoices):
    """What the portal noticed counts by itself; what a person declares counts when a second one agrees."""

    DECLARED = "declared", _("等另一个人确认")
    COUNTED = "counted", _("已计入，公示顺延")
    TURNED_DOWN = "turned_down", _("没有同意")


# Until when the clock has worked it in is no act: each list that it lengthens has its event.
@written.followed(but=("applied_at",))
class Outage(models.Model):
    """A time in which the public could not read the site, and so a time that is no part of a full day."""

    begun_at = models.DateTimeField(_("从什么时候"))
    ended_at = models.DateTimeField(_("到什么时候"))
    state = models.CharField(max_length=12, choices=OutageState, default=OutageState.DECLARED)
    why = models.CharField(_("怎么回事"), max_length=200, blank=True)
    noticed = models.BooleanField(default=False, help_text="found by the heartbeat, declared by nobody")
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    declared_office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(default=clock.now)
    applied_at = models.DateTimeField(null=True, help_text="when the lists it touched were lengthened")

    class Meta:
        verbose_name = _("网站停用")
        verbose_name_plural = _("网站停用")


class Datum(models.TextChoices):
    """What kind of thing was published by mistake: all that a tombstone tells of it."""

    ID = "id", _("身份证号")
    PHONE = "phone", _("电话号码")
    CARD = "card", _("银行卡号")
    HEALTH = "health", _("健康、残疾等个人情况")
    HOUSE = "house", _("门牌号")
    MINOR = "minor", _("未成年人的姓名")
    NAME = "name", _("不该公开的姓名")
    OTHER = "other", _("其他个人信息")


class RedactionState(models.TextChoices):
    """One official asks, another of a stated role decides."""

    ASKED = "asked", _("等另一个人确认")
    DONE = "done", _("已经删去")
    DECLINED = "declined", _("没有同意删")


@written.followed()
class Redaction(models.Model):
    """That a personal datum is to leave everything the public reads (design.md rule 6).

    `target` and `object_id` name a published thing by the registry (`redaction_targets`), `field` one of its
    texts. The datum itself is kept nowhere: `removed_hash` is a keyed hash, by which the same value of the
    same `subject` is withheld from whatever is published later. `taken_from` tells how many places it left.
    """

    target = models.CharField(max_length=24)
    object_id = models.CharField(max_length=40)
    field = models.CharField(max_length=24)
    datum = models.CharField(_("是什么"), max_length=12, choices=Datum)
    subject = models.CharField(max_length=64, blank=True, db_index=True)
    area_path = models.CharField(max_length=40, db_index=True)
    area_code = models.CharField(max_length=12)
    line = models.CharField(max_length=16)
    where = models.CharField(_("在哪里"), max_length=160, help_text="never the datum itself")
    link = models.CharField(max_length=120, blank=True, help_text="path of the public page")
    # What was asked about; gone as soon as it is decided.
    asked_value: Any = EncryptedTextField(blank=True)
    removed_hash = models.CharField(max_length=64, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=RedactionState, default=RedactionState.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    why_not = models.CharField(_("为什么不删"), max_length=200, blank=True)
    taken_from = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("紧急删去个人信息")
        verbose_name_plural = _("紧急删去个人信息")
        constraints = [
            models.UniqueConstraint(
                fields=["target", "object_id", "field"],
                condition=Q(state="asked"),
                name="one_open_redaction_of_a_text",
            )
        ]
        indexes = [models.Index(fields=["state"], condition=Q(state="asked"), name="redactions_asked")]
