"""Who may not answer for a case: relatives of its household, and officials of whom an upheld objection to it
complained (design.md rule 3).
"""

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import CharField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from disclosure.publicity.models import Complaint, ObjectionState
from portal.people.models import User
from workflows.engine.models import Case, CaseState
from workflows.registry.kinships import HOUSEHOLD, kinships_of
from workflows.registry.models import Degree

from .matters import SUBJECT

COMPLAINED = "complained"


def kept_away(user: User, subjects: Sequence[str]) -> dict[str, str]:
    """Return the reason for each of `subjects` (households, cases) that `user` must keep away from.

    Relatives in the configured degrees, and what an upheld objection found the user at fault in: another
    checks and decides that, and the reason says nothing of the objection. One query for almost
    everybody, of whom nobody complained, and one more where cases are asked for by number.
    """
    numbers = [key.removeprefix(SUBJECT) for key in subjects if key.startswith(SUBJECT)]
    homes = dict(Case.objects.filter(number__in=numbers).values_list("number", "subject")) if numbers else {}
    households = {key for key in (*subjects, *homes.values()) if key.startswith(HOUSEHOLD)}
    if not households:
        return {}
    degrees, rows = _asked(user, households)
    barred = _barred(rows) if rows else set()
    found: dict[str, list[str]] = defaultdict(list)
    for subject in subjects:
        household = homes.get(subject.removeprefix(SUBJECT), subject)
        if household in degrees:
            found[subject].append(_("与这户是%(degree)s关系") % {"degree": Degree(degrees[household]).label})
        if subject in barred or household in barred:
            found[subject].append(_("按回避规定，这一户由别人办"))
    return {subject: "；".join(reasons) for subject, reasons in found.items()}


def _asked(user: User, households: Collection[str]) -> tuple[dict[str, str], set[str]]:
    """Return the degree to each of `households`, and the rows of upheld objections against `user`."""
    text = CharField(max_length=64)
    kin = kinships_of(user, households).values_list(Cast("household_id", text), Cast("degree", text))
    upheld = Complaint.objects.filter(person=user, objection__state=ObjectionState.UPHELD)
    rows = upheld.exclude(objection__row=None).values_list(
        Cast("objection__row__subject", text), Value(COMPLAINED, output_field=text)
    )
    degrees, complained = {}, set()
    for key, said in kin.union(rows, all=True):
        if said == COMPLAINED:
            complained.add(key)
        else:
            degrees[f"{HOUSEHOLD}{key}"] = said
    return degrees, complained


def _barred(rows: Collection[str]) -> set[str]:
    """Return the households of the cases on their way that stand in `rows`."""
    numbers = [row.removeprefix(SUBJECT) for row in rows if row.startswith(SUBJECT)]
    cases = Case.objects.filter(number__in=numbers, state=CaseState.ACTIVE)
    return set(cases.values_list("subject", flat=True))
