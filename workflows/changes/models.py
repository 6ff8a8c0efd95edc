"""What a case asks of the register, what each level found, help that began first, and temporary aid."""

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.areas.models import Area
from portal.ledger import written
from portal.sealing.fields import EncryptedTextField
from workflows.engine.models import Case, InsertOnly
from workflows.registry.models import Household


class Wanted(models.TextChoices):
    """What a case asks for; which flow it takes, the flow's file says (`variants`)."""

    ENTER = "enter", _("纳入帮扶对象")
    REENTER = "reenter", _("返贫再纳入")
    CATEGORY = "category", _("变更类别")
    BIRTH = "birth", _("新生儿或收养")
    DEATH = "death", _("家人去世")
    MARRY_IN = "marry_in", _("婚嫁入户")
    MARRY_OUT = "marry_out", _("婚嫁离户")
    MOVE_OUT = "move_out", _("家人户籍迁出")
    MOVE = "move", _("整户迁居")
    SPLIT = "split", _("分户")
    HEAD = "head", _("变更户主")
    HELPER = "helper", _("变更帮扶责任人")
    EXIT = "exit", _("退出")


# These ask for a category, and so who may have help.
WANTED_WITH_CATEGORY = [Wanted.ENTER, Wanted.REENTER, Wanted.CATEGORY]
# These may not wait for the procedure: help first (先帮后补, S20).
MAY_BE_URGENT = [Wanted.ENTER, Wanted.REENTER]


@written.followed()
class ChangeRequest(models.Model):
    """What one case asks of the register. `details` and `findings` hold names and health: kept encrypted.

    `details` are what was filed, by key; `findings` what the levels filled in at their steps. `limit_on` is
    the last day for the whole procedure (working days, from the area's settings); None where there is none.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="change")
    household = models.ForeignKey(Household, models.PROTECT, related_name="change_requests")
    wanted = models.CharField(_("事项"), max_length=10, choices=Wanted)
    sealed_details: Any = EncryptedTextField(_("申报内容"))
    sealed_findings: Any = EncryptedTextField(_("核查情况"), blank=True)
    urgent = models.BooleanField(_("紧急，先帮后补"), default=False)
    limit_on = models.DateField(_("全程期限"), null=True)

    class Meta:
        verbose_name = _("对象变更")
        verbose_name_plural = _("对象变更")

    @property
    def details(self) -> dict[str, Any]:
        """Return what was filed."""
        return dict(json.loads(self.sealed_details))

    @details.setter
    def details(self, value: dict[str, Any]) -> None:
        self.sealed_details = json.dumps(value, ensure_ascii=False, sort_keys=True)

    @property
    def findings(self) -> dict[str, Any]:
        """Return what the levels found so far."""
        return dict(json.loads(self.sealed_findings)) if self.sealed_findings else {}

    @findings.setter
    def findings(self, value: dict[str, Any]) -> None:
        self.sealed_findings = json.dumps(value, ensure_ascii=False, sort_keys=True)


@written.followed()
class StartedMeasure(InsertOnly):
    """Help that began before the procedure was through, on an urgent case (先帮后补)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="started_measures")
    what = EncryptedTextField(_("先采取的措施"))
    started_on = models.DateField(_("开始日期"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta(InsertOnly.Meta):
        verbose_name = _("先行帮扶")
        verbose_name_plural = _("先行帮扶")


@written.followed()
class Reserve(models.Model):
    """A township's reserve for temporary aid in a year, in fen (BZ-23). Locked while money is committed."""

    area = models.ForeignKey(Area, models.PROTECT, verbose_name=_("乡镇"))
    area_path = models.CharField(max_length=40, db_index=True)
    year = models.PositiveSmallIntegerField(_("年度"))
    total_fen = models.BigIntegerField(_("备用金（分）"))
    source = models.CharField(_("资金来源"), max_length=120)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("临时救助备用金")
        verbose_name_plural = _("临时救助备用金")
        constraints = [models.UniqueConstraint(fields=["area", "year"], name="one_reserve_a_year")]


class Need(models.TextChoices):
    """Why a household needs aid at once; health stands in the file alone, never in public."""

    ILLNESS = "illness", _("突发重病")
    ACCIDENT = "accident", _("意外事故")
    DISASTER = "disaster", _("火灾、自然灾害")
    LIVING = "living", _("基本生活一时没有着落")
    OTHER = "other", _("其他急难")


@written.followed()
class Aid(models.Model):
    """One temporary aid, and what each level made of it. Amounts are fen; the reserve is its township's.

    `advanced_fen` was handed over before the approval (先行救助); `limit_on` is then the last day for it.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="aid")
    household = models.ForeignKey(Household, models.PROTECT, related_name="aids")
    reserve = models.ForeignKey(Reserve, models.PROTECT, null=True, related_name="aids")
    sealed_need = EncryptedTextField(_("急难类型"), choices=Need)
    reason = EncryptedTextField(_("情况说明"))
    aid_first = models.BooleanField(_("先行救助"), default=False)
    requested_fen = models.BigIntegerField(_("申请（分）"))
    advanced_fen = models.BigIntegerField(_("先行救助（分）"), null=True)
    advanced_on = models.DateField(_("先行救助日期"), null=True)
    received_how = models.CharField(_("怎么领的"), max_length=40, blank=True)
    checked_fen = models.BigIntegerField(_("乡镇核定（分）"), null=True)
    approved_fen = models.BigIntegerField(_("批准（分）"), null=True)
    meeting = models.CharField(_("一事一议会议"), max_length=120, blank=True)
    limit_on = models.DateField(_("补办手续期限"), null=True)

    class Meta:
        verbose_name = _("临时救助")
        verbose_name_plural = _("临时救助")
