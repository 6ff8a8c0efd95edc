"""Reports of errors on public pages. What people wrote and how to reach them is encrypted."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.areas.models import Area, Level, path_range
from portal.ledger import written
from portal.people.models import Role
from portal.people.scope import scope_of
from portal.sealing.fields import EncryptedTextField

# Editors answer, a county head steps in where they do not, supervisors read.
ANSWERERS = (Role.EDITOR, Role.COUNTY_HEAD)
READERS = (*ANSWERERS, Role.SUPERVISOR)
WHOLE_SITE = (Level.CITY, Level.COUNTY)


class ErrorKind(models.TextChoices):
    """What is wrong, as a reader says it."""

    WORDS = "words", _("错字、病句")
    FIGURES = "figures", _("数字、金额、日期不对")
    STALE = "stale", _("内容过时了")
    LINK = "link", _("打不开，点错了地方")
    PRIVACY = "privacy", _("露了别人的隐私")
    OTHER = "other", _("别的")


class Outcome(models.TextChoices):
    """What came of a report."""

    CORRECTED = "corrected", _("确实有错，已经改了")
    PASSED = "passed", _("归别的单位管，已经转过去")
    RIGHT = "right", _("核对过，没有错")


class ReportQuerySet(models.QuerySet["ErrorReport"]):
    """Reports, narrowed to who may see them."""

    def visible_to(self, user: Any) -> "ReportQuerySet":
        """Return those of areas that the user's offices edit or watch; the county's people see the rest."""
        condition = Q(pk__in=[])
        for office in scope_of(user).offices:
            if office.role in READERS:
                condition |= path_range(office.area.path)
                if office.area.level in WHOLE_SITE:
                    condition |= Q(area_path="")
        return self.filter(condition)

    def open(self) -> "ReportQuerySet":
        """Return those that wait for an answer."""
        return self.filter(outcome="")


@written.followed()
class ErrorReport(models.Model):
    """One reported error, found by its receipt code and the PIN, of which only a keyed hash is kept."""

    receipt = models.CharField(_("回执号"), max_length=20, unique=True)
    pin_hash = models.CharField(max_length=64)
    submission = models.CharField(max_length=64, blank=True, db_index=True)
    path = models.CharField(_("网页"), max_length=255, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", verbose_name=_("地区"))
    area_path = models.CharField(max_length=255, blank=True, db_index=True)
    kind = models.CharField(_("哪里不对"), max_length=10, choices=ErrorKind)
    text = EncryptedTextField(_("内容"))
    contact = EncryptedTextField(_("联系方式"), blank=True)
    received_on = models.DateField(_("收到日期"))
    received_at = models.DateTimeField(default=clock.now)
    due_on = models.DateField(_("答复期限"))
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome, blank=True)
    answer = models.CharField(_("答复"), max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    escalated_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("网页纠错")
        indexes = [models.Index(fields=["outcome", "due_on"], name="errata_open_first")]
