"""Rounds of assessment, their subjects, scores, appeals and consequences. Written by this room's services."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _gettext
from django.utils.translation import gettext_lazy as _

from disclosure.publicity.models import PublicList
from portal import clock
from portal.areas.models import Area, Level, path_range
from portal.ledger import written
from portal.people.models import COUNTY_ROLES, TOWNSHIP_ROLES, Line, Office, Role
from portal.people.scope import scope_of
from portal.sealing.fields import EncryptedTextField
from workflows.engine.models import InsertOnly, InsertOnlyQuerySet


class RoundKind(models.TextChoices):
    """XC-39: a half-year assessment in late June, the annual acceptance in late December."""

    HALF = "half", _("半年考核")
    YEAR = "year", _("年度考核")


def named(kind: str, year: int) -> str:
    """Return which round of which year it is, as officials call it."""
    if kind == RoundKind.YEAR:
        return _gettext("%(year)s年度考核") % {"year": year}
    return _gettext("%(year)s年半年考核") % {"year": year}


class Subjects(models.TextChoices):
    """Whom a round assesses."""

    COUNTY = "county", _("县")
    TOWNSHIP = "township", _("乡镇")
    VILLAGE = "village", _("村")
    HELPER = "helper", _("帮扶责任人")


# A round is held at the level above its subjects: there it is scored and decided.
HELD_AT = {
    Subjects.COUNTY: Level.CITY,
    Subjects.TOWNSHIP: Level.COUNTY,
    Subjects.VILLAGE: Level.TOWNSHIP,
    Subjects.HELPER: Level.TOWNSHIP,
}
# Who opens and scores at each level, and who decides: never one of those who scored (design.md rule 3).
SCORING = {
    Level.CITY: [Role.CITY_ASSESSOR, Role.SUPERVISOR],
    Level.COUNTY: [Role.COUNTY_REVIEWER, Role.SUPERVISOR, Role.CITY_ASSESSOR],
    Level.TOWNSHIP: [Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER, Role.SUPERVISOR],
}
DECIDING = {
    Level.CITY: [Role.CITY_ASSESSOR],
    Level.COUNTY: [Role.COUNTY_HEAD],
    Level.TOWNSHIP: [Role.TOWNSHIP_HEAD],
}
READING_ROLES = [Role.VILLAGE_SECRETARY, Role.HELPER, *TOWNSHIP_ROLES, *COUNTY_ROLES]
READING_ROLES += [Role.CITY_ASSESSOR, Role.SUPERVISOR]
# Whoever answers for an assessed area may appeal for it; a helper for themselves.
APPEALING = {
    Subjects.COUNTY: [Role.COUNTY_HEAD],
    Subjects.TOWNSHIP: [Role.TOWNSHIP_HEAD],
    Subjects.VILLAGE: [Role.VILLAGE_SECRETARY],
    Subjects.HELPER: [Role.HELPER],
}


class RoundState(models.TextChoices):
    """How far a round is. It never goes on by itself."""

    SCORING = "scoring", _("正在打分")
    APPEALS = "appeals", _("可以申诉")
    DECIDED = "decided", _("上一级已审定")
    ACCEPTED = "accepted", _("市级已验收")
    PUBLISHED = "published", _("结果已公开")
    CLOSED = "closed", _("已办结")
    CALLED_OFF = "called_off", _("已作废")


# Until its results are public a round that was opened wrongly may be called off.
CALLED_OFF_FROM = [RoundState.SCORING, RoundState.APPEALS, RoundState.DECIDED, RoundState.ACCEPTED]
# What follows from a result is recorded as soon as it was decided; an interview may come after the closing.
FOLLOWED_FROM = [RoundState.DECIDED, RoundState.ACCEPTED, RoundState.PUBLISHED, RoundState.CLOSED]
# From then on those who are assessed read their scores.
TOLD_STATES = [
    RoundState.APPEALS,
    RoundState.DECIDED,
    RoundState.ACCEPTED,
    RoundState.PUBLISHED,
    RoundState.CLOSED,
]


class RoundQuerySet(models.QuerySet):
    """Chainable choices of rounds."""

    def visible_to(self, user: Any) -> "RoundQuerySet":
        """Return the rounds of their line at or under which `user` holds an office.

        Offices within the area are assessed by it: they read it once its scores were told, and that it was
        called off afterwards.
        """
        condition = Q(pk__in=[])
        told = Q(state__in=TOLD_STATES) | Q(state=RoundState.CALLED_OFF, appeal_until__isnull=False)
        for office in scope_of(user).offices:
            if office.role not in READING_ROLES:
                continue
            path = office.area.path
            above = [path[:end] for end in range(Area.steplen, len(path), Area.steplen)]
            reach = path_range(path) | Q(area_path__in=above) & told
            condition |= reach if office.line == Line.ALL else reach & Q(line=office.line)
        return self.filter(condition)

    def standing(self) -> "RoundQuerySet":
        """Return the rounds that were not called off."""
        return self.exclude(state=RoundState.CALLED_OFF)


@written.followed()
class Round(models.Model):
    """One assessment of all subjects of a kind within `area`, over some days, first and last included.

    The days follow from kind and year. `weights` (by indicator) and `grades` (the points from which each
    is given) are those of configuration on the day it was opened. `sent_back_words` say what the city found
    wanting, `accepted_words` what it looked at, `called_off_words` why the round does not count.
    """

    number = models.CharField(_("考核号"), max_length=40, unique=True)
    kind = models.CharField(_("哪一次"), max_length=4, choices=RoundKind)
    subjects_are = models.CharField(_("考谁"), max_length=10, choices=Subjects)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("范围"))
    area_path = models.CharField(max_length=40, db_index=True)
    line = models.CharField(max_length=16, choices=Line, default=Line.ASSISTANCE)
    year = models.PositiveSmallIntegerField(_("年份"))
    first_day = models.DateField(_("从"))
    last_day = models.DateField(_("到"))
    weights = models.JSONField()
    grades = models.JSONField(default=dict)
    state = models.CharField(_("状态"), max_length=10, choices=RoundState, default=RoundState.SCORING)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    appeal_until = models.DateField(_("申诉到"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    accepted_words = EncryptedTextField(blank=True)
    sent_back_words = EncryptedTextField(blank=True)
    list = models.ForeignKey(PublicList, models.PROTECT, null=True, related_name="+")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    called_off_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    called_off_at = models.DateTimeField(null=True)
    called_off_words = EncryptedTextField(blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("考核")
        verbose_name_plural = _("考核")
        constraints = [
            models.UniqueConstraint(
                fields=["area", "subjects_are", "kind", "year"],
                condition=~Q(state="called_off"),
                name="one_standing_round_a_year",
            )
        ]

    def __str__(self) -> str:
        return f"{self.area}{named(self.kind, self.year)}（{self.get_subjects_are_display()}）"


@written.followed()
class Subject(models.Model):
    """One area or helper in a round. `figures` are ``{code: {good, of}}`` as computed; `digest` is of them.

    `final` are points by indicator after appeals, `score` the weighted mean in hundredths of a point; both
    are empty until the scores are told.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="subjects")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    figures = models.JSONField()
    digest = models.CharField(max_length=64)
    final = models.JSONField(default=dict)
    score = models.PositiveIntegerField(null=True)
    grade = models.CharField(max_length=10, blank=True)

    class Meta:
        verbose_name = _("考核对象")
        verbose_name_plural = _("考核对象")
        constraints = [
            models.UniqueConstraint(
                fields=["round", "area"], condition=Q(person=None), name="one_subject_an_area"
            ),
            models.UniqueConstraint(fields=["round", "area", "person"], name="one_subject_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.person}" if self.person else str(self.area)


class Grade(models.TextChoices):
    """What a score comes to; the figures are configuration."""

    EXCELLENT = "excellent", _("优秀")
    GOOD = "good", _("良好")
    PASS = "pass", _("合格")
    FAIL = "fail", _("不合格")


class ScoreQuerySet(InsertOnlyQuerySet):
    """Chainable choices of scores."""

    def standing(self) -> "ScoreQuerySet":
        """Return the scores that count: those that their own scorer did not put right later."""
        return self.filter(replaced_by=None)


@written.followed()
class Score(InsertOnly):
    """One person's points (0 to 100) for the indicators that are typed, with the reason of each.

    Points that were typed wrongly are put right by a new score of the same person, which `replaces` the old
    one and says `why`; the old one stays.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="scores")
    points = models.JSONField()
    reasons = EncryptedTextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    why = EncryptedTextField(blank=True)

    objects = ScoreQuerySet.as_manager()

    class Meta(InsertOnly.Meta):
        verbose_name = _("考核评分")
        verbose_name_plural = _("考核评分")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "by"], condition=Q(replaces=None), name="one_first_score_a_person"
            )
        ]


@written.followed()
class Appeal(models.Model):
    """An appeal of an assessed against one indicator; answered before the round is decided."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="appeals")
    code = models.CharField(max_length=20)
    words = EncryptedTextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    upheld = models.BooleanField(null=True)
    answer = EncryptedTextField(blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("考核申诉")
        verbose_name_plural = _("考核申诉")
        constraints = [models.UniqueConstraint(fields=["subject", "code"], name="one_appeal_an_indicator")]


class ConsequenceKind(models.TextChoices):
    """What follows from a result (XC-41, HY-40)."""

    PRAISE = "praise", _("通报表扬")
    CRITICISM = "criticism", _("通报批评")
    INTERVIEW = "interview", _("约谈")
    ACCOUNT = "account", _("移送问责")


@written.followed()
class Consequence(InsertOnly):
    """One consequence for one subject, with its reason."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="consequences")
    kind = models.CharField(max_length=10, choices=ConsequenceKind)
    on = models.DateField()
    words = EncryptedTextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta(InsertOnly.Meta):
        verbose_name = _("考核结果运用")
        verbose_name_plural = _("考核结果运用")
