"""Requests of households, and every step that was taken with them. Names, phones and words are encrypted."""

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.areas.models import Area
from portal.ledger import written
from portal.people.models import Line
from portal.sealing.fields import EncryptedTextField
from workflows.changes.models import Wanted
from workflows.engine.models import Case, InsertOnly
from workflows.programmes.definitions import takes_own
from workflows.programmes.models import Programme, ProgrammeVersion
from workflows.registry.models import Household


class Channel(models.TextChoices):
    """How a request came in; all are registered equally."""

    WEB = "web", _("网上")
    PHONE = "phone", _("电话")
    VISIT = "visit", _("来人")
    PAPER = "paper", _("书面")


class Matter(models.TextChoices):
    """What it is about; this and the line decide which office has it first."""

    PROGRAMME = "programme", _("申请项目")
    CHANGE = "change", _("家里有变化")
    HARDSHIP = "hardship", _("急难求助")
    OTHER = "other", _("反映情况")


class RequestState(models.TextChoices):
    """Whether it still waits. Nothing moves by the clock but the light."""

    OPEN = "open", _("正在办")
    FILED = "filed", _("已立案")
    ANSWERED = "answered", _("已答复")


class Signed(models.TextChoices):
    """How the asker stood by what was written down."""

    SELF = "self", _("本人签字")
    HANDPRINT = "handprint", _("本人按手印")
    PROXY = "proxy", _("别人代写，本人按手印")


class Outcome(models.TextChoices):
    """What an answer comes to."""

    HELPED = "helped", _("办了，或说清楚了")
    REFUSED = "refused", _("不能办")


class Told(models.TextChoices):
    """How the asker learned of the answer, besides the receipt's page."""

    FACE = "face", _("当面说了")
    PHONE = "phone", _("电话说了")
    PAPER = "paper", _("把答复交到手上，本人签收")
    PRINT = "print", _("念给本人听，本人按手印")


class Identified(models.TextChoices):
    """How an official made sure which household a form on the web is of, before it is filed."""

    PAPERS = "papers", _("当面看了身份证、户口簿")
    HOME = "home", _("上门见了本人")
    PHONE = "phone", _("打电话给户档里的号码，本人认可")


