"""What is kept beside a household: its income of each year, and which case or person changed it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from portal import clock
from portal.files.models import PrivateFile
from portal.ledger import written
from portal.sealing.fields import EncryptedTextField
from workflows.engine.models import InsertOnly

from .choices import ChangeKind, IncomeSource
from .households import Household, Member, PortalTime


class YearIncome(PortalTime, models.Model):
    """A household's net income of one year by the four kinds (BZ-03, XY-03), all in fen.

    Operating income may be a loss, the others may not. `people` counts the members whose income it is;
    a correction keeps what stood before in the history.
    """

    household = models.ForeignKey(Household, models.PROTECT, related_name="incomes")
    year = models.PositiveSmallIntegerField(_("年度"))
    operating_fen = models.BigIntegerField(_("经营性收入（分）"), default=0)
    wage_fen = models.BigIntegerField(_("工资性收入（分）"), default=0)
    property_fen = models.BigIntegerField(_("财产性收入（分）"), default=0)
    transfer_fen = models.BigIntegerField(_("转移性收入（分）"), default=0)
    people = models.PositiveSmallIntegerField(_("人口"))
    source = models.CharField(_("来源"), max_length=10, choices=IncomeSource)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("年度收入")
        verbose_name_plural = _("年度收入")
        constraints = [
            models.UniqueConstraint(fields=["household", "year"], name="one_income_a_year"),
            models.CheckConstraint(
                condition=models.Q(wage_fen__gte=0, property_fen__gte=0, transfer_fen__gte=0, people__gt=0),
                name="income_is_no_debt",
            ),
        ]

    @property
    def total_fen(self) -> int:
        """Return the year's income of the whole household, in fen."""
        return self.operating_fen + self.wage_fen + self.property_fen + self.transfer_fen

    @property
    def per_person_fen(self) -> int:
        """Return the income a person in fen, rounded down: nobody is lifted over a line by rounding."""
        return self.total_fen // self.people


written.follow(YearIncome.history.model)


class RegisterChange(InsertOnly):
    """One change of a household's record: what stood before and after, by which case or person.

    `before` and `after` are codes for CATEGORY, ENTERED, REENTERED and EXITED (a `Category`), else words.
    `case_number` is empty for what is no business of a flow: registering, importing, cards, duplicates.
    """

    household = models.ForeignKey(Household, models.PROTECT, related_name="changes")
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(_("事项"), max_length=12, choices=ChangeKind)
    before = EncryptedTextField(_("变更前"), blank=True)
    after = EncryptedTextField(_("变更后"), blank=True)
    case_number = models.CharField(_("办件号"), max_length=48, blank=True, db_index=True)
    evidence = models.ForeignKey(PrivateFile, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta(InsertOnly.Meta):
        verbose_name = _("户档变更")
        verbose_name_plural = _("户档变更")
        indexes = [models.Index(fields=["household", "at"])]

    def __str__(self) -> Any:
        return self.get_kind_display()
