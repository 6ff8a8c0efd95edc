"""Relatives of officials among the beneficiaries: the declared ones whose official works over the place."""

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.ledger.models import Event
from portal.people.models import ROLES_WITHOUT_CASES, Office
from workflows.engine.models import Case, CaseState, Decision
from workflows.registry.models import Kinship

from ..rule import CHUNK, Found, Rule, Window, case_objects


def find(window: Window) -> Iterator[Found]:
    """Yield the cases decided of late, and those of households of which a kinship was declared of late."""
    for numbers in window.chunks("case.decided", "case.opened", "payment.recorded"):
        yield from _among(list(Case.objects.filter(number__in=numbers).select_related("area", "batch")))
    for ids in window.chunks("kinship.declared"):
        homes = [f"household:{pk}" for pk in ids]
        found = Case.objects.filter(subject__in=homes).select_related("area", "batch").order_by("pk")
        yield from _among(list(found[: CHUNK * 4]))


def _among(cases: list[Case]) -> Iterator[Found]:
    """Yield those of `cases` that stand or are done and whose household is related to an official over it."""
    cases = [case for case in cases if case.state in (CaseState.ACTIVE, CaseState.DONE)]
    homes = {case.subject: case for case in cases}
    ids = [subject.removeprefix("household:") for subject in homes if subject.startswith("household:")]
    kin = list(Kinship.objects.filter(household__in=ids).select_related("user"))
    offices: dict[int, list[Office]] = defaultdict(list)
    held = Office.objects.in_force(clock.today()).filter(user__in={one.user_id for one in kin})
    for office in held.exclude(role__in=ROLES_WITHOUT_CASES).select_related("area"):
        offices[office.user_id].append(office)
    signing = Decision.objects.filter(case__in=cases, actor__in=list(offices))
    signed = {
        (case, actor): at for case, actor, at in signing.order_by("at").values_list("case", "actor", "at")
    }
    for one in kin:
        for case in (each for each in cases if each.subject == f"household:{one.household_id}"):
            over = [office for office in offices[one.user_id] if office.area.covers(case.area_path)]
            if not over:
                continue
            said = {"office": over[0], "who": one.user, "degree": one.get_degree_display()}
            words = translate("%(office)s %(who)s 申报过与这户是%(degree)s。") % said
            last_signed = signed.get((case.pk, one.user_id))
            if last_signed is not None and clock.day_of(last_signed) >= one.declared_on:
                words += translate("本人还在这一件上签过字，没有回避。")
            elif last_signed is not None:
                days = {"signed": clock.day_of(last_signed), "declared": one.declared_on}
                words += translate("本人 %(signed)s 在这一件上签过字，%(declared)s 才申报。") % days
            else:
                words += translate("本人没有在这一件上签字；请看是谁报的、凭什么批的。")
            last = Event.objects.filter(object_type="case", object_id=case.number).latest("sequence")
            yield Found(
                key=f"{case.number}:{one.user.username}",
                area=case.area,
                line=case.line,
                reason=words,
                objects=case_objects(case),
                happened_at=last.recorded_at,
                concerns=one.user,
            )


RULE = Rule(
    code="kin",
    title=_("干部的亲属受益"),
    why=_("受益户和管这里的干部有申报过的亲属关系。亲属也可以受助，但要看干部有没有回避、条件够不够。"),
    find=find,
)