# By which form it came in is forgotten after a while; when the clock looks at it again is no act.
@written.followed(but=("submission", "next_on"))
class HelpRequest(models.Model):
    """What somebody asks for. `holder` with `line` is the office that has it; `due_on` counts working days.

    The PIN is kept as a keyed hash; `submission` is the digest of the form for some minutes, so that a double
    click makes one. `version` counts the acts. `next_on` is when the clock looks at it again. Where the
    household filled in a programme's own form, or an office did so from its paper, `form_version` is the
    version that it saw and `sealed_answers` what was typed, as it was typed.
    """

    receipt = models.CharField(_("回执号"), max_length=20, unique=True)
    pin_hash = models.CharField(max_length=64)
    submission = models.CharField(max_length=64, blank=True, db_index=True)
    channel = models.CharField(_("怎么来的"), max_length=8, choices=Channel)
    matter = models.CharField(_("什么事"), max_length=12, choices=Matter)
    programme = models.ForeignKey(Programme, models.PROTECT, null=True, related_name="requests")
    wanted = models.CharField(max_length=10, choices=Wanted, blank=True)
    form_version = models.ForeignKey(ProgrammeVersion, models.PROTECT, null=True, related_name="+")
    sealed_answers: Any = EncryptedTextField(_("本人填的"), blank=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="requests", verbose_name=_("村"))
    area_path = models.CharField(max_length=40)
    holder = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("承办"))
    holder_path = models.CharField(max_length=40)
    line = models.CharField(_("条线"), max_length=16, choices=Line)
    state = models.CharField(_("状态"), max_length=10, choices=RequestState, default=RequestState.OPEN)
    text = EncryptedTextField(_("说的话"))
    name = EncryptedTextField(_("姓名"))
    phone = EncryptedTextField(_("电话"), blank=True)
    signed_how = models.CharField(_("怎么签的"), max_length=10, choices=Signed, blank=True)
    proxy_name = EncryptedTextField(_("代写人"), blank=True)
    witness_name = EncryptedTextField(_("见证人"), blank=True)
    received_on = models.DateField(_("收到日期"))
    received_at = models.DateTimeField(default=clock.now)
    due_on = models.DateField(_("期限"))
    next_on = models.DateField(null=True, db_index=True)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    registered_at = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="requests")
    name_matches = models.BooleanField(default=False)
    # Whose request it is, settled where several households of the village have somebody of the asker's name.
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="requests")
    outcome = models.CharField(_("结果"), max_length=8, choices=Outcome, blank=True)
    answer = EncryptedTextField(_("答复"), blank=True)
    basis = models.CharField(_("依据"), max_length=200, blank=True)
    remedy = models.CharField(_("不服怎么办"), max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    told_how = models.CharField(_("怎么告诉本人的"), max_length=8, choices=Told, blank=True)
    told_on = models.DateField(_("告诉本人的日期"), null=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("申请")
        verbose_name_plural = _("来访与申请")
        indexes = [
            models.Index(fields=["holder_path", "line"]),
            models.Index(fields=["state", "due_on"]),
        ]

    def __str__(self) -> str:
        return self.receipt

    @property
    def files_itself(self) -> bool:
        """Return whether the form is one by which the household files by itself."""
        return self.form_version is not None and takes_own(self.form_version.definition)

    @property
    def answers(self) -> dict[str, str]:
        """Return what the household typed into the programme's form, by the fields' keys."""
        return dict(json.loads(self.sealed_answers)) if self.sealed_answers else {}

    @property
    def answered(self) -> list[tuple[str, str]]:
        """Return label and words of what the household typed, in the form's order."""
        if self.form_version is None:
            return []
        given = self.answers
        return [
            (one["label"], given[one["key"]] + (_("元") if one["kind"] == "money" else ""))
            for one in self.form_version.definition["fields"]
            if given.get(one["key"])
        ]


@written.followed()
class SelfFiling(InsertOnly):
    """That a case was filed by the household itself: on which request, and who made sure whose it is, how."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="self_filing")
    request = models.ForeignKey(HelpRequest, models.PROTECT, related_name="filings")
    identified_how = models.CharField(_("怎么认定的"), max_length=8, choices=Identified)
    identified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta(InsertOnly.Meta):
        verbose_name = _("本户自己申报")
        verbose_name_plural = _("本户自己申报")


class RequestStepKind(models.TextChoices):
    """What happened to a request. Those of the clock are written once for each `number`."""

    RECEIVED = "received", _("收到")
    PASSED = "passed", _("转交")
    FILED = "filed", _("立案")
    ANSWERED = "answered", _("答复")
    TOLD = "told", _("告知本人")
    YELLOW = "yellow", _("快到期，提醒承办")
    RED = "red", _("超期，提醒承办")
    ESCALATED = "escalated", _("超期，报上一级")
    REOPENED = "reopened", _("办件撤销，重新要办")
    WHOSE = "whose", _("认定是哪一户")


@written.followed()
class RequestStep(InsertOnly):
    """One step of a request, for its timeline and its receipt's page. `told` names offices, never people.

    `number` is the request's version for acts, the level for escalations, else 0: a step exists only once.
    """

    request = models.ForeignKey(HelpRequest, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=RequestStepKind)
    number = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    holder = models.CharField(max_length=80, blank=True)
    words = EncryptedTextField(blank=True)
    told = models.JSONField(default=list)

    class Meta(InsertOnly.Meta):
        verbose_name = _("申请的经过")
        verbose_name_plural = _("申请的经过")
        constraints = [
            models.UniqueConstraint(fields=["request", "kind", "number"], name="one_step_of_a_request")
        ]
