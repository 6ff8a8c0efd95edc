"""Accounts and the offices they hold: an office is a role at an area for a line, from a date to a date."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractUser
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.areas.models import Area, Level
from portal.ledger import written
from portal.sealing.fields import EncryptedTextField


class Role(models.TextChoices):
    """What an office lets its holder do; which acts, the flows say."""

    VILLAGE_CLERK = "village_clerk", _("村文书")
    VILLAGE_SECRETARY = "village_secretary", _("村党支部书记")
    VILLAGE_SUPERVISION = "village_supervision", _("村务监督委员会")
    HELPER = "helper", _("帮扶责任人")
    RESIDENT_TEAM = "resident_team", _("驻村工作队")
    GRID_WORKER = "grid_worker", _("网格员")
    TOWNSHIP_REVIEWER = "township_reviewer", _("乡镇经办")
    TOWNSHIP_HEAD = "township_head", _("乡镇负责人")
    COUNTY_REVIEWER = "county_reviewer", _("县级经办")
    COUNTY_HEAD = "county_head", _("县级负责人")
    COUNTY_FINANCE = "county_finance", _("县财政")
    CITY_ASSESSOR = "city_assessor", _("市级考核")
    SUPERVISOR = "supervisor", _("监督员")
    EDITOR = "editor", _("网页编辑")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDIT_ADMIN = "audit_admin", _("审计管理员")


VILLAGE_ROLES = [
    Role.VILLAGE_CLERK,
    Role.VILLAGE_SECRETARY,
    Role.VILLAGE_SUPERVISION,
    Role.HELPER,
    Role.RESIDENT_TEAM,
    Role.GRID_WORKER,
]
TOWNSHIP_ROLES = [Role.TOWNSHIP_REVIEWER, Role.TOWNSHIP_HEAD]
COUNTY_ROLES = [Role.COUNTY_REVIEWER, Role.COUNTY_HEAD, Role.COUNTY_FINANCE]
ADMINISTRATOR_ROLES = [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN]
# These hold no business: cases, households and lists of the desk are closed to them (design.md rule 3).
ROLES_WITHOUT_CASES = [*ADMINISTRATOR_ROLES, Role.EDITOR]
# 监督委员会 excludes members of the village committee (domain.md S3, 村民委员会组织法).
SUPERVISED_BY_COMMITTEE = [Role.VILLAGE_CLERK, Role.VILLAGE_SECRETARY]
# Who may stand in for somebody, and be stood in for (`leave`).
SUBSTITUTABLE = [*VILLAGE_ROLES, *TOWNSHIP_ROLES, *COUNTY_ROLES]
# The level of area that each role is held at; a role that is missing here may be held at any level.
ROLE_LEVEL = {
    **dict.fromkeys(VILLAGE_ROLES, Level.VILLAGE),
    **dict.fromkeys(TOWNSHIP_ROLES, Level.TOWNSHIP),
    **dict.fromkeys(COUNTY_ROLES, Level.COUNTY),
    Role.CITY_ASSESSOR: Level.CITY,
}


def watches(one: str, other: str) -> bool:
    """Return whether of two roles at one village the one watches the other, whichever it is."""
    return (one == Role.VILLAGE_SUPERVISION and other in SUPERVISED_BY_COMMITTEE) or (
        other == Role.VILLAGE_SUPERVISION and one in SUPERVISED_BY_COMMITTEE
    )


class Line(models.TextChoices):
    """条线: the line of business that an office or a case belongs to."""

    ALL = "all", _("全部条线")
    ASSISTANCE = "assistance", _("帮扶")
    CIVIL_AFFAIRS = "civil_affairs", _("民政")
    EDUCATION = "education", _("教育")
    HEALTH = "health", _("卫健")
    HOUSING = "housing", _("住建")
    FINANCE = "finance", _("财政")


@written.followed(but=("last_login",))
class User(AbstractUser):
    """An account of one person. Its rights come from offices alone; superuser status opens nothing."""

    display_name = models.CharField(_("姓名"), max_length=40)
    phone = EncryptedTextField(_("手机号"), blank=True)
    last_name = None

    class Meta:
        verbose_name = _("账号")
        verbose_name_plural = _("账号")

    def __str__(self) -> str:
        return self.display_name or self.username

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any]) -> "User":
        """Return the account as stored, less its superuser status.

        Django, Wagtail and guardian each ask `is_superuser` before they ask anything else; here offices
        alone decide (design.md rule 2), so no loaded account ever says yes. `compare_offices` names
        accounts whose row still holds the flag.
        """
        user = super().from_db(db, field_names, values)
        user.is_superuser = False
        return user

    def check_password(self, raw_password: str) -> bool:
        """Return whether it is the password; a hash that has become too weak is renewed, with an event."""

        def renew(raw_password: str) -> None:
            from portal.ledger.services import Draft, append

            self.set_password(raw_password)
            self._password = None
            with transaction.atomic():
                locked = User.objects.select_for_update().get(pk=self.pk)
                locked.password = self.password
                locked.save(update_fields=["password"])
                body = {"username": self.username}
                append(Draft("account.password_rehashed", "account", str(self.pk), self, body=body))

        return check_password(raw_password, self.password, renew)

    @property
    def first_name(self) -> str:
        """Return the name of the person: Wagtail's side bar asks for nothing else."""
        return self.display_name

    def get_full_name(self) -> str:
        """Return the name of the person, as Wagtail's screens show it."""
        return self.display_name

    def get_short_name(self) -> str:
        """Return the name of the person."""
        return self.display_name


