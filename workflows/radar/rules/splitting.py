"""Splitting below a threshold: one household's cases that each stay under it and together pass it."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from portal.areas.models import Area
from portal.configuration.services import value
from workflows.engine.models import Case, CaseState
from workflows.programmes.answers import yuan
from workflows.programmes.keys import COUNTY_THRESHOLD

from ..keys import SOURCE, count, money
from ..rule import Found, Rule, Threshold, Window, case_objects, key_of

CODE = "splitting"


def find(window: Window) -> Iterator[Found]:
    """Yield the households whose cases of one line add up to the county's threshold within the days set."""
    for numbers in window.chunks("case.opened", "case.amended", "case.decided"):
        new = Case.objects.filter(number__in=numbers).exclude(subject="").values_list("subject", flat=True)
        cases = Case.objects.filter(subject__in=set(new), amount_fen__gt=0)
        cases = cases.filter(state__in=[CaseState.ACTIVE, CaseState.DONE]).select_related("area", "batch")
        groups: dict[tuple[str, str], list[Case]] = defaultdict(list)
        for case in cases.order_by("opened_at", "pk"):
            groups[case.subject, case.line].append(case)
        for together in groups.values():
            if len(together) > 1 and (found := _split(together)):
                yield found


def _split(cases: list[Case]) -> Found | None:
    """Return what is found in one household's cases of one line, the oldest first; None where nothing is."""
    last = cases[-1]
    threshold = _threshold(last.area)
    days = int(value(key_of(CODE, "days"), last.area))
    if not threshold:
        return None
    near = [case for case in cases if last.opened_at - case.opened_at <= timedelta(days=days)]
    small = [case for case in near if case.amount_fen < threshold]
    total = sum(case.amount_fen for case in small)
    if len(small) < 2 or total < threshold:
        return None
    said = {"days": days, "n": len(small), "total": yuan(total), "threshold": yuan(threshold)}
    return Found(
        key=":".join(case.number for case in small)[:120],
        area=last.area,
        line=last.line,
        reason=translate(
            "同一户 %(days)s 天里有 %(n)s 件，每件都不到上级审批的线（%(threshold)s 元），"
            "合起来 %(total)s 元，过了线。"
        )
        % said,
        objects=[pair for case in small for pair in case_objects(case)[:1]],
        happened_at=last.opened_at,
    )


def _threshold(area: Area | None) -> int:
    """Return from how many fen on a level above must approve at `area`; 0 where no such line is set."""
    return int(value(key_of(CODE, "threshold_fen"), area)) or int(value(COUNTY_THRESHOLD, area))


def _idle(area: Area | None) -> str:
    return "" if _threshold(area) else translate("县里没有定上级审批的线，这条规则现在查不出什么")


RULE = Rule(
    code=CODE,
    title=_("拆成小额躲上级审批"),
    why=_("一户的钱拆成几件，每件都在上级审批线以下。也可能真是几件不同的事。"),
    find=find,
    idle=_idle,
    thresholds=(
        Threshold(
            "threshold_fen",
            0,
            _("多少钱要上一级批（0 表示用项目审批的那条线）"),
            SOURCE,
            check=money(1_000_000_00),
        ),
        Threshold("days", 180, _("多少天以内的合起来算"), SOURCE, check=count(1, 1000)),
    ),
)
