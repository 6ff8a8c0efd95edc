"""The answers to objections that stand on a list's page, also after it ended: never who objected, or what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from portal import clock
from portal.people.models import Office

from .answering import OUTCOMES
from .models import Objection, ObjectionState, PublicList

# More stand on nobody's list; what is beyond is counted.
SHOWN = 20


@dataclass(frozen=True)
class PublicAnswer:
    """One answer: what it was about (a row's number, or the list), what came of it, in whose words, when."""

    about: str
    ground: str
    outcome: str
    upheld: bool
    words: str
    by: str
    on: date
    appeal: bool


def answers_of(list: PublicList) -> Sequence[PublicAnswer]:
    """Return the answers to objections to any version of `list`, the newest first (one query).

    Two hundred objections to one list are answered in two hundred words each: SHOWN of them are read here.
    """
    fields = (
        *("list_id", "row_id", "row__position", "list__version", "ground", "state", "answer", "answered_at"),
        *("appeal_of_id", "answer_office__role", "answer_office__area__name"),
    )
    found = Objection.objects.filter(list__series=list.series, state__in=OUTCOMES)
    related = ("row", "list", "answer_office__area")
    said = found.select_related(*related).only(*fields).order_by("-answered_at", "-pk")[:SHOWN]
    return [_answer(list, one) for one in said]


def _answer(list: PublicList, said: Objection) -> PublicAnswer:
    about = _("整份名单")
    if said.row is not None:
        about = _("名单第%(position)s行") % {"position": said.row.position}
    if said.list_id != list.pk:
        about = _("第%(version)s版%(about)s") % {"version": said.list.version, "about": about}
    return PublicAnswer(
        about=about,
        ground=said.get_ground_display() if said.ground else "",
        outcome=said.get_state_display(),
        upheld=said.state == ObjectionState.UPHELD,
        words=said.answer,
        by=_office_words(said.answer_office),
        on=clock.day_of(said.answered_at),
        appeal=said.appeal_of_id is not None,
    )


def _office_words(office: Office | None) -> str:
    if office is None:
        return ""
    return _("%(area)s（%(role)s）") % {"area": office.area.name, "role": office.get_role_display()}