class Announced(models.TextChoices):
    """What guardian permissions and upper rooms were last told of an office; dates alone decide rights."""

    WAITING = "waiting", _("未到任")
    IN_FORCE = "in_force", _("在任")
    ENDED = "ended", _("已离任")


class OfficeQuerySet(models.QuerySet):
    """Chainable choices of offices."""

    def in_force(self, on: object) -> "OfficeQuerySet":
        """Return the offices held on the date `on`; the ending date itself is no longer held."""
        return self.filter(starts_on__lte=on).lasting(on)

    def lasting(self, on: object) -> "OfficeQuerySet":
        """Return the offices held on the date `on` or to come after it."""
        return self.filter(models.Q(ends_on=None) | models.Q(ends_on__gt=on))


@written.followed(but=("announced",))
class Office(models.Model):
    """A role at an area for a line, from a date to a date. It covers the area's subtree, nothing else."""

    user = models.ForeignKey(User, models.PROTECT, related_name="offices", verbose_name=_("人员"))
    role = models.CharField(_("职务"), max_length=24, choices=Role)
    area = models.ForeignKey(Area, models.PROTECT, related_name="offices", verbose_name=_("区划"))
    line = models.CharField(_("条线"), max_length=16, choices=Line)
    starts_on = models.DateField(_("起任日期"))
    ends_on = models.DateField(_("离任日期"), null=True, blank=True)
    granted_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("授予人")
    )
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("复核人")
    )
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    end_reason = models.CharField(_("离任原因"), max_length=200, blank=True)
    announced = models.CharField(max_length=10, choices=Announced, default=Announced.WAITING, editable=False)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        indexes = [models.Index(fields=["user", "starts_on"]), models.Index(fields=["role", "area"])]

    def __str__(self) -> str:
        return f"{self.area}{self.get_role_display()}"


class SubstitutionQuerySet(models.QuerySet):
    """Chainable choices of substitutions."""

    def in_force(self, on: object) -> "SubstitutionQuerySet":
        """Return the confirmed substitutions on the date `on`, both their days included."""
        return self.exclude(confirmed_at=None).filter(
            starts_on__lte=on, last_on__gte=on, ended_at=None, declined_at=None
        )


@written.followed()
class Substitution(models.Model):
    """代办: while the holder of `office` is on leave, `substitute` acts by it, from a day to a day included.

    Without effect until a superior or the security administrator has confirmed it; ends by its date.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="substitutions")
    substitute = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("代办人"))
    starts_on = models.DateField(_("从哪天起"))
    last_on = models.DateField(_("到哪天为止"))
    # May tell of an illness.
    reason = EncryptedTextField(_("事由"))
    named_at = models.DateTimeField(default=clock.now)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = SubstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("代办")
        verbose_name_plural = _("代办")
        indexes = [models.Index(fields=["substitute", "last_on"]), models.Index(fields=["office", "last_on"])]


class InvitationCode(models.Model):
    """What an invitation takes besides its address (`codes`): a keyed digest, and how often it was missed."""

    user = models.OneToOneField(User, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    failures = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("邀请口令")
        verbose_name_plural = _("邀请口令")


class JointKind(models.TextChoices):
    """What two people do about an account, and neither alone."""

    GRANT = "grant", _("授予职务")
    FACTORS = "factors", _("清除第二道验证")
    REACTIVATE = "reactivate", _("恢复停用的账号")
    RESET = "reset", _("重置没有第二道验证的账号")


@written.followed()
class JointAct(models.Model):
    """Asked for by the security administrator, done when a second person agrees (`joint`)."""

    kind = models.CharField(max_length=12, choices=JointKind)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("人员"))
    # Of the office to be granted, or of the one by which the second person is found.
    role = models.CharField(_("职务"), max_length=24, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("区划"))
    line = models.CharField(_("条线"), max_length=16, default=Line.ALL)
    starts_on = models.DateField(_("起任日期"), null=True)
    ends_on = models.DateField(_("离任日期"), null=True)
    reason = EncryptedTextField(_("原因"), blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(null=True)
    answer = EncryptedTextField(blank=True)

    class Meta:
        verbose_name = _("两人共办")
        verbose_name_plural = _("两人共办")
        indexes = [models.Index(fields=["answered_at", "user"])]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def office(self) -> str:
        """The office concerned, in words; empty where there is none."""
        return f"{self.area}{Role(self.role).label}" if self.role else ""
