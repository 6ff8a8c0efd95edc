"""Messages to officials, written in the transaction of the act they tell of; group robots; choices."""

from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.areas.models import Area
from portal.people.models import Line
from portal.sealing.fields import EncryptedTextField


class Kind(models.TextChoices):
    """What a message is about; each person chooses its channels by this."""

    WORK = "work", _("待办")
    OBJECTION = "objection", _("异议")
    REMINDER = "reminder", _("催办和到期")
    PAGE = "page", _("网页审核")
    DELIVERY = "delivery", _("消息发送故障")


# A broken robot is not told of by robots.
ROBOT_KINDS = [Kind.WORK, Kind.OBJECTION, Kind.REMINDER, Kind.PAGE]


class MailMode(models.TextChoices):
    """When mail points to a message that stands on the desk."""

    NOW = "now", _("马上发")
    DAILY = "daily", _("每天一封")
    NEVER = "never", _("不发")


class Message(models.Model):
    """One message to one person; it names no household and carries no personal data.

    `delivered_at` is when it stood on the person's desk, `mailed_at` when the mail that points to it went
    out, which is not before `mail_due_at` (null: no mail). As long as something is still to be done,
    `next_attempt_at` says when the clock tries again. The primary key is the idempotency id.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="messages")
    kind = models.CharField(_("种类"), max_length=12, choices=Kind, default=Kind.WORK)
    title = models.CharField(_("标题"), max_length=120)
    link = models.CharField(max_length=200, blank=True)
    queued_at = models.DateTimeField(default=clock.now)
    delivered_at = models.DateTimeField(null=True)
    mail_due_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        indexes = [
            models.Index(fields=["recipient", "read_at"]),
            models.Index(fields=["queued_at"], name="outbox_by_age"),
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(next_attempt_at__isnull=False),
                name="outbox_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Choice(models.Model):
    """The channels that a person chose for one kind; without a row mail goes at once and robots may tell."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="message_choices")
    kind = models.CharField(max_length=12, choices=Kind)
    mail = models.CharField(max_length=6, choices=MailMode, default=MailMode.NOW)
    robot = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="one_choice_a_kind")]


class App(models.TextChoices):
    """Whose group robot it is."""

    WECOM = "wecom", _("企业微信")
    DINGTALK = "dingtalk", _("钉钉")


class Reason(models.TextChoices):
    """Why a post did not go out."""

    HOST = "host", _("地址不在允许的域名里，或解析到了内网")
    UNREACHABLE = "unreachable", _("连不上，或对方没有及时回答")
    STATUS = "status", _("对方回答的不是成功")
    REFUSED = "refused", _("群机器人不接受，请核对地址和加签密钥")


class RobotQuerySet(models.QuerySet):
    """Chainable choices of robots."""

    def in_force(self, on: date) -> "RobotQuerySet":
        """Return the robots confirmed, begun and not stopped on the date `on`."""
        return self.filter(confirmed_at__isnull=False, starts_on__lte=on, stopped_at=None)


class Robot(models.Model):
    """A group robot of the offices at an area (and below it, where `below`), confirmed by a second person.

    Address and secret are keys to a group: encrypted, and never shown again. `failures` counts those in a
    row; before `not_before` nothing is sent; `claimed_until` keeps two workers from sending at once.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("区划"))
    line = models.CharField(_("条线"), max_length=16, choices=Line, default=Line.ALL)
    below = models.BooleanField(_("下级的人也用"), default=False)
    app = models.CharField(_("哪家的"), max_length=10, choices=App)
    name = models.CharField(_("名称"), max_length=40)
    host = models.CharField(max_length=120)
    address = EncryptedTextField(_("地址"))
    secret = EncryptedTextField(_("加签密钥"), blank=True)
    starts_on = models.DateField(_("启用日期"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    stopped_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=12, choices=Reason, blank=True)
    problem_detail = models.CharField(max_length=12, blank=True)
    last_posted_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)

    objects = RobotQuerySet.as_manager()

    class Meta:
        verbose_name = _("群机器人")
        verbose_name_plural = _("群机器人")

    def __str__(self) -> str:
        return self.name


class RobotPost(models.Model):
    """One message to a group, however many of its people it tells. Its primary key is the idempotency id."""

    robot = models.ForeignKey(Robot, models.PROTECT, related_name="posts")
    kind = models.CharField(max_length=12, choices=Kind)
    title = models.CharField(max_length=120)
    link = models.CharField(max_length=200, blank=True)
    queued_at = models.DateTimeField(default=clock.now)
    posted_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("群消息")
        verbose_name_plural = _("群消息")
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(next_attempt_at__isnull=False),
                name="outbox_unposted",
            ),
        ]
