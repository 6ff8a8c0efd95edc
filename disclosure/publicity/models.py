"""Public lists: frozen rows with a clock, proof of posting, and objections."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from disclosure.deliberations.models import Deliberation
from disclosure.masking.kinds import Content
from portal import clock
from portal.areas.models import Area, Level
from portal.files.models import PrivateFile
from portal.ledger import written
from portal.people.models import Office, Role
from portal.sealing.fields import EncryptedTextField

from .incidents import Heartbeat as Heartbeat
from .incidents import Outage as Outage
from .incidents import Redaction as Redaction


class ListKind(models.TextChoices):
    """At which stage of its matter a list is published; what it is about is its `content`."""

    RESOLUTION = "resolution", _("村决议公开")
    APPLICATION = "application", _("名单公示")
    RESULT = "result", _("结果公开")
    ANNOUNCEMENT = "announcement", _("公告")


# Kinds whose clock moves rows on; the others are announcements (公告) that take effect at once.
KINDS_WITH_CLOCK = [ListKind.APPLICATION]


class ListState(models.TextChoices):
    """A list runs until its period ends or a corrected version takes its place."""

    RUNNING = "running", _("正在公示")
    ENDED = "ended", _("公示期满")
    SUPERSEDED = "superseded", _("已更正")


class PublicListQuerySet(models.QuerySet):
    """Chainable choices of lists."""

    def published(self) -> "PublicListQuerySet":
        """Return the lists that the public may see: every one, since a list exists only as published."""
        return self.filter(published_at__lte=clock.now())


@written.followed(but=("event",))
class PublicList(models.Model):
    """An immutable snapshot of masked rows with a clock. A correction makes a new version.

    `reference` and `scheme` are opaque keys of the top floor (a batch, a programme version). `series` is the
    number of the first version, which all versions of a list share. `with_money` is false where its matter
    pays nothing (who is on the register): no amount stands on it anywhere, not even a nought.
    `content` decides what a row may show (`masking.kinds`). `facts` hold what an allocation must tell:
    {level, document, total_fen, handed_down_on, due_on}. `changes` tell what differs from the list before
    (`differences.py`), `extensions` the outages that lengthened its days, `redactions` what was taken out:
    pages read them without asking for more. `board_until` is the day to which it must hang on the board.
    `digest` is the RFC 6962 root over the rows' salted commitments. The period runs to the end of
    `closes_on`, Asia/Shanghai; names leave the page after it. Amounts are fen.
    """

    number = models.CharField(_("编号"), max_length=40, unique=True)
    kind = models.CharField(_("种类"), max_length=16, choices=ListKind)
    content = models.CharField(
        _("内容"), max_length=16, choices=Content, default=Content.APPLICATIONS, db_index=True
    )
    title = models.CharField(_("标题"), max_length=120)
    area = models.ForeignKey(Area, models.PROTECT, verbose_name=_("村"))
    area_path = models.CharField(max_length=40, db_index=True)
    line = models.CharField(max_length=16)
    reference = models.CharField(max_length=64, db_index=True)
    scheme = models.CharField(max_length=64, blank=True, db_index=True)
    deliberation = models.ForeignKey(Deliberation, models.PROTECT, null=True, related_name="lists")
    series = models.CharField(max_length=40, db_index=True)
    version = models.PositiveSmallIntegerField(default=1)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")
    correction_reason = models.CharField(_("更正原因"), max_length=200, blank=True)
    state = models.CharField(max_length=12, choices=ListState, default=ListState.RUNNING)
    show_names = models.BooleanField(default=True)
    with_money = models.BooleanField(default=True)
    days = models.PositiveSmallIntegerField(_("公示天数"))
    day_kind = models.CharField(max_length=10, default="calendar", help_text="calendar or working")
    published_at = models.DateTimeField(_("发布时间"))
    starts_on = models.DateField(_("公示开始"))
    closes_on = models.DateField(_("公示截止"))
    board_until = models.DateField(_("公开栏贴到"), null=True)
    facts = models.JSONField(default=dict, blank=True)
    changes = models.JSONField(default=dict, blank=True)
    extensions = models.JSONField(default=list, blank=True)
    redactions = models.JSONField(default=list, blank=True)
    ended_at = models.DateTimeField(null=True)
    row_count = models.PositiveIntegerField(_("户数"))
    total_fen = models.BigIntegerField(_("合计（分）"), default=0)
    digest = models.CharField(max_length=64)
    event = models.BigIntegerField(null=True, help_text="number of the ledger's event of the publication")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = PublicListQuerySet.as_manager()

    class Meta:
        verbose_name = _("公示名单")
        verbose_name_plural = _("公示名单")
        indexes = [
            models.Index(fields=["state", "closes_on"]),
            models.Index(fields=["area_path", "published_at"]),
        ]

    def __str__(self) -> str:
        return self.title


class ListRow(models.Model):
    """One masked row. `shown` holds what anyone may read, without a name.

    `shown` keys: group, item, amount_fen, note (e.g. 乡里核定), reduced_fen (against what the village
    reported), why {text, source_label, source_url, level}, effect. `subject` is the opaque key of the case.
    Who it is (`subject`, `name`, `masked_name`) and what is shown have a salted commitment each, and the
    second covers the first (`digest.py`): what is shown can be proved without telling who it is.
    """

    list = models.ForeignKey(PublicList, models.PROTECT, related_name="rows")
    position = models.PositiveIntegerField()
    subject = models.CharField(max_length=64, db_index=True)
    name = EncryptedTextField(_("姓名"), blank=True, help_text="in full, for the board only")
    masked_name = EncryptedTextField(_("网上姓名"), blank=True)
    shown = models.JSONField()
    amount_fen = models.BigIntegerField(default=0)
    name_salt = models.CharField(max_length=32, blank=True)
    name_commitment = models.CharField(max_length=64)
    salt = models.CharField(max_length=32, blank=True)
    commitment = models.CharField(max_length=64)
    # What is shown since a datum was redacted: from then on this covers it, and the ledger holds it.
    redacted_salt = models.CharField(max_length=32, blank=True)
    redacted_commitment = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "position"], name="one_row_a_position")]


@written.followed()
class Posting(models.Model):
    """Proof that the list hung on the village's board: who saw it there, on which day, with a photo.

    A second person who saw it too may countersign. The public reads the offices of both, never their names.
    """

    list = models.ForeignKey(PublicList, models.PROTECT, related_name="postings")
    seen_on = models.DateField(_("张贴日期"))
    claimed_at = models.DateTimeField(
        null=True, help_text="when the phone says it was written down, without signal"
    )
    sent_key = models.CharField(max_length=40, blank=True, help_text="drawn by the phone: kept once")
    taken_at = models.CharField(max_length=19, blank=True, help_text="what the camera wrote: its own clock")
    taken_where = EncryptedTextField(blank=True, help_text="what the camera wrote: latitude,longitude")
    device = EncryptedTextField(blank=True, help_text="what the camera wrote of itself")
    note = models.CharField(_("说明"), max_length=60, blank=True)
    photo = models.ForeignKey(PrivateFile, models.PROTECT, null=True, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)
    countersigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    countersign_office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    countersigned_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("张贴记录")
        verbose_name_plural = _("张贴记录")
        constraints = [
            models.UniqueConstraint(
                fields=["recorded_by", "sent_key"], condition=~Q(sent_key=""), name="one_posting_a_sending"
            )
        ]


class Channel(models.TextChoices):
    """How an objection came in; all are registered equally."""

    WEB = "web", _("网上")
    PHONE = "phone", _("电话")
    PAPER = "paper", _("纸条或当面")


class Ground(models.TextChoices):
    """What an objection says is wrong."""

    NOT_ELIGIBLE = "not_eligible", _("这家不符合条件")
    AMOUNT = "amount", _("金额不对")
    NOT_BUILT = "not_built", _("没有建，或和写的不一样")
    LEFT_OUT = "left_out", _("该有的人没有")
    FAVOUR = "favour", _("照顾了亲戚熟人")
    PROCEDURE = "procedure", _("没有按规定开会或公示")
    OTHER = "other", _("别的")


class ObjectionState(models.TextChoices):
    """An open objection holds its row; an upheld one sends it back; a dismissed one needs findings."""

    OPEN = "open", _("正在查")
    UPHELD = "upheld", _("异议成立")
    DISMISSED = "dismissed", _("异议不成立")
    WITHDRAWN = "withdrawn", _("本人已撤回")


class ObjectionQuerySet(models.QuerySet):
    """Chainable choices of objections."""

    def apart_from(self, user: Any) -> "ObjectionQuerySet":
        """Leave out those in which `user` is complained of: they see nothing of them, anywhere."""
        return self.exclude(pk__in=Complaint.objects.filter(person=user.pk).values("objection"))


class Correction(models.TextChoices):
    """What became of an upheld objection: its rows went back by themselves, or their list is to be corrected.

    Where nothing is owed (open, dismissed) there is none of these.
    """

    RETURNED = "returned", _("提到的户已经退回重办")
    OWED = "owed", _("名单要更正，还没有更正")
    CORRECTED = "corrected", _("名单已经更正")
    DECLINED = "declined", _("名单不更正，写明了理由")


@written.followed(but=("submission",))
class Objection(models.Model):
    """One objection to a row or to a whole list; anyone may lodge it, with or without a name.

    Found by its receipt code together with the PIN, of which only a keyed hash is kept. `received_on` is the
    day it came in, which for paper and telephone may be before the day it was registered (`received_at`).
    """

    list = models.ForeignKey(PublicList, models.PROTECT, related_name="objections")
    row = models.ForeignKey(ListRow, models.PROTECT, null=True, related_name="objections")
    receipt = models.CharField(_("回执号"), max_length=20, unique=True)
    pin_hash = models.CharField(max_length=64)
    submission = models.CharField(
        max_length=64, blank=True, db_index=True, help_text="keyed hash of the web form; empty after minutes"
    )
    channel = models.CharField(_("渠道"), max_length=8, choices=Channel, default=Channel.WEB)
    ground = models.CharField(_("理由"), max_length=40, choices=Ground, blank=True)
    text = EncryptedTextField(_("内容"))
    contact = EncryptedTextField(_("联系方式"), blank=True)
    late = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=ObjectionState, default=ObjectionState.OPEN)
    received_on = models.DateField(_("收到日期"))
    received_at = models.DateTimeField(default=clock.now)
    due_on = models.DateField(_("答复期限"))
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    appeal_of = models.OneToOneField("self", models.PROTECT, null=True, related_name="appeal")
    # The lowest level that may answer: the village, unless those there must step aside or it is an appeal.
    level = models.CharField(max_length=10, choices=Level, default=Level.VILLAGE)
    passed_up = models.BooleanField(default=False, help_text="those below must step aside")
    holds = models.BooleanField(default=True, help_text="whether an appeal holds its row again")
    complained_role = models.CharField(_("投诉经办的人"), max_length=24, choices=Role, blank=True)
    complained_said = EncryptedTextField(_("投诉的是谁"), blank=True)
    tell_by = models.DateField(_("告知期限"), null=True, help_text="late ones: what becomes of it")
    told_at = models.DateTimeField(null=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    told_words = models.CharField(_("告知的话"), max_length=300, blank=True)
    extended_at = models.DateTimeField(null=True)
    extended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    extension_why = models.CharField(_("延长的理由"), max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    answer_office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    days_taken = models.PositiveSmallIntegerField(null=True, help_text="calendar days to the answer")
    findings = EncryptedTextField(_("查证情况"), blank=True)
    investigators = models.CharField(_("查证人"), max_length=80, blank=True)
    answer = models.CharField(_("答复"), max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    correction = models.CharField(_("名单更正"), max_length=10, choices=Correction, blank=True)
    # The last day for it, by the setting of the day on which it began to be owed (working days).
    correct_by = models.DateField(_("更正期限"), null=True)
    correction_why = models.CharField(_("为什么不更正"), max_length=300, blank=True)
    correction_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    correction_at = models.DateTimeField(null=True)
    corrected_in = models.ForeignKey(PublicList, models.PROTECT, null=True, related_name="settles")

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("异议")
        verbose_name_plural = _("异议")
        indexes = [
            models.Index(fields=["list", "state"]),
            # Few are owed at any time: the to-do counts them on every page.
            models.Index(fields=["correction"], condition=Q(correction="owed"), name="objections_owed"),
        ]


@written.followed()
class Complaint(models.Model):
    """That an objection complains of an official, who answers nothing in it and sees nothing of it.

    `marked_by` is empty where the objector's own words name the person or their office.
    """

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="complaints")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    marked_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("被反映人")
        verbose_name_plural = _("被反映人")
        constraints = [
            models.UniqueConstraint(fields=["objection", "person"], name="one_complaint_of_a_person")
        ]
