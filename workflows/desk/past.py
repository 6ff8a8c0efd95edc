"""What a household was granted before: its earlier cases and what was paid to it, year by year."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.people.models import User
from workflows.engine.models import Case, CaseState
from workflows.programmes.answers import yuan
from workflows.programmes.models import Application


@dataclass(frozen=True)
class Earlier:
    """One earlier case of a household; amounts are fen, `paid_fen` None where nothing was paid."""

    number: str
    year: int
    programme: str
    state: str
    amount_fen: int
    paid_fen: int | None
    helped: bool


@dataclass
class Past:
    """A household's past as far as the person's offices show it."""

    cases: list[Earlier] = field(default_factory=list)

    @property
    def years(self) -> list[str]:
        """What was paid, year by year, the latest first."""
        paid: dict[int, int] = defaultdict(int)
        for case in self.cases:
            if case.paid_fen:
                paid[case.year] += case.paid_fen
        return [
            _("%(year)s 年拨付 %(yuan)s 元") % {"year": year, "yuan": yuan(paid[year])}
            for year in sorted(paid, reverse=True)
        ]

    @property
    def helped(self) -> list[Earlier]:
        """The earlier cases that ended with help."""
        return [case for case in self.cases if case.helped]


def past_of(user: User, cases: Sequence[Case]) -> dict[str, Past]:
    """Return the past of the households of `cases` by subject, these cases left out: one query for all."""
    subjects = {case.subject for case in cases}
    seen = Case.objects.visible_to(user).filter(subject__in=subjects).exclude(pk__in=[c.pk for c in cases])
    found = Application.objects.filter(case__in=seen).order_by("-case__opened_at", "-case__pk")
    rows = found.values_list(
        "case__subject",
        "case__number",
        "case__opened_at",
        "programme_version__programme__title",
        "case__state",
        "case__amount_fen",
        "case__payment__amount_fen",
        "case__payment__paid_on",
    )
    past: dict[str, Past] = defaultdict(Past)
    for subject, number, opened_at, title, state, amount, paid, paid_on in rows:
        year = paid_on.year if paid_on else timezone.localtime(opened_at).year
        helped = paid is not None or state == CaseState.DONE
        label = str(CaseState(state).label)
        past[subject].cases.append(Earlier(number, year, title, label, amount, paid, helped))
    return past
