"""What happened in a fortnight, counted and put into words: the draft of the report (XC-40)."""

from collections import Counter
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.publicity.models import Objection
from disclosure.site.words import day, full_day
from portal import clock
from portal.areas.models import Area, path_range

from .models import Source, Ticket, TicketState, of_somebody

SECTIONS = {
    "overview": gettext_lazy("总的情况"),
    "opened": gettext_lazy("新查出的问题"),
    "closed": gettext_lazy("整改到位的"),
    "overdue": gettext_lazy("超期没有整改的"),
    "waiting": gettext_lazy("等验收的"),
    "next": gettext_lazy("下一步"),
}
# Those that tell of single tickets.
OF_TICKETS = frozenset(["opened", "closed", "overdue", "waiting"])
MOST_LINES = 40


def figures_of(area: Area, first: date, last: date) -> dict[str, Any]:
    """Return the counts of `area` from `first` to `last`, both included; overdue and waiting as of today."""
    tickets = Ticket.objects.filter(path_range(area.path))
    opened = tickets.filter(opened_at__date__range=(first, last))
    objections = Objection.objects.filter(path_range(area.path, "list__area_path"))
    sources = Counter(opened.values_list("source", flat=True))
    return {
        "opened": opened.count(),
        "by_source": {source: sources[source] for source in Source.values if sources[source]},
        "closed": tickets.filter(closed_at__date__range=(first, last)).count(),
        "open": tickets.filter(state=TicketState.OPEN).count(),
        "waiting": tickets.filter(state=TicketState.ANSWERED).count(),
        "overdue": tickets.filter(state=TicketState.OPEN, due_on__lt=clock.today()).count(),
        "objections": objections.filter(received_on__range=(first, last)).count(),
        "objections_late": objections.filter(state="open", due_on__lt=clock.today()).count(),
        "as_of": clock.today().isoformat(),
    }


def words_of(area: Area, first: date, last: date, figures: dict[str, Any]) -> dict[str, str]:
    """Return the draft of each section. Nobody is named in it: offices are, and villages.

    A ticket that is about an official in person is counted and told in no line: that person may read this.
    """
    tickets = Ticket.objects.filter(path_range(area.path)).select_related("area", "owner_area")
    opened = tickets.filter(opened_at__date__range=(first, last)).order_by("pk")
    closed = tickets.filter(closed_at__date__range=(first, last)).order_by("closed_at")
    overdue = tickets.filter(state=TicketState.OPEN, due_on__lt=clock.today()).order_by("due_on")
    waiting = tickets.filter(state=TicketState.ANSWERED).order_by("due_on")
    sources = "、".join(
        _("%(source)s %(n)d 件") % {"source": Source(source).label, "n": n}
        for source, n in figures["by_source"].items()
    )
    overview = _(
        "%(first)s至%(last)s，%(area)s新查出问题 %(opened)d 件%(sources)s，整改到位 %(closed)d 件。"
        "到%(as_of)s，正在整改 %(open)d 件，其中超期 %(overdue)d 件；等验收 %(waiting)d 件。"
        "收到群众异议 %(objections)d 件，超期没有答复的 %(objections_late)d 件。"
    ) % {
        **figures,
        "as_of": day(date.fromisoformat(figures["as_of"])),
        "first": full_day(first),
        "last": day(last),
        "area": area.name,
        "sources": f"（{sources}）" if sources else "",
    }
    return {
        "overview": overview,
        "opened": _lines(opened, lambda one: _("%(day)s前整改") % {"day": day(one.answer_by)}),
        "closed": _lines(closed, lambda one: _("按期改好") if one.in_time else _("超过期限才改好")),
        "overdue": _lines(overdue, lambda one: _("应在%(day)s前整改") % {"day": day(one.due_on)}),
        "waiting": _lines(waiting, lambda one: _("%(day)s前验收") % {"day": day(one.due_on)}),
        "next": _("继续盯住超期的，下一期报告里说明。"),
    }


def _lines(tickets: Any, ending: Any) -> str:
    """Return a line for each ticket, the first so many, and how many there are besides."""
    told = tickets.exclude(of_somebody())
    shown = list(told[: MOST_LINES + 1])
    lines = [
        f"{place}. {one.area.name}：{one.title}（{one.owner}，{ending(one)}）"
        for place, one in enumerate(shown[:MOST_LINES], 1)
    ]
    if len(shown) > MOST_LINES:
        lines.append(_("另有 %(n)d 件，见台账。") % {"n": told.count() - MOST_LINES})
    if apart := tickets.filter(of_somebody()).count():
        lines.append(_("另有 %(n)d 件涉及干部本人，只计数，不列出。") % {"n": apart})
    return "\n".join(lines) or _("没有。")


def without_titles(area: Area, words: str) -> str:
    """Return the lines of a section as the public may read them: place, source and owner, no title.

    A title is free text, in which a name may stand that no screening knows.
    """
    tickets = Ticket.objects.filter(path_range(area.path)).values_list("title", "source").distinct()
    for title, source in sorted(tickets, key=lambda pair: len(pair[0]), reverse=True):
        if title in words:
            words = words.replace(title, _("%(source)s查出的问题") % {"source": Source(source).label})
    return words
