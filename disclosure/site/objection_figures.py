"""What the objections of an area come to: received, open, upheld, dismissed, appealed; how long they took."""

from collections import Counter
from dataclasses import dataclass
from statistics import median_low

from django.db.models import Case, Count, Value, When

from disclosure.publicity.models import Objection, ObjectionState
from portal.areas.models import Area, path_range

ANSWERED = [ObjectionState.UPHELD, ObjectionState.DISMISSED]


@dataclass
class ObjectionFigures:
    """Counts of objections; an appeal is none of its own. `median_days`: calendar days, None without any."""

    received: int = 0
    open: int = 0
    upheld: int = 0
    dismissed: int = 0
    withdrawn: int = 0
    appeals: int = 0
    appeals_upheld: int = 0
    median_days: int | None = None


def objection_figures(area: Area) -> ObjectionFigures:
    """Return the figures of `area` and all below it, in one query."""
    said = Objection.objects.filter(path_range(area.path, "list__area_path")).order_by()
    figures = ObjectionFigures()
    days: Counter[int] = Counter()
    kind = Case(When(appeal_of=None, then=Value(False)), default=Value(True))
    for appealed, state, taken, count in said.values_list(kind, "state", "days_taken").annotate(Count("pk")):
        if appealed:
            figures.appeals += count
            figures.appeals_upheld += count if state == ObjectionState.UPHELD else 0
            continue
        figures.received += count
        setattr(figures, str(state), getattr(figures, str(state)) + count)
        if state in ANSWERED and taken is not None:
            days[taken] += count
    # The lower of the two in the middle of an even number: a day that was really taken.
    figures.median_days = median_low(days.elements()) if days else None
    return figures
