"""Batches, cases, acts and decisions. Changed only through `services.act` and `services.open_case`."""

from datetime import date
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from portal import clock
from portal.areas.models import Area, path_range
from portal.clock.history import PortalTime
from portal.ledger import written
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
    REASSIGN = "reassign", _("转办")
    DELEGATE = "delegate", _("委派")
    ADD_SIGN = "add_sign", _("加签")
    CC = "cc", _("抄送")
    ANSWER = "answer", _("回复意见")
    CALL_BACK = "call_back", _("收回")
    URGE = "urge", _("催办")
    NOTE = "note", _("批注")
    READ = "read", _("已阅")


class TaskKind(models.TextChoices):
    """What one person was asked to do with a batch besides the step's own act."""

    REASSIGN = "reassign", _("转办")
    DELEGATE = "delegate", _("委派")
    ADD_SIGN = "add_sign", _("加签")
    CC = "cc", _("抄送")


# While one of these is open, nobody signs the batch.
ASKING_KINDS = [TaskKind.DELEGATE, TaskKind.ADD_SIGN]


class TaskState(models.TextChoices):
    """Whether the person has done it; `closed` is called back, or the step went on without it."""

    OPEN = "open", _("未办")
    DONE = "done", _("已办")
    CLOSED = "closed", _("已收回")


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
        """Return the batches whose step `user` may act at today, or whose official asked them (待办).

        One query without a join: whom a batch was handed to and who was asked stand in its own row.
        """
        mine = models.Q(held_by=None) | models.Q(held_by=user.pk)
        seats = asked = models.Q(pk__in=[])
        scope = scope_of(user)
        for office in scope.acting:
            covered = path_range(office.area.path)
            line = "" if office.line == Line.ALL else f"{office.line},"
            seats |= covered & models.Q(pending__contains=f",{office.role}:{line}")
            if office in scope.offices and office.role not in ROLES_WITHOUT_CASES:
                if office.line != Line.ALL:
                    covered &= models.Q(line=office.line) | models.Q(shared_line=office.line)
                asked |= covered
        signed = models.Q(signed__contains=f",{user.pk},") | models.Q(signed__contains=f",+{user.pk},")
        condition = (seats & mine & ~signed) | (asked & models.Q(asked__contains=f",{user.pk},"))
        return self.filter(condition, state=BatchState.OPEN)

    def copied_to(self, user: User) -> "BatchQuerySet":
        """Return the batches that were copied to `user` (抄送) and that their offices cover."""
        copied = Task.objects.filter(person=user, kind=TaskKind.CC)
        return self.visible_to(user).filter(pk__in=copied.values("batch"))


@written.followed()
class Batch(models.Model):
    """Cases that travel together. `version` counts its acts; `pending` lists the seats that must still act.

    `scheme` is an opaque key of what the cases apply for. `waits` is empty while an official must act and
    else names what is awaited (a list whose clock runs). `parent` is the batch that the rows fell out of.

    At a step that is countersigned `needs` is how many must agree, fixed when the batch entered it; `signers`
    are those who all must (empty where any of the holders do), `signed` those who did, and whom they stood
    in for. These, `asked` (whose opinion is awaited) and `advised` (who gave one, with the level) are ids
    between commas. `held_by` has the batch alone, by 转办. `urged_on` is the day of the last urging.
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
    needs = models.PositiveSmallIntegerField(default=1)
    signers = models.TextField(blank=True, default="")
    signed = models.TextField(blank=True, default="")
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked = models.TextField(blank=True, default="")
    advised = models.TextField(blank=True, default="")
    urged_on = models.DateField(null=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("批次")
        verbose_name_plural = _("批次")
        indexes = [models.Index(fields=["state", "area_path"]), models.Index(fields=["due_on"])]

    def __str__(self) -> str:
        return self.title


class CaseQuerySet(ScopedQuerySet):
    """Chainable choices of cases."""


@written.followed(but=("batch",))
class Case(PortalTime, models.Model):
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

    def may_have_been_on(self, day: date) -> bool:
        """Return whether something done for the case may have been on `day`: since its opening, not ahead."""
        return clock.day_of(self.opened_at) <= day <= clock.today()


written.follow(Case.history.model)


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


@written.followed()
class Act(InsertOnly):
    """One person's act on a batch. `key` makes a repeated request return the same `outcome`.

    `notes` are what the timeline tells besides: ``people`` (ids of whom it was passed to or asked),
    ``closed`` (ids of those whose signature it ended), ``quorum`` (what a countersign stood at before it),
    ``meeting`` (the day of the office meeting that decided it).
    """

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
    # Whom the actor stood in for while they were on leave.
    instead_of = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    notes = models.JSONField(default=dict)

    class Meta(InsertOnly.Meta):
        verbose_name = _("办理")
        verbose_name_plural = _("办理")
        indexes = [models.Index(fields=["actor", "at"]), models.Index(fields=["batch", "at"])]


@written.followed()
class Decision(InsertOnly):
    """What one act decided of one case. `changes` holds values set at the step; amounts are fen.

    `vouched` is a keyed digest of what was applied for as it stood when the official agreed.

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
    vouched = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta(InsertOnly.Meta):
        verbose_name = _("决定")
        verbose_name_plural = _("决定")
        indexes = [models.Index(fields=["case", "at"]), models.Index(fields=["actor", "case"])]


class Task(models.Model):
    """What one person was asked to do with a batch at a step (转办, 委派, 加签, 抄送).

    `state` moves once, from open; who asked, whom and why stands in the acts too.
    """

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=12, choices=TaskKind)
    state = models.CharField(max_length=8, choices=TaskState, default=TaskState.OPEN)
    step = models.CharField(max_length=32)
    round = models.PositiveSmallIntegerField(default=1)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tasks")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    act = models.ForeignKey(Act, models.PROTECT, related_name="tasks")
    at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("交办事项")
        verbose_name_plural = _("交办事项")
        indexes = [
            models.Index(fields=["person", "kind", "state"]),
            models.Index(fields=["batch", "state"]),
        ]


class Series(models.Model):
    """The last number given in a series, locked while the next is given."""

    prefix = models.CharField(max_length=48, unique=True)
    last = models.PositiveIntegerField(default=0)
