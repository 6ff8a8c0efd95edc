"""月结: one month of a person's area on one page: filed, decided, published, paid, and what is still open."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from disclosure.publicity.models import Objection, PublicList
from portal import clock
from portal.areas.models import Area
from portal.people.models import User
from portal.people.scope import scope_of
from workflows.engine import catalogue
from workflows.engine.definitions import StepKind, Verdict
from workflows.engine.models import Batch, BatchState, Case, Decision
from workflows.money.models import Payment
from workflows.notices.models import HouseholdNotice
from workflows.programmes import matters

from . import gates
from .deadlines import Deadline, deadline_of
from .words import step_name

MOST_BATCHES = 200
LIGHTS = ("red", "yellow", "green", "none")
JUDGED = (Verdict.AGREE, Verdict.REFUSE)


@dataclass
class Tally:
    """How many, how much in fen, and how many of them pay at all."""

    count: int = 0
    fen: int = 0
    paying: int = 0


@dataclass
class Village:
    """One village's month; the light counts are of what is open now."""

    code: str
    name: str
    filed: Tally = field(default_factory=Tally)
    approved: Tally = field(default_factory=Tally)
    refused: int = 0
    paid: Tally = field(default_factory=Tally)
    open: int = 0


@dataclass
class Open:
    """A batch that is still on its way."""

    batch: Batch
    step: str
    deadline: Deadline


@dataclass
class Month:
    """What the page shows. `lights` counts the open batches by light, as they stand now."""

    first: date
    last: date
    villages: list[Village]
    filed: Tally
    approved: Tally
    refused: int
    paid: Tally
    lists: list[PublicList]
    unposted: int
    objections: int
    answered: int
    notices: int
    unserved: int
    open: list[Open]
    more: int
    lights: dict[str, int]


def month_of(text: str) -> date:
    """Return the first day of the month written as 2026-11; this month's for anything else or ahead."""
    this = clock.today().replace(day=1)
    try:
        found = date.fromisoformat(f"{text}-01") if len(text) == 7 else this
    except ValueError:
        return this
    return min(found, this) if found.year >= 2000 else this


def before(first: date) -> date:
    """Return the first day of the month before."""
    return (first - timedelta(days=1)).replace(day=1)


def after(first: date) -> date:
    """Return the first day of the month after."""
    return (first + timedelta(days=32)).replace(day=1)


def gather(user: User, first: date, place: Area | None = None) -> Month:
    """Return the month that starts on `first` in the person's offices, within `place` where given.

    The number of queries does not grow with villages, cases or lists.
    """
    start = timezone.make_aware(datetime.combine(first, time.min))
    end = timezone.make_aware(datetime.combine(after(first), time.min))
    cases = _within(Case.objects.visible_to(user), place)
    villages: dict[str, Village] = {}
    _put(villages, "filed", cases.filter(opened_at__gte=start, opened_at__lt=end), "requested_fen")
    paid = Payment.objects.filter(case__in=cases, paid_on__gte=first, paid_on__lt=after(first))
    _put(villages, "paid", paid, "amount_fen", "case__")
    words = Decision.objects.filter(at__gte=start, at__lt=end, step__in=_deciding(), verdict__in=JUDGED)
    # Approved is what no signature and no level above still has to approve; each case by its last word.
    words = words.exclude(verdict=Verdict.AGREE, to_step__in=_deciding())
    later = words.filter(case=OuterRef("case"), pk__gt=OuterRef("pk"))
    decided = words.filter(~Exists(later), case__in=cases)
    _put(villages, "approved", decided, "amount_after_fen", "case__", Q(verdict=Verdict.AGREE))
    batches = _within(Batch.objects.visible_to(user), place).filter(state=BatchState.OPEN, opened_at__lt=end)
    open_ = [
        Open(batch, step_name(batch), deadline_of(batch))
        for batch in batches.select_related("area").order_by("due_on", "pk")
    ]
    lights: dict[str, int] = defaultdict(int)
    for one in open_:
        lights[one.deadline.light] += 1
        area = one.batch.area
        villages.setdefault(area.code, Village(area.code, area.name)).open += one.batch.row_count
    scope = scope_of(user)
    lists = scope.filter(PublicList.objects.filter(published_at__gte=start, published_at__lt=end))
    lists = _within(lists, place).select_related("area").annotate(posted=Count("postings"))
    shown = list(lists.order_by("area__code", "published_at", "pk")[:MOST_BATCHES])
    objections = scope.filter(
        Objection.objects.apart_from(user), "list__area_path", "list__line", roles=gates.OBJECTION_READERS
    )
    if place is not None:
        objections = objections.filter(list__area_path__startswith=place.path)
    said = objections.aggregate(
        come=Count("pk", filter=Q(received_at__gte=start, received_at__lt=end)),
        answered=Count("pk", filter=Q(answered_at__gte=start, answered_at__lt=end)),
    )
    notices = HouseholdNotice.objects.filter(
        case__in=cases, voided_at=None, made_at__gte=start, made_at__lt=end
    ).aggregate(made=Count("pk"), unserved=Count("pk", filter=Q(served_on=None)))
    order = {light: place_ for place_, light in enumerate(LIGHTS)}
    open_.sort(key=lambda one: order.get(one.deadline.light, len(LIGHTS)))
    rows = [villages[code] for code in sorted(villages)]
    return Month(
        first=first,
        last=after(first) - timedelta(days=1),
        villages=rows,
        filed=_total(rows, "filed"),
        approved=_total(rows, "approved"),
        refused=sum(one.refused for one in rows),
        paid=_total(rows, "paid"),
        lists=shown,
        unposted=sum(not one.posted for one in shown),
        objections=said["come"],
        answered=said["answered"],
        notices=notices["made"],
        unserved=notices["unserved"],
        open=open_[:MOST_BATCHES],
        more=max(len(open_) - MOST_BATCHES, 0),
        lights={light: lights[light] for light in LIGHTS if lights[light]},
    )


def _deciding() -> list[str]:
    """Return the keys of the steps at which cases are approved or refused, in every flow."""
    flows = catalogue.all_flows()
    return sorted({step.key for flow in flows for step in flow.steps if step.kind == StepKind.DECIDE})


def _within(rows: QuerySet[Any], place: Area | None) -> QuerySet[Any]:
    return rows if place is None else rows.filter(area_path__startswith=place.path)


def _put(
    villages: dict[str, Village],
    name: str,
    rows: QuerySet[Any],
    amount: str,
    path: str = "",
    only: Q | None = None,
) -> None:
    """Put count and sum of `rows` (those that are `only`, the others as refused) by village: one query."""
    code, title = f"{path}area__code", f"{path}area__name"
    chosen = only if only is not None else Q(pk__isnull=False)
    paying = chosen
    for prefix in matters.unpaid():
        paying &= ~Q(**{f"{path}scheme__startswith": prefix})
    found = (
        rows.order_by(code)
        .values(code, title)
        .annotate(
            all=Count("pk"),
            n=Count("pk", filter=chosen),
            fen=Sum(amount, filter=chosen),
            paying=Count("pk", filter=paying),
        )
    )
    for row in found:
        village = villages.setdefault(row[code], Village(row[code], row[title]))
        setattr(village, name, Tally(row["n"], row["fen"] or 0, row["paying"]))
        village.refused += row["all"] - row["n"]


def _total(rows: list[Village], name: str) -> Tally:
    held = [getattr(one, name) for one in rows]
    return Tally(*(sum(getattr(one, part) for one in held) for part in ("count", "fen", "paying")))
