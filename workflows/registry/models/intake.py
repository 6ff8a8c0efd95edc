"""Tables on their way into the register, and members who may be one and the same person."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.areas.models import Area
from portal.files.models import PrivateFile
from portal.ledger import written
from portal.people.models import User
from portal.people.scope import scope_of
from portal.sealing.fields import EncryptedTextField

from .households import Member


class ImportState(models.TextChoices):
    """Where an import stands; only a pending one can be confirmed."""

    PENDING = "pending", _("待确认")
    CONFIRMED = "confirmed", _("已导入")
    WITHDRAWN = "withdrawn", _("已放弃")
    EXPIRED = "expired", _("已过期")


class ScopedByPath(models.QuerySet):
    """Rows that carry `area_path`; the line does not matter."""

    def visible_to(self, user: User) -> "ScopedByPath":
        """Return the rows in the areas of `user`'s offices in force today."""
        return scope_of(user).filter(self, line_field=None)


@written.followed()
class HouseholdImport(models.Model):
    """A table that was uploaded and looked through; nothing of it is in the register until it is confirmed.

    `plan` is what was previewed (encrypted JSON), emptied once it is of no more use; `plan_digest` is the
    digest of the plan, by which the confirmation is bound to what was seen.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=40, db_index=True)
    file = models.ForeignKey(PrivateFile, models.PROTECT, null=True, related_name="+")
    plan = EncryptedTextField(blank=True)
    plan_digest = models.CharField(max_length=64)
    counts = models.JSONField(default=dict)
    state = models.CharField(_("状态"), max_length=10, choices=ImportState, default=ImportState.PENDING)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = ScopedByPath.as_manager()

    class Meta:
        verbose_name = _("农户导入")
        verbose_name_plural = _("农户导入")


class DuplicateState(models.TextChoices):
    """What was judged of two members of one name and birth in one village."""

    OPEN = "open", _("待判定")
    SAME = "same", _("同一人")
    DISTINCT = "distinct", _("不是同一人")


@written.followed()
class DuplicatePair(models.Model):
    """Two members who may be one person, judged once and never raised again; `first` is the older record."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=40, db_index=True)
    first = models.ForeignKey(Member, models.PROTECT, related_name="+")
    second = models.ForeignKey(Member, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=DuplicateState, default=DuplicateState.OPEN)
    found_at = models.DateTimeField(default=clock.now)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)
    reason = EncryptedTextField(_("依据"), blank=True)

    objects = ScopedByPath.as_manager()

    class Meta:
        verbose_name = _("疑似重复")
        verbose_name_plural = _("疑似重复")
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="one_judgement_a_pair")]
        indexes = [models.Index(fields=["state", "area_path"])]
