"""Rectification tickets and every act on them. Written by this room's services alone."""

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from disclosure.publicity.models import Complaint
from portal import clock
from portal.areas.models import Area, path_range
from portal.ledger import written
from portal.people.models import Line, Office, Role
from portal.people.scope import scope_of
from portal.sealing.fields import EncryptedTextField
from workflows.engine.models import InsertOnly


class Source(models.TextChoices):
    """Where a ticket comes from."""

    PATROL = "patrol", _("督查")
    SPOT_CHECK = "spot_check", _("抽查")
    OBJECTION = "objection", _("群众异议")
    AUDIT = "audit", _("审计")
    RADAR = "radar", _("线索雷达")


class TicketState(models.TextChoices):
    """Nothing closes by itself: an answer waits for acceptance by another person (design.md rule 4)."""

    OPEN = "open", _("正在整改")
    ANSWERED = "answered", _("等验收")
    CLOSED = "closed", _("已销号")


WAITING_STATES = [TicketState.OPEN, TicketState.ANSWERED]
# The offices at each level that can be given a ticket.
OWNING_ROLES = [
    Role.VILLAGE_CLERK,
    Role.VILLAGE_SECRETARY,
    Role.TOWNSHIP_REVIEWER,
    Role.TOWNSHIP_HEAD,
    Role.COUNTY_REVIEWER,
    Role.COUNTY_FINANCE,
    Role.COUNTY_HEAD,
]
# HY-39: the city inspects county and township, the county township and village.
WATCHING_ROLES = [Role.SUPERVISOR, Role.CITY_ASSESSOR]
OPENING_ROLES = [*WATCHING_ROLES, Role.COUNTY_HEAD, Role.COUNTY_REVIEWER, Role.TOWNSHIP_HEAD]
READING_ROLES = [*OWNING_ROLES, *WATCHING_ROLES]


OF_OBJECTION = "objection:"


def _concerning(user: Any) -> models.Q:
    """Return the condition that a ticket is about `user`: named in it, or complained of in its objection."""
    own = Complaint.objects.filter(person=user.pk)
    named = Concat(Value(OF_OBJECTION), Cast("objection_id", models.CharField()))
    complained = models.Q(reference__in=own.annotate(named=named).values("named"))
    besides = models.Q(pk__in=Besides.objects.filter(person=user.pk).values("ticket"))
    return models.Q(concerns=user.pk) | besides | complained


def of_somebody() -> models.Q:
    """Return the condition that a ticket is about an official in person, whoever it is."""
    named = Concat(Value(OF_OBJECTION), Cast("objection_id", models.CharField()))
    complained = Complaint.objects.annotate(named=named).values("named")
    return models.Q(concerns__isnull=False) | models.Q(reference__in=complained)


class TicketQuerySet(models.QuerySet):
    """Chainable choices of tickets."""

    def concerning(self, user: Any) -> "TicketQuerySet":
        """Return the tickets that are about `user` in person."""
        return self.filter(_concerning(user))

    def apart_from(self, user: Any) -> "TicketQuerySet":
        """Leave out those that are about `user` in person: they see nothing of them, anywhere."""
        return self.exclude(_concerning(user))

    def visible_to(self, user: Any) -> "TicketQuerySet":
        """Return the tickets whose owner's office is covered by an office of `user`.

        A village sees nothing of what its township was given. Whom a ticket concerns in person sees nothing.
        """
        found = self.apart_from(user) if user.pk else self.none()
        reached: TicketQuerySet = scope_of(user).filter(found, "owner_path", "line", roles=READING_ROLES)
        return reached

    def owned_by(self, user: Any) -> "TicketQuerySet":
        """Return the tickets that `user` must answer: one of their offices is the owner's very office."""
        condition = models.Q(pk__in=[])
        for office in scope_of(user).offices:
            own = models.Q(owner_role=office.role, owner_area=office.area_id)
            condition |= own if office.line == Line.ALL else own & models.Q(line=office.line)
        return self.filter(condition, state=TicketState.OPEN).apart_from(user)

    def acceptable_by(self, user: Any) -> "TicketQuerySet":
        """Return the tickets that wait for acceptance and that `user` may accept, by office.

        As `offices.accepting_office`; who must leave one to another for what they did, its page says.
        """
        condition = models.Q(pk__in=[])
        for office in scope_of(user).offices:
            if office.role not in OPENING_ROLES:
                continue
            path = office.area.path
            within = path_range(path, "owner_path") & path_range(path, "opened_office__area__path")
            if office.role not in WATCHING_ROLES:
                within &= ~models.Q(opened_office__role__in=WATCHING_ROLES)
            if office.line != Line.ALL:
                within &= models.Q(line=office.line)
            condition |= within & ~models.Q(owner_role=office.role, owner_area=office.area_id)
        found = self.filter(condition, state=TicketState.ANSWERED)
        return found.exclude(answered_by=user.pk).apart_from(user)


