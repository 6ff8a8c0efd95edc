"""Walking the trail: a page of events at a time, by their numbers, as quick at a million as at a hundred.

Nothing is counted and nothing is skipped over: a page begins behind the last number of the one before. The
newest few thousand are looked through first, which is all it takes where what is asked for is frequent; only
where they do not fill the page an index is walked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from disclosure.publicity.models import PublicList
from portal.areas.models import Area
from portal.ledger import evidence
from portal.ledger.models import Event, Head
from portal.people.models import User
from workflows.engine.models import Batch, Case
from workflows.programmes.models import Programme, ProgrammeVersion

from . import objects
from .asked import Asked, people_named
from .reach import codes_within, events_within

PER_PAGE = 50
WINDOW = 4000


@dataclass(frozen=True)
class Page:
    """One page, the newest first; `older` and `newer` are the numbers to go on from, None at either end."""

    events: Sequence[Event]
    older: int | None
    newer: int | None


def page(user: User, asked: Asked, *, before: int | None = None, after: int | None = None) -> Page:
    """Return the events within reach of `user` that are `asked` for, behind `before` or ahead of `after`.

    `before` goes to older ones (numbers below), `after` to newer ones. Queries do not grow with the ledger.
    """
    found = _found(user, asked)
    if after is not None:
        ahead = _take(found.filter(sequence__gt=after), asked, after, upwards=True)
        more = len(ahead) > PER_PAGE
        events = ahead[:PER_PAGE][::-1]
        return Page(events, events[-1].sequence if events else None, events[0].sequence if more else None)
    if before is not None:
        found = found.filter(sequence__lt=before)
    events = _take(found, asked, before, upwards=False)
    older = events[PER_PAGE - 1].sequence if len(events) > PER_PAGE else None
    return Page(events[:PER_PAGE], older, events[0].sequence if before is not None and events else None)


def why_nothing(user: User, asked: Asked) -> str:
    """Return which part of what is asked for has nothing within reach of `user`, in a sentence.

    What lies outside the reach reads like what there is not.
    """
    said = {
        "person": _("您监督的地方里，没有叫“%(said)s”的人办过事。请写完整的姓名，或者账号。"),
        "number": _(
            "您看得到的里面没有编号“%(said)s”。请照单子上印的抄全；没有编号的写“异议 5”“附件 12”这样。"
        ),
        "area": _("这个地方还没有留痕。"),
        "programme": _("这个项目在您监督的地方还没有留痕。"),
        "kind": _("您监督的地方里还没有办过这种事。"),
    }
    for name, words in said.items():
        given = getattr(asked, name)
        if given and not _found(user, Asked(**{name: given})).exists():
            return words % {"said": given}
    days = Asked(first=asked.first, last=asked.last)
    if not days.is_everything and not _found(user, days).exists():
        return _("这些天里没有留痕，请换个日子。")
    return _("分开查都有，合在一起没有。请去掉一两个条件再查。")


def all_asked(user: User, asked: Asked, most: int) -> list[Event]:
    """Return the newest events that are asked for, the oldest first, at most `most` and one."""
    ordered = _found(user, asked).order_by(*_order(asked, upwards=False))
    numbers = list(ordered.values_list("sequence", flat=True)[: most + 1])
    return _fetched(numbers)[::-1]


def _take(found: QuerySet[Event], asked: Asked, start: int | None, *, upwards: bool) -> list[Event]:
    """Return one event more than a page holds, from `start` on."""
    if not (asked.person or asked.number or asked.kind):
        edge = start if start is not None else Head.objects.values_list("size", flat=True).first() or 0
        # Bounded on both sides: else SQLite walks the index by place, a million entries of a busy county.
        low, high = (edge, edge + WINDOW) if upwards else (edge - WINDOW, edge)
        window = Q(sequence__gt=low, sequence__lte=high)
        order = "sequence" if upwards else "-sequence"
        numbers = list(
            found.filter(window).order_by(order).values_list("sequence", flat=True)[: PER_PAGE + 1]
        )
        if len(numbers) > PER_PAGE:
            return _fetched(numbers)
    ordered = found.order_by(*_order(asked, upwards=upwards))
    return _fetched(list(ordered.values_list("sequence", flat=True)[: PER_PAGE + 1]))


def _order(asked: Asked, *, upwards: bool) -> list[object]:
    """Return the order by number.

    Where the place alone narrows, it is written as a sum: else a database may walk the whole ledger backwards
    in search of a quiet village, instead of the index by place.
    """
    if asked.person or asked.kind:
        return ["sequence" if upwards else "-sequence"]
    number = F("sequence") + 0
    return [number.asc() if upwards else number.desc()]


def _fetched(numbers: list[int]) -> list[Event]:
    """Return the events of these numbers in their order, with who did it."""
    rows = Event.objects.select_related("actor").in_bulk(numbers)
    return [rows[number] for number in numbers]


def _found(user: User, asked: Asked) -> QuerySet[Event]:
    found = events_within(user)
    if asked.person:
        found = found.filter(actor__in=[person.pk for person in people_named(asked.person)])
    if asked.area:
        found = found.filter(codes_within(Area.objects.get(code=asked.area)))
    if asked.number:
        found = found.filter(_about(asked.number))
    if asked.programme:
        found = found.filter(_of_programme(asked.programme))
    if asked.kind:
        found = found.filter(kind=asked.kind)
    return found.filter(_between(asked))


def _about(number: str) -> Q:
    """Return the condition that an event is about the object of that number, or belongs to it.

    For a case and a list the ledger's own evidence says what belongs: its batches, its files, its lists.
    What has no number of its own is asked for as the pages name it, ``异议 5``, or as ``objection:5``.
    """
    if asked := objects.named(number):
        return Q(object_type=asked[0], object_id=asked[1])
    try:
        belonging = evidence.collect(number).objects
    except evidence.NoEvidence:
        return Q(object_id=number, object_type__in=_TYPES)
    condition = Q(pk__in=[])
    for object_type, object_id in belonging:
        condition |= Q(object_type=object_type, object_id=object_id)
    return condition


# Objects that people know by their number; the others are found from the page of an act.
_TYPES = (
    *("batch", "deliberation", "village", "evidence", "list", "case", "programme", "export"),
    *("ticket", "spotcheck", "assessment", "report"),
)


def _of_programme(slug: str) -> Q:
    """Return the condition that an event is about a programme, its cases, batches and lists."""
    programme = Programme.objects.get(slug=slug)
    versions = list(ProgrammeVersion.objects.filter(programme=programme).values_list("pk", flat=True))
    schemes = [f"programme:{pk}" for pk in versions]
    of_scheme = {"scheme__in": schemes}
    return (
        Q(object_type="programme", object_id=slug)
        | Q(object_type="case", object_id__in=Case.objects.filter(**of_scheme).values("number"))
        | Q(object_type="batch", object_id__in=Batch.objects.filter(**of_scheme).values("number"))
        | Q(object_type="list", object_id__in=PublicList.objects.filter(**of_scheme).values("number"))
    )


def _between(asked: Asked) -> Q:
    """Return the condition on numbers that the days mean: a range, since recorded times never go back."""
    condition = Q()
    if asked.first:
        first = _numbers_from(midnight(date.fromisoformat(asked.first)))
        condition &= Q(sequence__gte=first) if first else Q(pk__in=[])
    if asked.last:
        beyond = _numbers_from(midnight(date.fromisoformat(asked.last) + timedelta(days=1)))
        condition &= Q(sequence__lt=beyond) if beyond else Q()
    return condition


def _numbers_from(moment: datetime) -> int | None:
    """Return the number of the first event recorded at `moment` or later; None where there is none yet."""
    later = Event.objects.filter(recorded_at__gte=moment).order_by("recorded_at", "sequence")
    number: int | None = later.values_list("sequence", flat=True).first()
    return number


def midnight(day: date) -> datetime:
    """Return the first moment of `day`, Asia/Shanghai."""
    return timezone.make_aware(datetime.combine(day, time.min))
