"""One person at two levels of one case (design.md rule 3): the engine refuses it, so any is a way around."""

from collections.abc import Iterator

from django.db.models import Count, Max
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from portal.people.models import User
from workflows.engine.models import Case, Decision

from ..rule import Found, Rule, Weight, Window, case_objects


def find(window: Window) -> Iterator[Found]:
    """Yield every case in which one person judged at two levels."""
    for numbers in window.chunks("case.decided"):
        judged = Decision.objects.filter(case__number__in=numbers, judging=True).exclude(actor=None)
        twice = list(
            judged.order_by()
            .values("case", "actor")
            .annotate(levels=Count("level", distinct=True), last=Max("at"))
            .filter(levels__gt=1)
        )
        cases = Case.objects.select_related("area", "batch").in_bulk([one["case"] for one in twice])
        people = User.objects.in_bulk([one["actor"] for one in twice])
        for one in twice:
            case, person = cases[one["case"]], people[one["actor"]]
            yield Found(
                key=f"{case.number}:{person.username}",
                area=case.area,
                line=case.line,
                reason=translate("%(who)s 在这一件的 %(n)s 个层级上都作了决定。")
                % {"who": person, "n": one["levels"]},
                objects=case_objects(case),
                happened_at=one["last"],
                concerns=person,
            )


RULE = Rule(
    code="two_levels",
    title=_("一个人办了两级"),
    why=_("一件事每一级要由不同的人把关。同一个人在两级都签，等于少了一道关。"),
    find=find,
    weight=Weight.GRAVE,
)
