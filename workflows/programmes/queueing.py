"""Approving by a window's ranking: who fits is approved, who does not waits for freed money."""

from typing import Any

from django.utils.translation import gettext as _

from portal import clock
from workflows.engine import options
from workflows.engine.acting import Acting, Row
from workflows.engine.models import CaseState
from workflows.notices import services as notices
from workflows.notices.models import NoticeKind

from . import ranking, telling
from .freed import WAITING, tell_next
from .models import Application, Budget
from .ranking import Place
from .rules import applications, approve_within_budget, keep_amounts, locked_budget

RANK = "waiting_rank"


def approve(acting: Acting) -> None:
    """Bar or queue agreed rows of ranked programmes; of others, bar what the budget does not cover.

    Before the window is closed nothing is approved. Who does not fit goes to the waiting list with their
    place, or stays there.
    """
    rows = acting.agreed
    if not rows or not ranking.is_ranked(_definition(acting, rows[0])):
        approve_within_budget(acting)
        return
    definition = _definition(acting, rows[0])
    window = ranking.window_of(definition)
    programme = applications(acting)[rows[0].case.pk].programme_version.programme_id
    budget = locked_budget(programme)
    if budget is None or (window and clock.today() <= window[1]):
        closes = window[1].isoformat() if window else ""
        for row in rows:
            row.barred = (
                _("申报期到 %(day)s 截止，截止后按困难程度统一排序，现在还不能批") % {"day": closes}
                if budget
                else _("这个项目今年还没有下达预算，请县里先确定预算")
            )
        return
    places = {place.application.case_id: place for place in ranking.standing(programme, definition, budget)}
    for row in rows:
        _settle(acting, row, places.get(row.case.pk), budget)


def _settle(acting: Acting, row: Row, place: Place | None, budget: Budget) -> None:
    if place is None:
        row.barred = _("这一户不是在申报期内报的，不能参加排序")
    elif place.fits:
        applications(acting)[row.case.pk].budget = budget
        if acting.step.key == WAITING:
            acting.kept.setdefault("promoted", {})[row.case.pk] = ranking.why_reached(place)
    elif acting.step.key == WAITING or not _queues(acting):
        row.barred = ranking.why_waiting(place, budget.total_fen)
    else:
        row.changes[RANK] = place.rank
        row.changes["why"] = ranking.why_waiting(place, budget.total_fen)
        if row.straight:  # whoever waited before and came back waits again: no money, no way past it
            row.straight, row.note = False, _("现在资金不够，列入候补，不能直送")


def _queues(acting: Acting) -> bool:
    """Tell whether the flow has a waiting list and the area keeps one."""
    step = next((step for step in acting.flow.steps if step.key == WAITING), None)
    return step is not None and options.takes(acting.flow, step, acting.batch.area_path)


def keep_approved(acting: Acting) -> None:
    """Keep what was approved, and tell those who wait their place and what it depends on.

    Who waited and is approved now is told that, too: what was said before of waiting holds no more.
    """
    keep_amounts(acting, [row for row in acting.agreed if not waits(row)])
    promoted: dict[int, str] = acting.kept.get("promoted", {})
    reached = [row for row in acting.agreed if row.case.pk in promoted]
    if reached:
        notices.void([row.case for row in reached])
    for row in reached:
        telling.tell(row, NoticeKind.PROMOTED, reason=promoted[row.case.pk])
    for row in acting.agreed:
        if waits(row):
            telling.tell(row, NoticeKind.WAITING, reason=row.changes["why"])


def waits(row: Any) -> bool:
    """Whether the row goes to the waiting list."""
    return RANK in row.changes


def on_acted(*, acting: Acting, **signal: Any) -> None:
    """Tell the next in rank where an act freed money of a ranked programme."""
    if not acting.batch.scheme.startswith("programme:"):
        return
    groups = signal["groups"]
    ended = any(target.state in (CaseState.REFUSED, CaseState.WITHDRAWN) for target in groups)
    cut = any(row.amount_fen < row.case.requested_fen for rows in groups.values() for row in rows)
    if not (ended or cut) or not acting.rows:
        return
    about = Application.objects.select_related("programme_version").filter(case=acting.rows[0].case).first()
    if about and ranking.is_ranked(about.programme_version.definition):
        tell_next(about.programme_version.programme_id)


def _definition(acting: Acting, row: Row) -> dict[str, Any]:
    definition: dict[str, Any] = applications(acting)[row.case.pk].programme_version.definition
    return definition
