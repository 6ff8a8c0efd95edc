"""Who may not answer for a case: relatives of its household, and officials of whom an upheld objection to it
complained (design.md rule 3).
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from disclosure.publicity.models import Complaint, ObjectionState
from portal.people.models import User
from workflows.engine.models import Case, CaseState
from workflows.registry.kinships import related

from .matters import SUBJECT


def related_to_case(user: User, subjects: Sequence[str]) -> dict[str, str]:
    """Return the reason for each of `subjects` that names a case whose household is related to `user`."""
    numbers = [key.removeprefix(SUBJECT) for key in subjects if key.startswith(SUBJECT)]
    if not numbers:
        return {}
    households = dict(Case.objects.filter(number__in=numbers).values_list("number", "subject"))
    reasons = related(user, list(households.values()))
    return {
        f"{SUBJECT}{number}": reasons[household]
        for number, household in households.items()
        if household in reasons
    }


def complained_of(user: User, subjects: Sequence[str]) -> dict[str, str]:
    """Return the subjects (households, cases) with a case on its way of which an upheld objection found that
    `user` was at fault: somebody else checks and decides it again.

    The reason says nothing of the objection. One query for almost everybody, of whom nobody complained.
    """
    upheld = Complaint.objects.filter(person=user, objection__state=ObjectionState.UPHELD)
    rows = set(upheld.exclude(objection__row=None).values_list("objection__row__subject", flat=True))
    if not rows:
        return {}
    numbers = [row.removeprefix(SUBJECT) for row in rows if row.startswith(SUBJECT)]
    cases = Case.objects.filter(number__in=numbers, state=CaseState.ACTIVE).values_list("number", "subject")
    barred = {key for number, household in cases for key in (f"{SUBJECT}{number}", household)}
    return {subject: _("按回避规定，这一户由别人办") for subject in subjects if subject in barred}
