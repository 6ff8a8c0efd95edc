"""Programmes as data: versions, budgets, applications, visits."""

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from disclosure.pages.models import PolicyDocumentPage
from portal import clock
from portal.areas.models import Area
from portal.clock.history import PortalTime
from portal.files.models import PrivateFile
from portal.ledger import written
from portal.people.models import Line
from portal.sealing.fields import EncryptedTextField
from workflows.engine.models import Case, InsertOnly
from workflows.registry.models import Household


def _in_force() -> "models.QuerySet[ProgrammeVersion]":
    """Return a programme's versions that are in force or were, the one of today first, for a subquery."""
    versions = ProgrammeVersion.objects.filter(programme=OuterRef("pk"), valid_from__lte=clock.today())
    return versions.order_by("-number")


class ProgrammeQuerySet(models.QuerySet):
    """Chainable choices of programmes."""

    def published(self) -> "ProgrammeQuerySet":
        """Return the programmes that the public may see: those with a version in force."""
        return self.filter(versions__valid_from__lte=clock.today()).distinct()

    def with_terms(self) -> "ProgrammeQuerySet":
        """Add to each programme `terms`, the definition in force today, in the same query."""
        return self.annotate(terms=Subquery(_in_force().values("definition")[:1]))

    def resting_on(self, policy_id: int) -> "ProgrammeQuerySet":
        """Return those whose version in force today rests on that policy document."""
        return self.annotate(policy_now=Subquery(_in_force().values("policy")[:1])).filter(
            policy_now=policy_id
        )


@written.followed()
class Programme(models.Model):
    """A scheme (帮扶项目) of a county. What it says stands in its versions."""

    slug = models.SlugField(_("网址名"), max_length=60, unique=True)
    title = models.CharField(_("名称"), max_length=80)
    line = models.CharField(_("条线"), max_length=16, choices=Line)
    area = models.ForeignKey(Area, models.PROTECT, verbose_name=_("县"))
    area_path = models.CharField(max_length=40, db_index=True)
    # Tombstones: what kind of thing was taken out, when, by which offices; and by what it is known again.
    redactions = models.JSONField(default=list, blank=True, editable=False)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("帮扶项目")
        verbose_name_plural = _("帮扶项目")

    def __str__(self) -> str:
        return self.title


@written.followed()
class ProgrammeVersion(InsertOnly):
    """What a programme says from a date: form, eligibility, ceiling, flow, what may be public. Immutable.

    `definition` is checked by `definitions.check`; cases point to the version that they were filed under.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("版本"))
    valid_from = models.DateField(_("启用日期"))
    flow_key = models.CharField(max_length=48)
    flow_version = models.PositiveSmallIntegerField()
    policy = models.ForeignKey(
        PolicyDocumentPage, models.PROTECT, related_name="+", verbose_name=_("政策文件")
    )
    definition = models.JSONField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    class Meta(InsertOnly.Meta):
        verbose_name = _("项目版本")
        verbose_name_plural = _("项目版本")
        constraints = [models.UniqueConstraint(fields=["programme", "number"], name="one_version_a_number")]

    @property
    def scheme(self) -> str:
        """Return the opaque key by which batches and cases name this version."""
        return f"programme:{self.pk}"


@written.followed()
class Budget(models.Model):
    """What a programme may spend in a year, in fen. Its row is locked while money is committed."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="budgets")
    year = models.PositiveSmallIntegerField(_("年度"))
    total_fen = models.BigIntegerField(_("预算（分）"))
    source = models.CharField(_("资金来源"), max_length=120)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("预算")
        verbose_name_plural = _("预算")
        constraints = [models.UniqueConstraint(fields=["programme", "year"], name="one_budget_a_year")]


@written.followed()
class Application(PortalTime, models.Model):
    """What a household asks of a programme, and what each level made of it. Amounts are fen."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="application")
    programme_version = models.ForeignKey(ProgrammeVersion, models.PROTECT, related_name="applications")
    household = models.ForeignKey(Household, models.PROTECT, related_name="applications")
    budget = models.ForeignKey(Budget, models.PROTECT, null=True, related_name="applications")
    # Filed by the household itself, on which day: an official takes it in later, windows go by the day.
    by_household = models.BooleanField(_("本户自己申报"), default=False)
    asked_on = models.DateField(_("本户申报日期"), null=True)
    answers = models.JSONField()
    requested_fen = models.BigIntegerField(_("申报（分）"))
    checked_fen = models.BigIntegerField(_("乡镇核定（分）"), null=True)
    approved_fen = models.BigIntegerField(_("批准（分）"), null=True)
    accepted_fen = models.BigIntegerField(_("验收（分）"), null=True)
    started_on = models.DateField(_("开工日期"), null=True)
    accepted_on = models.DateField(_("验收日期"), null=True)
    acceptors = models.CharField(_("验收人"), max_length=80, blank=True)
    effect = models.CharField(_("成效"), max_length=120, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("申请")
        verbose_name_plural = _("申请")


written.follow(Application.history.model)


@written.followed()
class CasePaper(InsertOnly):
    """That a file of a case (``case:<number>``) is a paper asked for: `what`, in the flow's words."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="papers")
    file = models.OneToOneField(PrivateFile, models.PROTECT, related_name="case_paper")
    what = models.CharField(_("是什么材料"), max_length=60)
    step = models.CharField(max_length=32)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta(InsertOnly.Meta):
        verbose_name = _("办件材料")
        verbose_name_plural = _("办件材料")


@written.followed()
class Visit(InsertOnly):
    """A check at the household's home by two people, with a note and photos (files ``visit:<id>``)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="visits")
    visited_on = models.DateField(_("入户日期"))
    first_visitor = models.CharField(_("入户人一"), max_length=40)
    second_visitor = models.CharField(_("入户人二"), max_length=40)
    note = EncryptedTextField(_("查看情况"))
    round = models.PositiveSmallIntegerField(default=1)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta(InsertOnly.Meta):
        verbose_name = _("入户核查")
        verbose_name_plural = _("入户核查")
