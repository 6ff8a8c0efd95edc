"""A village's meetings on one matter: the four (四议), or the one of an appraisal (民主评议)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.areas.models import Area
from portal.files.models import PrivateFile
from portal.ledger import written
from portal.sealing.fields import EncryptedTextField


class MeetingStep(models.TextChoices):
    """The four meetings, in their order; and the one at which the village appraises."""

    PROPOSAL = "proposal", _("支部提议")
    CONSULTATION = "consultation", _("两委商议")
    DELIBERATION = "deliberation", _("党员审议")
    RESOLUTION = "resolution", _("村民代表决议")
    APPRAISAL = "appraisal", _("民主评议")


MEETING_STEPS = [
    MeetingStep.PROPOSAL,
    MeetingStep.CONSULTATION,
    MeetingStep.DELIBERATION,
    MeetingStep.RESOLUTION,
]


class DeliberationKind(models.TextChoices):
    """By which meetings a matter is settled: the four (XC-07), or one appraisal (S17, S21, WZ-06)."""

    FOUR = "four", _("四议")
    APPRAISAL = "appraisal", _("民主评议")


STEPS_OF = {
    DeliberationKind.FOUR: MEETING_STEPS,
    DeliberationKind.APPRAISAL: [MeetingStep.APPRAISAL],
}


class ResolutionForm(models.TextChoices):
    """Which assembly resolves (only of the fourth meeting)."""

    DELEGATES = "delegates", _("村民代表会议")
    VILLAGERS = "villagers", _("村民会议")
    HOUSEHOLD_DELEGATES = "household_delegates", _("村民会议（户代表）")
    MEMBERS = "members", _("集体成员大会")
    MEMBER_DELEGATES = "member_delegates", _("集体成员代表大会")


class Assets(models.TextChoices):
    """Whether the matter is one of the village collective's assets, which has a stricter resolution (S7)."""

    NONE = "", _("不涉及集体资产")
    DISTRIBUTION = "distribution", _("集体收益分配、集体财产使用处置")
    SHARES = "shares", _("集体资产折股量化（确定成员份额）")


# Who may resolve on it: what concerns collective assets is the members', quantifying shares theirs alone.
FORMS_OF = {
    Assets.NONE: [
        ResolutionForm.DELEGATES,
        ResolutionForm.VILLAGERS,
        ResolutionForm.HOUSEHOLD_DELEGATES,
    ],
    Assets.DISTRIBUTION: [ResolutionForm.MEMBER_DELEGATES, ResolutionForm.MEMBERS],
    Assets.SHARES: [ResolutionForm.MEMBERS],
}


class DeliberationState(models.TextChoices):
    """A deliberation is open until its last meeting passes, one fails, another list replaces its own, or its
    matter is taken down."""

    OPEN = "open", _("进行中")
    PASSED = "passed", _("已通过")
    FAILED = "failed", _("未通过")
    REPLACED = "replaced", _("已因名单变动另行再议")
    WITHDRAWN = "withdrawn", _("事情撤下了，没有议完")


CLOSED_DELIBERATION_STATES = [
    DeliberationState.PASSED,
    DeliberationState.FAILED,
    DeliberationState.REPLACED,
    DeliberationState.WITHDRAWN,
]


