"""Which rows of a list an open objection holds."""

from django.db.models import Q

from .models import Objection, ObjectionState, PublicList


def open_subjects(list: PublicList) -> set[str]:
    """Return the subjects of rows of `list` that an open objection holds; one to the whole list holds all.

    Objections to earlier versions count as long as nobody answered them; late ones hold nothing, and appeals
    only where the county set it so.
    """
    in_time = Q(appeal_of=None, received_on__lte=list.closes_on)
    open_ones = Objection.objects.filter(
        in_time | Q(appeal_of__isnull=False, holds=True), list__series=list.series, state=ObjectionState.OPEN
    )
    held = set(open_ones.values_list("row__subject", flat=True))
    if not held:
        return set()
    subjects = set(list.rows.values_list("subject", flat=True))
    return subjects if None in held else subjects & held
