"""What a published allocation of funds must tell: its level, its last day, sums that add up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.areas.models import Area, Level
from portal.clock import workdays
from portal.configuration import services as configuration
from portal.configuration.services import register

from .drafts import RowDraft
from .errors import BadRow

DAYS = "publicity.allocation_days"

register(
    DAYS,
    15,
    "分配结果15个工作日内公开；行业资金20个工作日（S12）",
    verified=False,
    label="资金下达以后几个工作日内公开分配结果",
    check=lambda value: None if 1 <= value <= 60 else _("天数要在1到60之间"),
)


@dataclass(frozen=True)
class Allocation:
    """The facts of an allocation: by which document, how much in all (fen), and when it was handed down."""

    document: str
    total_fen: int
    handed_down_on: date


def due_on(allocation: Allocation, area: Area) -> date:
    """Return the last working day on which it is to be public (S12)."""
    return workdays.add_working_days(allocation.handed_down_on, configuration.value(DAYS, area), area)


def facts_of(allocation: Allocation, area: Area, rows: Sequence[RowDraft], today: date) -> Mapping[str, Any]:
    """Return the facts as a list keeps them; BadRow where the rows do not add up or a fact cannot be.

    The sums must reconcile with what was handed down (S12): to the fen, or the list is not published.
    """
    if not allocation.document.strip() or len(allocation.document) > 80:
        raise BadRow(_("请写清楚按哪份文件分配（文号或标题，最多80字）。"))
    if allocation.handed_down_on > today:
        raise BadRow(_("资金下达的日期还没有到，请核对。"))
    total = sum(row.amount_fen for row in rows)
    if total != allocation.total_fen:
        raise BadRow(
            _("各行加起来是%(rows)s元，下达的是%(total)s元，差%(gap)s元。对上了才能公布。")
            % {
                "rows": _yuan(total),
                "total": _yuan(allocation.total_fen),
                "gap": _yuan(abs(total - allocation.total_fen)),
            }
        )
    due = due_on(allocation, area)
    return {
        "level": str(Level(area.level).value),
        "document": allocation.document.strip(),
        "total_fen": allocation.total_fen,
        "handed_down_on": allocation.handed_down_on.isoformat(),
        "due_on": due.isoformat(),
        "late": today > due,
    }


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"