@written.followed()
class Deliberation(models.Model):
    """One matter before a village's meetings (by `kind`), bound to the exact list that is voted on.

    `reference` is the matter's opaque key (``"batch:<number>"``); `list_digest` the digest of its list.
    A matter that failed may come again: `round` counts. `closed_why` says why one that was neither passed
    nor failed is over: its matter was taken down.
    """

    number = models.CharField(_("编号"), max_length=40, unique=True)
    reference = models.CharField(max_length=64, db_index=True)
    kind = models.CharField(_("会议"), max_length=12, choices=DeliberationKind, default=DeliberationKind.FOUR)
    assets = models.CharField(_("集体资产"), max_length=16, choices=Assets, blank=True, default="")
    matter = models.CharField(_("事项"), max_length=200)
    area = models.ForeignKey(Area, models.PROTECT, verbose_name=_("村"))
    area_path = models.CharField(max_length=40, db_index=True)
    line = models.CharField(max_length=16)
    list_digest = models.CharField(max_length=64)
    item_count = models.PositiveIntegerField(_("户数"))
    amount_fen = models.BigIntegerField(_("金额（分）"), default=0)
    round = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, choices=DeliberationState, default=DeliberationState.OPEN)
    handed_in_on = models.DateField(_("名单提交日期"), default=clock.today)
    closed_why = models.CharField(_("撤下的原因"), max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(default=clock.now)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("四议")
        verbose_name_plural = _("四议")
        constraints = [
            models.UniqueConstraint(fields=["reference", "round"], name="one_deliberation_a_round")
        ]

    @property
    def is_open(self) -> bool:
        """Whether its next meeting can still be held."""
        return self.state == DeliberationState.OPEN

    @property
    def steps(self) -> list[MeetingStep]:
        """Return its meetings, in their order."""
        return STEPS_OF[DeliberationKind(self.kind)]

    @property
    def forms(self) -> list[ResolutionForm]:
        """Return the assemblies that may resolve on it, the usual one first."""
        return FORMS_OF[Assets(self.assets)]


@written.followed()
class Meeting(models.Model):
    """One of the meetings: who was due and came, how they voted, and whether the rule was met.

    `rule` is the pass rule as it stood that day, with its source; `explanation` says in words why the
    meeting passed or failed. Counts only: no voter's name is kept here. Those online and those who came by
    a proxy of their household are among those present. `prefilled` are the minutes as the portal drew them
    up from the list; `minutes` as the clerk left them. `merged` meetings were held as one.
    """

    deliberation = models.ForeignKey(Deliberation, models.PROTECT, related_name="meetings")
    step = models.CharField(_("会议"), max_length=16, choices=MeetingStep)
    form = models.CharField(max_length=24, choices=ResolutionForm, blank=True)
    held_on = models.DateField(_("日期"))
    place = models.CharField(_("地点"), max_length=80, blank=True)
    convened_by = models.CharField(_("召集"), max_length=60)
    due_count = models.PositiveIntegerField(_("应到"))
    present_count = models.PositiveIntegerField(_("实到"))
    votes_for = models.PositiveIntegerField(_("赞成"))
    votes_against = models.PositiveIntegerField(_("反对"), default=0)
    votes_abstained = models.PositiveIntegerField(_("弃权"), default=0)
    stepped_out = models.PositiveIntegerField(_("因亲属关系回避"), default=0)
    online_count = models.PositiveIntegerField(_("其中线上参加"), default=0)
    proxy_count = models.PositiveIntegerField(_("其中同户委托"), default=0)
    notified_on = models.DateField(_("开会通知日期"), null=True)
    merged = models.BooleanField(_("两次会议合并开"), default=False)
    witness = models.CharField(_("乡镇见证人"), max_length=40, blank=True)
    minutes = EncryptedTextField(_("记录"), blank=True)
    prefilled = EncryptedTextField(_("预填的记录"), blank=True)
    passed = models.BooleanField()
    explanation = models.CharField(max_length=300)
    rule = models.JSONField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("会议")
        verbose_name_plural = _("会议")
        constraints = [models.UniqueConstraint(fields=["deliberation", "step"], name="one_meeting_a_step")]


class PaperKind(models.TextChoices):
    """What a paper of a meeting is."""

    SIGN_IN = "sign_in", _("签到表")
    MINUTES = "minutes", _("会议记录")
    PHOTO = "photo", _("现场照片")
    NOTICE = "notice", _("开会通知")
    OTHER = "other", _("其他材料")


@written.followed()
class MeetingPaper(models.Model):
    """Of which meeting a private file is, and what it is; `step` is empty where nobody said."""

    deliberation = models.ForeignKey(Deliberation, models.PROTECT, related_name="papers")
    file = models.OneToOneField(PrivateFile, models.PROTECT, related_name="+")
    step = models.CharField(_("会议"), max_length=16, choices=MeetingStep, blank=True)
    kind = models.CharField(_("是什么"), max_length=8, choices=PaperKind, default=PaperKind.OTHER)

    class Meta:
        verbose_name = _("会议材料")
        verbose_name_plural = _("会议材料")
