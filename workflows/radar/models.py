"""Clues and what became of them, switches of rules, how far each rule has looked, lists compared."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.areas.models import Area
from portal.files.models import PrivateFile
from portal.ledger import written
from portal.people.models import User
from portal.sealing.fields import EncryptedTextField
from workflows.engine.models import InsertOnly
from workflows.rectification.models import Ticket
from workflows.registry.models import Household
from workflows.supervision.reach import scope_as_supervisor


class FlagState(models.TextChoices):
    """What became of a clue; the last two close it and count for the rule's false-alarm rate."""

    OPEN = "open", _("还没看")
    LOOKED = "looked", _("在看")
    DISMISSED = "dismissed", _("误报")
    TICKETED = "ticketed", _("已开整改单")


OPEN_FLAG_STATES = [FlagState.OPEN, FlagState.LOOKED]
CLOSED_FLAG_STATES = [FlagState.DISMISSED, FlagState.TICKETED]


class FlagQuerySet(models.QuerySet):
    """Chainable choices of clues."""

    def visible_to(self, user: User) -> "FlagQuerySet":
        """Return the clues within the areas and lines that `user` supervises, none that points at `user`."""
        found = scope_as_supervisor(user).filter(self)
        return found.exclude(concerns=user.pk) if user.pk else found.none()


@written.followed()
class Flag(models.Model):
    """线索: one thing that a rule points at. `key` makes each thing one clue, however often the rule runs.

    `objects_at` are the objects it points to, as ``[kind, id]`` of the ledger. `reason` says in words and
    figures why, without a villager's name; `measured` holds the thresholds that held. `concerns` is an
    official whom it points at in person, who sees nothing of it. `version` counts the acts.
    """

    rule = models.CharField(_("规则"), max_length=32)
    key = models.CharField(max_length=120)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("地方"))
    area_path = models.CharField(max_length=40)
    line = models.CharField(_("条线"), max_length=16)
    reason = models.CharField(_("为什么"), max_length=400)
    objects_at = models.JSONField(default=list)
    measured = models.JSONField(default=dict)
    concerns = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    happened_at = models.DateTimeField(_("什么时候的事"))
    found_at = models.DateTimeField(_("发现时间"), default=clock.now)
    state = models.CharField(_("处理"), max_length=10, choices=FlagState, default=FlagState.OPEN)
    looked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    looked_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    why_closed: Any = EncryptedTextField(_("为什么是误报"), blank=True)
    ticket = models.OneToOneField(Ticket, models.PROTECT, null=True, related_name="flag")
    version = models.PositiveIntegerField(default=0)

    objects = FlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("线索")
        verbose_name_plural = _("线索")
        constraints = [models.UniqueConstraint(fields=["rule", "key"], name="one_flag_a_thing")]
        indexes = [
            models.Index(fields=["state", "area_path"]),
            models.Index(fields=["rule", "state"]),
            models.Index(fields=["area_path", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.pk}"

    @property
    def is_open(self) -> bool:
        """Return whether nobody has closed it."""
        return self.state in OPEN_FLAG_STATES


@written.followed()
class RuleSwitch(InsertOnly):
    """That a rule was switched off for an area until a day, or on again, by whom and why. The latest counts.

    Off ends by itself: nothing is silent for ever.
    """

    rule = models.CharField(max_length=32, db_index=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=40)
    on = models.BooleanField()
    # The ledger's size at the time: from here the rule looks again once it is on.
    at_event = models.BigIntegerField(default=0)
    until = models.DateField(_("停到哪天"), null=True)
    reason = models.CharField(_("为什么"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta(InsertOnly.Meta):
        verbose_name = _("规则开关")
        verbose_name_plural = _("规则开关")


class Progress(models.Model):
    """How far a rule has looked: every event of the ledger up to number `upto`."""

    rule = models.CharField(max_length=32, unique=True)
    upto = models.BigIntegerField(default=0)
    ran_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)


class ContactKind(models.TextChoices):
    """What of a household is compared."""

    PHONE = "phone", _("联系电话")
    CARD = "card", _("一卡通卡号")


class Contact(models.Model):
    """The keyed hash of a household's telephone or card, by which shared ones are found; never the value."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=5, choices=ContactKind)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["household", "kind"], name="one_contact_a_kind")]
        indexes = [models.Index(fields=["kind", "hash"])]


class PhotoPrint(models.Model):
    """What a picture looks like in 64 bits (difference hash), in four bands by which alike ones are found."""

    file = models.OneToOneField(PrivateFile, models.PROTECT, related_name="+")
    bits = models.CharField(max_length=16, help_text="hex of 64 bits; empty where it could not be read")
    band1 = models.CharField(max_length=4, db_index=True)
    band2 = models.CharField(max_length=4, db_index=True)
    band3 = models.CharField(max_length=4, db_index=True)
    band4 = models.CharField(max_length=4, db_index=True)


class OutsideKind(models.TextChoices):
    """Which list from outside was compared."""

    DEATHS = "deaths", _("死亡人员")
    PAYROLL = "payroll", _("财政供养人员")
    VEHICLES = "vehicles", _("车辆登记")
    COMPANIES = "companies", _("工商登记")
    HOUSING = "housing", _("商品房登记")


@written.followed()
class OutsideList(InsertOnly):
    """That a list from outside was compared. None of its lines is kept: only how many there were and matched.

    `basis` says by which letter or agreement it came. `digest` is the SHA-256 of the file that was erased: it
    stands encrypted, since who guesses a short list could try it out.
    """

    kind = models.CharField(_("哪种名单"), max_length=10, choices=OutsideKind)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=40, db_index=True)
    as_of = models.DateField(_("名单截至"))
    basis = models.CharField(_("从哪里来、凭什么"), max_length=200)
    digest = EncryptedTextField()
    lines = models.PositiveIntegerField(_("行数"))
    unread = models.PositiveIntegerField(_("号码不对的"), default=0)
    matched = models.PositiveIntegerField(_("对上的"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta(InsertOnly.Meta):
        verbose_name = _("外来名单")
        verbose_name_plural = _("外来名单")

    def __str__(self) -> Any:
        return self.get_kind_display()
