"""Who may not answer for a case: the relatives of the household that applies (design.md rule 3)."""

from collections.abc import Sequence

from portal.people.models import User
from workflows.engine.models import Case
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
