"""A village matter, the versions of its list, and their rows."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from disclosure.deliberations.models import Assets
from portal import clock
from portal.areas.models import Area
from portal.ledger import written
from portal.people.scope import scope_of
from portal.sealing.fields import EncryptedTextField


class MatterKind(models.TextChoices):
    """What a village matter is about."""

    DIVIDENDS = "dividends", _("收益分红")
    WORKS = "works", _("工程项目")
    ACCOUNTS = "accounts", _("村级账目")
    OTHER = "other", _("其他村务")


# Those of which each row is a household: it has a name and a group.
KINDS_OF_HOUSEHOLDS = [MatterKind.DIVIDENDS]


class MatterState(models.TextChoices):
    """A matter is written, deliberated, resolved on and published, then done and its result published."""

    DRAFT = "draft", _("正在写名单")
    DELIBERATING = "deliberating", _("正在开会")
    RESOLVED = "resolved", _("已经议定，正在公开")
    DONE = "done", _("结果已经公开")
    WITHDRAWN = "withdrawn", _("已撤下")


CLOSED_MATTER_STATES = [MatterState.DONE, MatterState.WITHDRAWN]


class VillageMatterQuerySet(models.QuerySet):
    """Chainable choices of matters."""

    def visible_to(self, user: Any) -> "VillageMatterQuerySet":
        """Return the matters that an office of `user` covers."""
        found: VillageMatterQuerySet = scope_of(user).filter(self)
        return found

    def published(self) -> "VillageMatterQuerySet":
        """Return the matters that the public may see: those on which the village has met."""
        return self.filter(first_met_on__isnull=False)


@written.followed()
class VillageMatter(models.Model):
    """One matter that a village settles by itself. `number` is ``<area code>-<year>-S<nnn>``.

    `assets` says whether it concerns the collective's assets, for which the stricter rule holds (S7).
    `version` is the number of the list that stands; `first_met_on` the day of the first meeting on it.
    """

    number = models.CharField(_("编号"), max_length=40, unique=True)
    kind = models.CharField(_("哪类事"), max_length=12, choices=MatterKind)
    assets = models.CharField(_("集体资产"), max_length=16, choices=Assets, blank=True, default="")
    title = models.CharField(_("事项"), max_length=60)
    area = models.ForeignKey(Area, models.PROTECT, verbose_name=_("村"))
    area_path = models.CharField(max_length=40, db_index=True)
    line = models.CharField(max_length=16)
    state = models.CharField(max_length=14, choices=MatterState, default=MatterState.DRAFT)
    version = models.PositiveSmallIntegerField(default=0)
    first_met_on = models.DateField(null=True)
    withdrawn_why = models.CharField(_("撤下的原因"), max_length=200, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)

    objects = VillageMatterQuerySet.as_manager()

    class Meta:
        verbose_name = _("村务事项")
        verbose_name_plural = _("村务事项")

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        """Return the key by which deliberations and lists name it."""
        return f"village:{self.number}"

    @property
    def has_households(self) -> bool:
        """Whether each row is a household."""
        return self.kind in KINDS_OF_HOUSEHOLDS

    @property
    def is_writable(self) -> bool:
        """Whether its list may still be changed."""
        return self.state in (MatterState.DRAFT, MatterState.DELIBERATING)


@written.followed()
class MatterVersion(models.Model):
    """One version of a matter's list. Nothing in it changes; `digest` covers all rows and a secret `salt`."""

    matter = models.ForeignKey(VillageMatter, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    row_count = models.PositiveIntegerField()
    total_fen = models.BigIntegerField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("村级事项的一版清单")
        verbose_name_plural = _("村级事项的一版清单")
        constraints = [models.UniqueConstraint(fields=["matter", "number"], name="one_list_version_a_number")]


@written.followed()
class MatterRow(models.Model):
    """One row: a household (`name`, `group`) or a thing. Amounts are fen."""

    version = models.ForeignKey(MatterVersion, models.PROTECT, related_name="rows")
    position = models.PositiveIntegerField()
    name = EncryptedTextField(_("户主"), blank=True)
    group = models.CharField(_("小组"), max_length=20, blank=True)
    item = models.CharField(_("内容"), max_length=60)
    amount_fen = models.BigIntegerField(default=0)
    note = models.CharField(_("说明"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("村级事项清单")
        verbose_name_plural = _("村级事项清单")
        constraints = [models.UniqueConstraint(fields=["version", "position"], name="one_matter_row_a_place")]
