"""The income of an exit: the register's where it is known, the line of its year, and deviations told openly.

WZ-07, XY-06, BZ-03. A figure that differs from the register's needs a reason and is an exception for every
later level; what a check found is kept with the case also where the exit is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal import clock
from portal.configuration.services import value
from workflows.engine.acting import Acting, Row
from workflows.engine.definitions import Verdict
from workflows.programmes.answers import yuan
from workflows.registry.models import Household, IncomeSource, YearIncome

from . import keys, rules
from .errors import ChangeRefused
from .models import ChangeRequest

KINDS = {
    "operating_fen": "经营性收入",
    "wage_fen": "工资性收入",
    "property_fen": "财产性收入",
    "transfer_fen": "转移性收入",
}


@dataclass(frozen=True)
class Measured:
    """The income a person and the line that it must exceed, in fen; `line_words` says which line that is."""

    income_fen: int
    line_fen: int
    line_words: str


def held(household: Household, year: int) -> YearIncome | None:
    """Return the register's income of `household` in `year`, or None where none is recorded."""
    return YearIncome.objects.filter(household=household, year=year).first()


def newest(household: Household) -> YearIncome | None:
    """Return the register's income of the newest year on record."""
    return YearIncome.objects.filter(household=household).order_by("-year").first()


def told(household: Household) -> list[str]:
    """Return in words what the register says of the household's income, the newest two years first."""
    found = YearIncome.objects.filter(household=household).order_by("-year")[:2]
    return [in_words(snapshot(one)) for one in found]


def snapshot(income: YearIncome | None) -> dict[str, Any]:
    """Return what the register says of the year as a case keeps it: four kinds, people, source, day."""
    if income is None:
        return {}
    said: dict[str, Any] = {name: getattr(income, name) for name in KINDS}
    return said | {
        "year": income.year,
        "people": income.people,
        "total_fen": income.total_fen,
        "source": str(income.source),
        "recorded_on": clock.day_of(income.recorded_at).isoformat(),
    }


