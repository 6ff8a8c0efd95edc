"""Rules of an application at its steps: guards bar rows, effects write what the step is for."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal import clock
from portal.configuration.services import value
from portal.ledger import written
from workflows.engine.acting import Acting, Row
from workflows.engine.definitions import Verdict

from . import visits
from .answers import yuan
from .keys import COUNTY_THRESHOLD
from .models import Application, Budget, ProgrammeVersion, Visit
from .services import committed_fen

# What an act reads of an application, in the query that reads its case.
ALONG = ("application__programme_version__programme", "application__household")


def applications(acting: Acting) -> dict[int, Application]:
    """Return the application of each row by its case's id; it came with the case (`ALONG`)."""
    if "applications" not in acting.kept:
        found = {row.case.pk: row.case.application for row in acting.rows if hasattr(row.case, "application")}
        # One version for all that have the same: what it leads to (its policy's address) is asked for once.
        versions: dict[int, ProgrammeVersion] = {}
        for one in found.values():
            one.programme_version = versions.setdefault(one.programme_version_id, one.programme_version)
        acting.kept["applications"] = found
    kept: dict[int, Application] = acting.kept["applications"]
    return kept


def visited(acting: Acting) -> None:
    """Bar agreed and refused rows that must be visited and were not, in this round (HY-34, HY-37)."""
    done = set(
        Visit.objects.filter(case__in=[row.case.pk for row in acting.rows]).values_list("case_id", "round")
    )
    for row in acting.rows:
        if row.barred or row.verdict not in (Verdict.AGREE, Verdict.REFUSE):
            continue
        rule = applications(acting)[row.case.pk].programme_version.definition["visit"]
        row.case.batch = acting.batch
        if visits.must_visit(rule, row.case) and (row.case.pk, row.case.round) not in done:
            row.barred = _("这户要先入户核查：两个人去，写情况、附照片")


def checked_amount(acting: Acting) -> None:
    """Take the checked amount of agreed rows: never above the village's; a reduction has a reason."""
    for row in acting.agreed:
        amount = row.changes["amount_fen"]
        reported = applications(acting)[row.case.pk].requested_fen
        if type(amount) is not int or amount <= 0:
            row.barred = _("核定金额要大于 0；不给请选“不同意”")
        elif amount > reported:
            row.barred = _("核定金额不能比村里报的 %(yuan)s 元多") % {"yuan": yuan(reported)}
        elif amount < reported and not row.reason:
            row.barred = _("核定少了，要写明为什么少")
        else:
            row.amount_fen = amount


def keep_checked(acting: Acting) -> None:
    """Keep the checked amounts beside the application."""
    _keep(acting, "checked_fen")


def forget_checked(acting: Acting) -> None:
    """Forget the checked amounts: the check is taken back, and the engine sets the case's amount back."""
    for application in applications(acting).values():
        application.checked_fen = None
    _save(acting, applications(acting).values(), ("checked_fen",))


def approve_within_budget(acting: Acting) -> None:
    """Bar agreed rows that the year's budget no longer covers, in the batch's order, under its lock."""
    left: dict[int, int] = {}
    budgets: dict[int, Budget | None] = {}
    for row in acting.agreed:
        application = applications(acting)[row.case.pk]
        programme = application.programme_version.programme_id
        if programme not in budgets:
            budgets[programme] = locked_budget(programme)
        budget = budgets[programme]
        if budget is None:
            row.barred = _("这个项目今年还没有下达预算，请县里先确定预算")
            continue
        if budget.pk not in left:  # once for all rows: what they take of it is counted here
            left[budget.pk] = budget.total_fen - committed_fen(budget)
        if application.budget_id == budget.pk:
            left[budget.pk] += row.case.amount_fen  # its own, committed before it came back
        if row.amount_fen > left[budget.pk]:
            row.barred = _("预算只剩 %(left)s 元，不够这户的 %(need)s 元") % {
                "left": yuan(left[budget.pk]),
                "need": yuan(row.amount_fen),
            }
            continue
        left[budget.pk] -= row.amount_fen
        application.budget = budget


def locked_budget(programme_id: int) -> Budget | None:
    """Return this year's budget of the programme, locked until the transaction ends."""
    budget = Budget.objects.select_for_update().filter(programme_id=programme_id, year=clock.today().year)
    return budget.first()


def keep_approved(acting: Acting) -> None:
    """Keep the approved amounts and the budget that they are committed to."""
    keep_amounts(acting, acting.agreed)


def keep_amounts(acting: Acting, rows: Sequence[Row]) -> None:
    """Keep the approved amounts of `rows`, and their budget."""
    for row in rows:
        applications(acting)[row.case.pk].approved_fen = row.amount_fen
    _save(acting, [applications(acting)[row.case.pk] for row in rows], ("approved_fen", "budget"))


