"""The days of a round follow from its kind and year: nobody types them (XC-39)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area
from portal.configuration.services import value

from . import keys
from .errors import BadRound
from .models import Round, RoundKind, named

# How many years back a round that was forgotten may still be opened.
YEARS_BACK = 2


@dataclass(frozen=True)
class Period:
    """The days that a round is about, both included, and the day from which it may be opened."""

    kind: str
    year: int
    first: date
    last: date
    opens: date

    @property
    def code(self) -> str:
        """Return kind and year as a form sends them."""
        return f"{self.kind}-{self.year}"

    @property
    def label(self) -> str:
        """Return kind and year in words."""
        return named(self.kind, self.year)


def of(kind: str, year: int, area: Area, subjects_are: str = "") -> Period:
    """Return the period of the round of `kind` and `year` at `area`, by the settings of today.

    It begins the day after the year before ended: where that year's round was held on other days, after
    those, so that no day lies between two rounds. Raises BadRound where the settings leave no day.
    """
    last = _day(year, value(keys.UNTIL[kind], area))
    first = _day(year - 1, value(keys.UNTIL[RoundKind.YEAR], area)) + timedelta(days=1)
    held = Round.objects.standing().filter(kind=RoundKind.YEAR, year=year - 1)
    if before := held.filter(area=area, subjects_are=subjects_are).first():
        first = before.last_day + timedelta(days=1)
    if first > last:
        raise BadRound({"kind": _("按配置算不出考核期，请核对“考核到哪天为止”两项配置。")})
    return Period(kind, year, first, last, _day(year, value(keys.FROM[kind], area)))


def newest(kind: str, area: Area) -> Period:
    """Return the newest period of `kind` whose round may be opened today."""
    now = of(kind, clock.today().year, area)
    return now if now.opens <= clock.today() else of(kind, now.year - 1, area)


def offered(area: Area) -> list[Period]:
    """Return the periods of this year and of the last one, the newest first, for the form."""
    year = clock.today().year
    found = [of(kind, one, area) for one in (year, year - 1) for kind in RoundKind.values]
    return sorted(found, key=lambda one: one.last, reverse=True)


def asked(kind: str, year: int, area: Area, subjects_are: str) -> Period:
    """Return the period of a round that is to be opened today; BadRound too early or too late for it."""
    today = clock.today()
    if not today.year - YEARS_BACK <= year <= today.year:
        raise BadRound({"year": _("请选今年或者前两年。")})
    found = of(kind, year, area, subjects_are)
    if today < found.opens:
        said = {"label": found.label, "day": found.opens.isoformat()}
        raise BadRound({"year": _("%(label)s要到 %(day)s 才能开。") % said})
    return found


def _day(year: int, month_and_day: str) -> date:
    return date.fromisoformat(f"{year:04d}-{month_and_day}")