@written.followed()
class Ticket(models.Model):
    """What is to be put right. The owner is an office, a role at an area; `due_on` counts working days.

    `area` is where it was found, `reference` the opaque key of what it came from (``objection:12``),
    `subject` that of the household it is about, for recusal. `concerns` is an official whom it is about in
    person; further ones are its `besides`. `due_on` is that of the present state (to answer, to accept),
    `began_on` the day from which it runs, `answer_by` that of the first answer, which sending back does not
    move. `version` counts the acts.
    """

    number = models.CharField(_("整改单号"), max_length=40, unique=True)
    source = models.CharField(_("来源"), max_length=12, choices=Source)
    reference = models.CharField(max_length=64, blank=True, db_index=True)
    subject = models.CharField(max_length=64, blank=True)
    title = models.CharField(_("问题"), max_length=80)
    text = EncryptedTextField(_("查到的情况"))
    wanted = EncryptedTextField(_("整改要求"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="tickets", verbose_name=_("哪里"))
    area_path = models.CharField(max_length=40, db_index=True)
    line = models.CharField(_("条线"), max_length=16, choices=Line)
    owner_role = models.CharField(_("整改责任"), max_length=24, choices=Role)
    owner_area = models.ForeignKey(Area, models.PROTECT, related_name="owned_tickets")
    owner_path = models.CharField(max_length=40)
    concerns = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("状态"), max_length=10, choices=TicketState, default=TicketState.OPEN)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    began_on = models.DateField()
    due_on = models.DateField(_("期限"))
    answer_by = models.DateField(_("整改期限"))
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("整改单")
        verbose_name_plural = _("整改")
        indexes = [
            models.Index(fields=["owner_path", "line"], name="tickets_by_owner"),
            models.Index(fields=["state", "due_on"], name="tickets_by_deadline"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def in_time(self) -> bool:
        """Return whether the answer that stands came within the first deadline, sent back or not."""
        answered = self.answered_at
        return answered is not None and clock.day_of(answered) <= self.answer_by

    def apart(self) -> frozenset[int]:
        """Return the people whom it is about: named in it, or complained of in its objection."""
        people = {self.concerns_id} if self.concerns_id else set()
        if self.concerns_id and self.pk:
            people.update(self.besides.values_list("person", flat=True))
        kind, _colon, key = self.reference.partition(":")
        if f"{kind}:" == OF_OBJECTION and key.isdecimal():
            people.update(Complaint.objects.filter(objection=int(key)).values_list("person", flat=True))
        return frozenset(people)

    @property
    def owner(self) -> str:
        """Return the owner's office in words."""
        return f"{self.owner_area.name}{Role(self.owner_role).label}"


@written.followed()
class Besides(InsertOnly):
    """A further official whom a ticket is about in person; the first stands in the ticket itself."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="besides")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta(InsertOnly.Meta):
        verbose_name = _("整改单还说到的干部")
        verbose_name_plural = _("整改单还说到的干部")
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="one_besides_of_a_person")]


class TicketStepKind(models.TextChoices):
    """What happened to a ticket."""

    OPENED = "opened", _("开单")
    ANSWERED = "answered", _("报整改结果")
    SENT_BACK = "sent_back", _("没到位，退回")
    ACCEPTED = "accepted", _("验收销号")
    PASSED = "passed", _("换承办")
    YELLOW = "yellow", _("快到期提醒")
    RED = "red", _("超期提醒")
    AGAIN = "again", _("超期再次提醒")
    ESCALATED = "escalated", _("超期上报")


@written.followed()
class TicketStep(InsertOnly):
    """One act or telling, for the timeline. `told` names offices. Its files are ``ticket:<ticket>``.

    `number` is the ticket's version for acts; a telling exists once for each state, mark and number of it.
    """

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=TicketStepKind)
    version = models.PositiveIntegerField()
    number = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    words = EncryptedTextField(blank=True)
    told = models.JSONField(default=list)
    files = models.JSONField(default=list)

    class Meta(InsertOnly.Meta):
        verbose_name = _("整改的经过")
        verbose_name_plural = _("整改的经过")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "kind", "version", "number"], name="one_step_of_a_ticket"
            )
        ]


# XC-40: the patrol team writes, the leading group's office reads and signs.
WRITING_ROLES = [Role.SUPERVISOR, Role.COUNTY_REVIEWER]
SIGNING_ROLES = [Role.COUNTY_HEAD]


class ReportState(models.TextChoices):
    """A report is changed until it is signed; then it stands, and a part of it may be published."""

    DRAFT = "draft", _("草稿")
    SIGNED = "signed", _("已签发")
    PUBLISHED = "published", _("已公开一部分")


class ReportQuerySet(models.QuerySet):
    """Chainable choices of reports."""

    def visible_to(self, user: Any) -> "ReportQuerySet":
        """Return the reports of counties over which `user` writes, signs or assesses, on every line."""
        roles = [*WRITING_ROLES, *SIGNING_ROLES, Role.CITY_ASSESSOR]
        condition = models.Q(pk__in=[])
        for office in scope_of(user).offices:
            # It tells of tickets of all lines.
            if office.role in roles and office.line == Line.ALL:
                condition |= path_range(office.area.path)
        return self.filter(condition)


@written.followed()
class FortnightReport(models.Model):
    """The report of a fortnight (XC-40). `figures` are counted once; `sections` are its words, by key.

    `parts` are the sections that were published, `page` the Wagtail page on which they stand.
    """

    number = models.CharField(_("期号"), max_length=40, unique=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("县"))
    area_path = models.CharField(max_length=40, db_index=True)
    first_day = models.DateField(_("从"))
    last_day = models.DateField(_("到"))
    figures = models.JSONField()
    sealed_sections: Any = EncryptedTextField()
    state = models.CharField(_("状态"), max_length=10, choices=ReportState, default=ReportState.DRAFT)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=clock.now)
    edited_by = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    parts = models.JSONField(default=list)
    page = models.ForeignKey("wagtailcore.Page", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("督查报告")
        verbose_name_plural = _("督查报告")
        constraints = [models.UniqueConstraint(fields=["area", "first_day"], name="one_report_a_fortnight")]

    def __str__(self) -> str:
        return self.number

    @property
    def sections(self) -> dict[str, str]:
        """Return the words by section."""
        return dict(json.loads(str(self.sealed_sections)))

    @sections.setter
    def sections(self, value: dict[str, str]) -> None:
        self.sealed_sections = json.dumps(value, ensure_ascii=False, sort_keys=True)