def forget_approved(acting: Acting) -> None:
    """Free the budget of rows whose approval is taken back, or which a higher level returns."""
    freed = [
        applications(acting)[row.case.pk]
        for row in acting.rows
        if row.moves and row.verdict == Verdict.RETURN
    ]
    for application in freed:
        application.approved_fen = application.budget = None
    _save(acting, freed, ("approved_fen", "budget"))


def started_day(acting: Acting) -> None:
    """Bar rows whose day of start is in the future."""
    for row in acting.agreed:
        _bar_unless_day(row, "started_on")


def started(acting: Acting) -> None:
    """Keep the day on which the household began to build."""
    for row in acting.agreed:
        applications(acting)[row.case.pk].started_on = row.changes["started_on"]
    _save(acting, [applications(acting)[row.case.pk] for row in acting.agreed], ("started_on",))


def forget_started(acting: Acting) -> None:
    """Forget the day of start: its registration is taken back."""
    for application in applications(acting).values():
        application.started_on = None
    _save(acting, applications(acting).values(), ("started_on",))


def accepted(acting: Acting) -> None:
    """Take the accepted amount: never above what was approved, by two people (XC-16, HY-37)."""
    for row in acting.agreed:
        application = applications(acting)[row.case.pk]
        amount = row.changes["accepted_fen"]
        if type(amount) is not int or amount <= 0:
            row.barred = _("验收金额要大于 0；验收不合格请选“不同意”并写理由")
        elif amount > (application.approved_fen or 0):
            row.barred = _("验收金额不能比批准的 %(yuan)s 元多") % {
                "yuan": yuan(application.approved_fen or 0)
            }
        elif amount < (application.approved_fen or 0) and not row.reason:
            row.barred = _("验收金额比批准的少，要写明为什么少")
        elif len(set(_people(row.changes["acceptors"]))) < 2:
            row.barred = _("验收要两个人，请写两个不同的名字")
        else:
            row.amount_fen = amount
        _bar_unless_day(row, "accepted_on")
        if not row.barred and application.started_on and row.changes["accepted_on"] < application.started_on:
            row.barred = _("验收日期不能早于开工日期，请核对")


def keep_accepted(acting: Acting) -> None:
    """Keep what was accepted, by whom and when."""
    for row in acting.agreed:
        application = applications(acting)[row.case.pk]
        application.acceptors = "、".join(_people(row.changes["acceptors"]))
        application.accepted_on = row.changes["accepted_on"]
    _keep(acting, "accepted_fen", also=("acceptors", "accepted_on"))


def _people(text: str) -> list[str]:
    for mark in ("，", ",", "；", ";", " "):
        text = text.replace(mark, "、")
    return [name.strip() for name in text.split("、") if name.strip()]


def _bar_unless_day(row: Row, key: str) -> None:
    day = row.changes.get(key)
    if not row.barred and (not isinstance(day, date) or day > clock.today()):
        row.barred = _("日期要填今天或以前的一天")


def effects_told(acting: Acting) -> None:
    """Keep what the project brought, as it will be published (HY-38)."""
    for row in acting.agreed:
        applications(acting)[row.case.pk].effect = row.changes["effect"].strip()
    _save(acting, [applications(acting)[row.case.pk] for row in acting.agreed], ("effect",))


def gather(acting: Acting) -> None:
    """Read what the rows apply for at once, so that none asks for itself."""
    applications(acting)


def wants_deliberation(row: Any) -> bool:
    """Whether the programme has the village deliberate (XC-07); a programme that says nothing does."""
    return bool(row.case.application.programme_version.definition.get("deliberation", True))


def wants_county(row: Any) -> bool:
    """Whether the county decides on the row: from the configured amount in fen, 0 for never."""
    threshold = value(COUNTY_THRESHOLD, row.case.area_path)
    return bool(threshold) and row.amount_fen >= threshold


def _keep(acting: Acting, column: str, also: tuple[str, ...] = ()) -> None:
    changed = [applications(acting)[row.case.pk] for row in acting.agreed]
    for row in acting.agreed:
        setattr(applications(acting)[row.case.pk], column, row.amount_fen)
    _save(acting, changed, (column, *also))


def _save(acting: Acting, changed: Iterable[Application], columns: tuple[str, ...]) -> None:
    """Save the columns and the field history in three statements at most, whatever the number of rows."""
    rows = list(changed)
    if rows:
        # What is the same for all, as everything is for a batch of one, costs a third by a plain update.
        first = {name: getattr(rows[0], name) for name in columns}
        same = {name: one for name, one in first.items() if all(getattr(row, name) == one for row in rows)}
        differing = [name for name in columns if name not in same]
        if same:
            Application.objects.filter(pk__in=[row.pk for row in rows]).update(**same)
        if differing:
            Application.objects.bulk_update(rows, differing)
        kept = Application.history.bulk_history_create(
            rows, update=True, default_user=acting.actor, default_date=acting.now
        )
        written.note(*rows)
        written.note(*kept, made=True)