def in_words(register: Mapping[str, Any]) -> str:
    """Return a snapshot in words: the four kinds, the whole, a person's share, source and day."""
    kinds = "，".join(f"{word} {yuan(register[name])}" for name, word in KINDS.items())
    said = _(
        "%(year)s 年：%(kinds)s；全家 %(total)s 元，%(people)s 人，人均 %(each)s 元（%(source)s，%(day)s）"
    )
    return said % {
        "year": register["year"],
        "kinds": kinds,
        "total": yuan(register["total_fen"]),
        "people": register["people"],
        "each": yuan(register["total_fen"] // register["people"]),
        "source": IncomeSource(register["source"]).label,
        "day": register["recorded_on"],
    }


def with_register(household: Household, details: dict[str, Any]) -> dict[str, Any]:
    """Return the cleaned `details` of an exit with the register's figure of the year beside them.

    Raises ChangeRefused where the figure differs from the register's and nobody says why.
    """
    register = snapshot(held(household, details["income_year"]))
    if register and details["income_fen"] != register["total_fen"] and not details.get("income_reason"):
        said = _("户档里 %(year)s 年全家是 %(yuan)s 元；填得不一样要写为什么") % {
            "year": register["year"],
            "yuan": yuan(register["total_fen"]),
        }
        raise ChangeRefused(said, {"income_reason": said})
    return {**details, "register": register}


def deviation(request: ChangeRequest) -> str:
    """Return in a sentence how the case's income differs from the register's, and why; empty where not."""
    details, findings = request.details, request.findings
    register = findings.get("register", details.get("register")) or {}
    said = findings.get("income_fen", details.get("income_fen"))
    if not register or not isinstance(said, int) or said == register["total_fen"]:
        return ""
    who = _("核查") if "income_fen" in findings else _("申报")
    return _("收入与户档不一样：户档 %(year)s 年全家 %(held)s 元，%(who)s %(said)s 元。理由：%(why)s") % {
        "year": register["year"],
        "held": yuan(register["total_fen"]),
        "who": who,
        "said": yuan(said),
        "why": findings.get("income_reason") or details.get("income_reason") or "—",
    }


def line_of(named: str, path: str, year: int) -> tuple[int, str]:
    """Return the line of `year` for the set `named` at the area of `path`, in fen, and which line that is.

    A year for which the county entered none is measured by the figure in force today, and that is said.
    """
    entries = dict(keys.line_entry(one) for one in value(keys.lines_key(named), path))
    if year in entries:
        return entries[year], _("%(year)s 年的标准") % {"year": year}
    words = _("现行标准，县里还没有填 %(year)s 年的") % {"year": year}
    return int(value(keys.line_key(named), path, on=clock.today())), words


def measured(request: ChangeRequest, found: Mapping[str, Any]) -> Measured:
    """Return the income a person of the exit's year and its line; what was checked counts before the filed.

    `found` are figures of an act in the making. People are those of the register's figure where there is one.
    """
    details, findings = request.details, request.findings
    said = found.get("income_fen", findings.get("income_fen", details.get("income_fen")))
    register = findings.get("register", details.get("register")) or {}
    people = register.get("people") or max(len(request.household.present_members), 1)
    named = details.get("criteria_set", keys.LOW_INCOME)
    line, words = line_of(named, request.household.area_path, details.get("income_year", clock.today().year))
    return Measured(int(said if isinstance(said, int) else 0) // people, line, words)


def explained(acting: Acting) -> None:
    """Bar checked rows whose income differs from the register's without a reason; later levels read it."""
    known = _registered(acting)
    for row in _with_income(acting):
        request, said = rules.requests(acting)[row.case.pk], row.changes["income_fen"]
        register = known[row.case.pk]
        if not register or said == register["total_fen"] or row.changes.get("income_reason"):
            continue
        if row.verdict == Verdict.REFUSE and row.reason:
            row.changes["income_reason"] = row.reason
        elif said == request.details.get("income_fen") and request.details.get("income_reason"):
            row.changes["income_reason"] = request.details["income_reason"]
        else:
            row.barred = _("户档里 %(year)s 年全家是 %(yuan)s 元，核查的不一样，要写为什么") % {
                "year": register["year"],
                "yuan": yuan(register["total_fen"]),
            }


def above_line_of_year(acting: Acting) -> None:
    """Bar agreed exits whose income a person is not above the line of the income's year (WZ-07, XY-06)."""
    for row in acting.agreed:
        found = measured(rules.requests(acting)[row.case.pk], row.changes)
        if found.income_fen <= found.line_fen:
            row.barred = _(
                "人均年收入 %(income)s 元，没有超过 %(line)s 元的标准，不能退出"
                "（%(which)s）；请选“不同意”并写明理由"
            ) % {"income": yuan(found.income_fen), "line": yuan(found.line_fen), "which": found.line_words}


def keep_checked(acting: Acting) -> None:
    """Keep what the check found, of refused rows too, with the register's figure as it stood that day."""
    rules.keep_findings(acting)
    known, touched = _registered(acting), []
    for row in _with_income(acting):
        request = rules.requests(acting)[row.case.pk]
        # The reason of an earlier round is none of this one.
        findings = {key: said for key, said in request.findings.items() if key != "income_reason"}
        findings["register"] = known[row.case.pk]
        for key in ("income_fen", "income_reason"):
            if row.changes.get(key) not in (None, ""):
                findings[key] = row.changes[key]
        findings["checked_on"] = clock.day_of(acting.now).isoformat()
        request.findings = findings
        touched.append(request)
    rules.save_findings(touched)


def to_propose(household: Household) -> list[dict[str, Any]]:
    """Return what refused exits found of `household` and the register does not say: year, figure, case, day.

    The register keeps four kinds and a check finds one sum, so those who survey split it and record it.
    """
    found = ChangeRequest.objects.filter(household=household, case__state="refused", wanted="exit")
    known = {one.year: one for one in YearIncome.objects.filter(household=household)}
    told: list[dict[str, Any]] = []
    for request in found.select_related("case").order_by("-pk"):
        details, findings = request.details, request.findings
        year, said = details.get("income_year"), findings.get("income_fen")
        income = known.get(year) if isinstance(year, int) else None
        checked = date.fromisoformat(findings.get("checked_on", "0001-01-01"))
        if said is None or (income and income.total_fen == said) or year in [one["year"] for one in told]:
            continue
        if income and clock.day_of(income.recorded_at) > checked:
            continue  # whoever recorded it later had the finding before them
        told.append({"year": year, "fen": said, "case": request.case.number, "on": checked})
    return told


def _with_income(acting: Acting) -> Sequence[Row]:
    judged = (Verdict.AGREE, Verdict.REFUSE)
    return [
        row
        for row in acting.rows
        if not row.barred and row.verdict in judged and isinstance(row.changes.get("income_fen"), int)
    ]


def _registered(acting: Acting) -> dict[int, dict[str, Any]]:
    """Return the register's figure of each row's year by its case's id; asked for once in an act."""
    if "registered_incomes" not in acting.kept:
        asked = rules.requests(acting)
        found = YearIncome.objects.filter(household__in=[one.household_id for one in asked.values()])
        by_year = {(one.household_id, one.year): one for one in found}
        acting.kept["registered_incomes"] = {
            pk: snapshot(by_year.get((one.household_id, one.details.get("income_year", 0))))
            for pk, one in asked.items()
        }
    kept: dict[int, dict[str, Any]] = acting.kept["registered_incomes"]
    return kept
