"""Batches, cases, acts and decisions. Changed only through `services.act` and `services.open_case`."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from portal import clock
from portal.areas.models import Area, path_range
from portal.people.models import ROLES_WITHOUT_CASES, Line, User
from portal.people.scope import scope_of
from portal.sealing.fields import EncryptedTextField

from .definitions import Verdict


class CaseState(models.TextChoices):
    """Where a case stands as a whole; its step says where it is on the way."""

    ACTIVE = "active", _("办理中")
    REFUSED = "refused", _("不予批准")
    WITHDRAWN = "withdrawn", _("已撤销")
    DONE = "done", _("办结")


OPEN_CASE_STATES = [CaseState.ACTIVE]


class BatchState(models.TextChoices):
    """A batch is open while any of its rows is still on its way."""

    OPEN = "open", _("办理中")
    CLOSED = "closed", _("办结")


class ActKind(models.TextChoices):
    """What was done to a batch."""

    SIGN = "sign", _("办理")
    SIGN_FOR = "sign_for", _("签收")
    TAKE_BACK = "take_back", _("撤回")
    CLOCK = "clock", _("公示期满")
    SEND_BACK = "send_back", _("异议成立退回")


class ScopedQuerySet(models.QuerySet):
    """Choices of rows that carry `area_path`, `line` and `shared_line`."""

    def visible_to(self, user: User) -> "ScopedQuerySet":
        """Return the rows that `user`'s offices in force today cover; none without an office."""
        condition = models.Q(pk__in=[])
        for office in scope_of(user).offices:
            if office.role in ROLES_WITHOUT_CASES:
                continue
            covered = path_range(office.area.path)
            if office.line != Line.ALL:
                covered &= models.Q(line=office.line) | models.Q(shared_line=office.line)
            condition |= covered
        return self.filter(condition)


class BatchQuerySet(ScopedQuerySet):
    """Chainable choices of batches."""

    def waiting_for(self, user: User) -> "BatchQuerySet":
        """Return the batches whose step `user` may act at today (待办)."""
        condition = models.Q(pk__in=[])
        for office in scope_of(user).offices:
            line = "" if office.line == Line.ALL else f"{office.line},"
            condition |= path_range(office.area.path) & models.Q(pending__contains=f",{office.role}:{line}")
        return self.filter(condition, state=BatchState.OPEN)


class Batch(models.Model):
    """Cases that travel together. `version` counts its acts; `pending` lists the seats that must still act.

    `scheme` is an opaque key of what the cases apply for. `waits` is empty while an official must act and
    else names what is awaited (a list whose clock runs). `parent` is the batch that the rows fell out of.
    """

    number = models.CharField(_("批号"), max_length=64, unique=True)
    title = models.CharField(_("名称"), max_length=120)
    flow_key = models.CharField(max_length=48)
    flow_version = models.PositiveSmallIntegerField()
    scheme = models.CharField(max_length=64, db_index=True)
    step = models.CharField(_("环节"), max_length=32)
    state = models.CharField(max_length=8, choices=BatchState, default=BatchState.OPEN)
    area = models.ForeignKey(Area, models.PROTECT, verbose_name=_("村"))
    area_path = models.CharField(max_length=40)
    line = models.CharField(_("条线"), max_length=16, choices=Line)
    shared_line = models.CharField(max_length=16, blank=True)
    pending = models.CharField(max_length=200, blank=True)
    waits = models.CharField(max_length=64, blank=True)
    round = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveIntegerField(default=0)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="offshoots")
    row_count = models.PositiveIntegerField(default=0)
    amount_fen = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField(default=clock.now)
    entered_at = models.DateTimeField(default=clock.now)
    due_on = models.DateField(_("办理期限"), null=True)
    signed_for_at = models.DateTimeField(null=True)
    signed_for_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("批次")
        verbose_name_plural = _("批次")
        indexes = [models.Index(fields=["state", "area_path"]), models.Index(fields=["due_on"])]

    def __str__(self) -> str:
        return self.title


class CaseQuerySet(ScopedQuerySet):
    """Chainable choices of cases."""


