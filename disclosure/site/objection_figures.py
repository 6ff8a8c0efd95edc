"""What the objections of an area come to: received, open, upheld, dismissed, appealed; how long they took."""

from dataclasses import dataclass

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
    """Return the figures of `area` and all below it: one query, and one more where something was answered."""
    said = Objection.objects.filter(path_range(area.path, "list__area_path")).order_by()
    figures = ObjectionFigures()
    kind = Case(When(appeal_of=None, then=Value(False)), default=Value(True))
    for appealed, state, count in said.values_list(kind, "state").annotate(Count("pk")):
        if appealed:
            figures.appeals += count
            figures.appeals_upheld += count if state == ObjectionState.UPHELD else 0
            continue
        figures.received += count
        setattr(figures, str(state), count)
    answered = figures.upheld + figures.dismissed
    if answered:
        # The lower of the two in the middle of an even number: a day that was really taken.
        days = said.filter(appeal_of=None, state__in=ANSWERED, days_taken__isnull=False)
        middle = days.order_by("days_taken").values_list("days_taken", flat=True)
        figures.median_days = next(iter(middle[(answered - 1) // 2 : (answered - 1) // 2 + 1]), None)
    return figures
