"""What the public reads of a village matter: its way, the meetings with their counts, its lists."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.deliberations.models import Deliberation
from disclosure.deliberations.public import timeline
from disclosure.publicity.models import ListKind, ListState, PublicList
from disclosure.site.registry import Course, Entry, Matter

from .models import MatterState, VillageMatter
from .results import PREFIX

PENDING = {
    ListKind.RESOLUTION: gettext_lazy("议定以后公开"),
    ListKind.RESULT: gettext_lazy("办好以后公开"),
}
WORDS = {
    MatterState.DRAFT: gettext_lazy("还没有议定"),
    MatterState.DELIBERATING: gettext_lazy("正在开会议"),
    MatterState.RESOLVED: gettext_lazy("村里议定了，办好以后公开结果"),
    MatterState.DONE: gettext_lazy("办好了，结果已经公开"),
    MatterState.WITHDRAWN: gettext_lazy("这件事撤下了"),
}


def path_of(number: str) -> str:
    """Return the path of a matter's public page, without elder mode's prefix."""
    return f"matters/{number}/"


def of_list(list: PublicList) -> Matter | None:
    """Return what a list of a village matter is about, or None for lists of others (one query)."""
    if not list.reference.startswith(PREFIX):
        return None
    matter = VillageMatter.objects.filter(number=list.reference.removeprefix(PREFIX)).first()
    if matter is None:
        return None
    return Matter(
        scheme=Entry(matter.title, f"/{path_of(matter.number)}", _("这件事是怎么议定的")),
        course=Course(
            publishes={kind: str(words) for kind, words in PENDING.items()},
            ahead=[_("办好"), _("公开结果")] if list.kind == ListKind.RESOLUTION else [],
        ),
    )


def page(number: str) -> dict[str, Any] | None:
    """Return what the page of the matter `number` shows, or None where there is none (four queries)."""
    matter = VillageMatter.objects.published().select_related("area").filter(number=number).first()
    if matter is None:
        return None
    found = Deliberation.objects.filter(reference=matter.reference).order_by("round")
    lists = PublicList.objects.published().filter(reference=matter.reference)
    lists = lists.exclude(state=ListState.SUPERSEDED).order_by("published_at", "pk")
    return {
        "matter": matter,
        "words": WORDS[MatterState(matter.state)],
        "rounds": [
            {"deliberation": one, "steps": timeline(one)} for one in found.prefetch_related("meetings")
        ],
        "lists": [*lists],
    }