class Case(models.Model):
    """One application, change or exit. `subject` is the opaque key of whom it is about.

    Amounts are fen; `amount_fen` is what stands now, `requested_fen` what was asked for.
    """

    number = models.CharField(_("办件号"), max_length=48, unique=True)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="cases")
    flow_key = models.CharField(max_length=48)
    flow_version = models.PositiveSmallIntegerField()
    scheme = models.CharField(max_length=64)
    step = models.CharField(_("环节"), max_length=32)
    state = models.CharField(_("状态"), max_length=10, choices=CaseState, default=CaseState.ACTIVE)
    area = models.ForeignKey(Area, models.PROTECT, verbose_name=_("村"))
    area_path = models.CharField(max_length=40)
    line = models.CharField(max_length=16, choices=Line)
    shared_line = models.CharField(max_length=16, blank=True)
    subject = models.CharField(max_length=64, db_index=True)
    requested_fen = models.BigIntegerField(_("申报金额（分）"), default=0)
    amount_fen = models.BigIntegerField(_("核定金额（分）"), default=0)
    round = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(default=clock.now)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("办件")
        verbose_name_plural = _("办件")
        indexes = [
            # Both lines stand in it, so that what an office may see is counted in the index alone.
            models.Index(fields=["area_path", "line", "shared_line"]),
            models.Index(fields=["state", "area_path"]),
            models.Index(fields=["batch", "state"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def _history_date(self) -> Any:
        """Let field history tell the portal's time (design.md rule 11)."""
        return clock.now()

    @_history_date.setter
    def _history_date(self, value: Any) -> None:
        """Field history clears the date after use; the clock needs nothing cleared."""


class WrittenOnce(RuntimeError):
    """Something tried to change or delete a row that is written once."""

    def __init__(self) -> None:
        super().__init__(_("这条记录写下后不能改也不能删，要更正请另记一条"))


class InsertOnlyQuerySet(models.QuerySet):
    """Rows that are added and read, and nothing else."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise WrittenOnce

    def delete(self) -> NoReturn:
        """Refuse."""
        raise WrittenOnce


class InsertOnly(models.Model):
    """A row that is written once: no change of an existing one, no deletion, alone or in bulk."""

    objects = InsertOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; refuse to change what stands."""
        if not self._state.adding:
            raise WrittenOnce
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise WrittenOnce


class Act(InsertOnly):
    """One person's act on a batch. `key` makes a repeated request return the same `outcome`."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="acts")
    kind = models.CharField(max_length=12, choices=ActKind)
    step = models.CharField(max_length=32)
    level = models.CharField(max_length=10)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="acts")
    office = models.ForeignKey("portal_people.Office", models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=24, blank=True)
    opinion = EncryptedTextField(_("意见"), blank=True)
    at = models.DateTimeField(default=clock.now)
    key = models.CharField(max_length=64, unique=True)
    request_digest = models.CharField(max_length=64)
    outcome = models.JSONField()

    class Meta(InsertOnly.Meta):
        verbose_name = _("办理")
        verbose_name_plural = _("办理")
        indexes = [models.Index(fields=["actor", "at"]), models.Index(fields=["batch", "at"])]


class Decision(InsertOnly):
    """What one act decided of one case. `changes` holds values set at the step; amounts are fen.

    Reasons may tell of a household's illness or misfortune, so they and opinions are encrypted.
    """

    act = models.ForeignKey(Act, models.PROTECT, related_name="decisions")
    case = models.ForeignKey(Case, models.PROTECT, related_name="decisions")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict)
    step = models.CharField(max_length=32)
    level = models.CharField(max_length=10)
    judging = models.BooleanField(default=False)
    to_step = models.CharField(max_length=32, blank=True)
    to_state = models.CharField(max_length=10, choices=CaseState)
    reason = EncryptedTextField(_("理由"), blank=True)
    amount_before_fen = models.BigIntegerField(default=0)
    amount_after_fen = models.BigIntegerField(default=0)
    changes = models.JSONField(default=dict)
    round = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField(default=clock.now)

    class Meta(InsertOnly.Meta):
        verbose_name = _("决定")
        verbose_name_plural = _("决定")
        indexes = [models.Index(fields=["case", "at"]), models.Index(fields=["actor", "case"])]


class Series(models.Model):
    """The last number given in a series, locked while the next is given."""

    prefix = models.CharField(max_length=48, unique=True)
    last = models.PositiveIntegerField(default=0)
