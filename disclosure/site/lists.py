"""The page of a public list: what, until when, how much, how decided, who, why, what to do, proof."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.fields.json import KT
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from disclosure.masking.services import kind_of
from disclosure.publicity import public
from disclosure.publicity.models import KINDS_WITH_CLOCK, ListKind, ListRow, ListState, PublicList
from disclosure.publicity.public_answers import answers_of

from . import areas, events_of, kind_words, registry
from .responses import public_page
from .rows import render_rows

ALL = public.ALL
ITEMS_SHOWN = 20
# A matter split into several batches has several lists of a kind; more than this nobody reads here.
RELATED_SHOWN = 12

PENDING_WORDS = {
    ListKind.RESOLUTION: gettext_lazy("还没有"),
    ListKind.APPLICATION: gettext_lazy("乡里核查以后公示"),
    ListKind.RESULT: gettext_lazy("钱发下去以后公开"),
}
# What a correction means for the rows that it did not touch, where the days of the version before were over.
STANDS_WORDS = gettext_lazy(
    "没有改的户照常往下办：更正前的公示天数已经满了，不用再等（有异议正在查的除外）。"
    "改了%(what)s的户停下来，重新公示、重新审批。"
)
WAITS_WORDS = gettext_lazy("没有改的户照原来的，不用重新核查，也等这一版期满再往下办。")
UNTOUCHED_WORDS = gettext_lazy("没有改的户照原来的，不受影响。")
UNTOUCHED_THINGS = gettext_lazy("没有改的照原来的，不受影响。")


@dataclass(frozen=True)
class Publication:
    """One of the publications of a matter: its kind, the lists of it, whether it is the one being read."""

    label: str
    lists: Sequence[PublicList]
    here: bool
    pending: str


@require_safe
def list_page(request: HttpRequest, number: str, page: int = 1) -> HttpResponse:
    """Show one page of the list `number`, or all rows. Eleven queries at most, whatever their number."""
    found = public.page(number, page, nameless_rows=False)
    if found is None:
        raise Http404
    if page == 1 and request.resolver_match and request.resolver_match.url_name == "list-page":
        return HttpResponseRedirect(reverse("list", args=[number]))
    if page != 1 and not found.rows:
        # The rows have left; what is to be said stands on the first page.
        return HttpResponseRedirect(reverse("list", args=[number]))
    list = found.list
    counted_only = not public.has_rows(list)
    paid = registry.paid_of(list, found.subjects) if found.open and found.names else {}
    matter = registry.matter_of(list)
    told = publications(list, matter.course)
    context = {
        "list": list,
        "found": found,
        "state": _state(found),
        "answers": answers_of(list) if found.objection_count else [],
        "trail": [*areas.trail(list.area), list.area],
        "rows": render_rows(list, found.rows, paid) if found.rows else "",
        "items": [] if found.rows or counted_only else items(list),
        "counted_only": counted_only,
        "publications": told,
        "course": matter.course,
        # Once what comes after is published itself, its own page tells how it went.
        "ahead": matter.course.ahead if matter.course and not _followed(told, list) else [],
        "untouched": _untouched(list if list.state == ListState.SUPERSEDED else list.supersedes),
        "scheme": matter.scheme,
        "contact": public.contact(list.area),
        "held": kind_words.held_words(list),
        "replaced": list.state == ListState.SUPERSEDED,
        "pages": range(1, found.page_count + 1),
        "fits_one_page": public.fits_one_page(list),
        "unit": kind_words.unit(list),
        "households": kind_of(list.content).households,
        "heading": kind_words.rows_heading(list),
        "counted": kind_words.counted_words(list),
        "changed": events_of.changed_words(list),
        "told": [*events_of.extended_words(list), *events_of.redacted_words(list)],
        "allocation": events_of.allocation_words(list),
        "missing": kind_words.may_ask(list) and list.state != ListState.SUPERSEDED,
        "ask": matter.ask,
        "is_application": list.kind == ListKind.APPLICATION,
    }
    return public_page(request, "public/list.html", context, index=False)


def items(list: PublicList) -> dict[str, Any]:
    """Return what is left of the rows once their names have gone: count and sum for each item, most first.

    Only the sum is told of what comes after the first ITEMS_SHOWN (one query).
    """
    grouped = (
        ListRow.objects.filter(list=list)
        .order_by()
        .values_list(KT("shown__item"))
        .annotate(count=Count("pk"), fen=Sum("amount_fen"))
    )
    found = sorted(((name or "", count, fen) for name, count, fen in grouped), key=lambda item: -item[2])
    rest = found[ITEMS_SHOWN:]
    return {
        "shown": found[:ITEMS_SHOWN],
        "rest_count": sum(item[1] for item in rest),
        "rest_fen": sum(item[2] for item in rest),
    }


def publications(list: PublicList, course: registry.Course | None) -> Sequence[Publication]:
    """Return the publications of the matter that `list` belongs to, in their order (one query).

    They share the batch's reference, or the deliberation where a batch was split. What is still to come is
    told by its `course`; where nobody knows that, what the village resolved on is published three times.
    """
    same = Q(reference=list.reference)
    if list.deliberation_id:
        same |= Q(deliberation=list.deliberation_id)
    others = PublicList.objects.published().filter(same).exclude(state=ListState.SUPERSEDED)
    related = [*others.exclude(series=list.series).order_by("published_at", "pk")[:RELATED_SHOWN]]
    present = {list.kind, *(one.kind for one in related)}
    promised: Mapping[Any, Any] = course.publishes if course else {}
    if course is None and (ListKind.RESOLUTION in present or list.deliberation_id):
        promised = PENDING_WORDS
    return [
        Publication(
            kind.label,
            [one for one in related if one.kind == kind],
            list.kind == kind,
            str(promised.get(kind, "")),
        )
        for kind in ListKind
        if kind in promised or kind in present
    ]


def _followed(told: Sequence[Publication], list: PublicList) -> bool:
    """Return whether a list of a later kind of the same matter is published already."""
    kinds = [str(kind.label) for kind in ListKind]
    here = kinds.index(str(ListKind(list.kind).label))
    return any(one.lists and kinds.index(str(one.label)) > here for one in told)


def _untouched(before: PublicList | None) -> str:
    """Return what the correction of `before` means for rows that it did not change; empty without one.

    Asks (one query) only where there were several versions before it.
    """
    if before is None:
        return ""
    if before.kind not in KINDS_WITH_CLOCK:
        return str(UNTOUCHED_WORDS if kind_of(before.content).households else UNTOUCHED_THINGS)
    ended = before.ended_at is not None
    if not ended and before.version > 1:
        earlier = PublicList.objects.published().filter(series=before.series, version__lt=before.version)
        ended = earlier.exclude(ended_at=None).exists()
    if not ended:
        return str(WAITS_WORDS)
    return STANDS_WORDS % {"what": _("姓名、金额") if before.with_money else _("姓名")}


def _state(found: public.ListPage) -> dict[str, str]:
    if found.later or found.list.state == ListState.SUPERSEDED:
        return {"css": "look", "words": _("这份名单已经更正")}
    if found.open:
        return {"css": "", "words": kind_words.state_words(found.list)}
    return {"css": "done", "words": _("公示已经期满")}
