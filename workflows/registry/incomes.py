"""A household's income of a year by the four kinds: recorded with who, when and from which source (BZ-03)."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.ledger.services import Draft, append
from portal.people.models import Line, Office, Role, User
from portal.people.scope import scope_of

from . import events
from .errors import RegisterRefused
from .models import Household, IncomeSource, YearIncome
from .rows import with_rows

# The whole survey is done by cadres, liaison group, grid workers and the helper (BZ-05, BZ-25).
RECORDING_ROLES = [
    Role.VILLAGE_CLERK,
    Role.HELPER,
    Role.RESIDENT_TEAM,
    Role.GRID_WORKER,
    Role.TOWNSHIP_REVIEWER,
    Role.COUNTY_REVIEWER,
]
FIRST_YEAR = 2013
# A figure above a hundred million yuan is a slip of the keyboard.
MOST_FEN = 10_000_000_000


@dataclass(frozen=True)
class Figures:
    """The net income of one year by the four kinds, in fen."""

    year: int
    operating_fen: int = 0
    wage_fen: int = 0
    property_fen: int = 0
    transfer_fen: int = 0

    @property
    def kinds(self) -> dict[str, int]:
        """Return the four kinds by the names of their columns."""
        return {
            "operating_fen": self.operating_fen,
            "wage_fen": self.wage_fen,
            "property_fen": self.property_fen,
            "transfer_fen": self.transfer_fen,
        }


def figures_wrong(figures: Figures) -> dict[str, str]:
    """Return what is wrong with `figures`, by field. Only operating income may be a loss (BZ-04)."""
    wrong: dict[str, str] = {}
    if not FIRST_YEAR <= figures.year <= clock.today().year:
        wrong["year"] = _("收入年度要在 %(first)s 年到今年之间") % {"first": FIRST_YEAR}
    for name, fen in figures.kinds.items():
        if fen < 0 and name != "operating_fen":
            wrong[name] = _("这一类收入不能是负数；只有经营性收入可以亏损")
        elif abs(fen) > MOST_FEN:
            wrong[name] = _("数目太大，请核对单位是不是元")
    return wrong


def record_income(*, by: User, household: Household, figures: Figures, source: IncomeSource) -> YearIncome:
    """Record (or put right) the income of one year; what stood before stays in the history.

    Raises RegisterRefused with the fields that are wrong, and for an actor without an office that surveys
    there.
    """
    if wrong := figures_wrong(figures):
        raise RegisterRefused("；".join(dict.fromkeys(wrong.values())), wrong)
    with transaction.atomic():
        office = scope_of(by, fresh=True).holds(RECORDING_ROLES, household.area_path, Line.ASSISTANCE)
        if office is None:
            raise RegisterRefused(_("收入由村文书、帮扶责任人、驻村工作队、网格员或者乡镇、县的经办来记"))
        locked = Household.objects.select_for_update(of=("self",)).select_related("area").get(pk=household.pk)
        income, draft = write(locked, figures, source, by=by, office=office)
        if draft:
            append(draft)
    return income


def write(
    household: Household, figures: Figures, source: IncomeSource, *, by: User, office: Office
) -> tuple[YearIncome, Draft | None]:
    """Write figures that were checked, in the caller's transaction; no event where nothing is new."""
    held = YearIncome.objects.filter(household=household, year=figures.year).first()
    if held and all(getattr(held, name) == fen for name, fen in figures.kinds.items()):
        return held, None
    income = held or YearIncome(household=household, year=figures.year)
    for name, fen in figures.kinds.items():
        setattr(income, name, fen)
    income.people = max(1, len(household.present_members))
    income.source, income.recorded_by, income.recorded_at = source, by, clock.now()
    income.save()
    draft = Draft(
        events.INCOME_RECORDED,
        "household",
        str(household.pk),
        actor=by,
        office=office,
        area_code=household.area.code,
        body={"year": figures.year, "source": str(source), "corrects": held is not None},
        # What a household earns is its own affair: the record commits to it and does not tell.
        sealed={name: str(fen) for name, fen in figures.kinds.items()},
    )
    return income, with_rows(draft, income)
