"""Who is told that it is their turn in a round: the assessed, who decides, the city. Names nobody."""

from collections.abc import Callable, Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from disclosure.site.elder import plain
from portal import clock
from portal.areas.models import Area, Level
from portal.outbox.services import send
from portal.people.models import Line, Office, Role, User

from .models import APPEALING, DECIDING, SCORING, Round, Subject, Subjects

_path: Callable[[str], str] | None = None


def register(path: Callable[[str], str]) -> None:
    """Have `path(number)` give the address of a round's screen."""
    global _path
    _path = path


def scorers(round_: Round) -> None:
    """Tell those who may score in `round_` that it was opened, but not who opened it."""
    people = _holders(round_, SCORING[Level(round_.area.level)], _over(round_))
    people = [one for one in people if one.pk != round_.opened_by_id]
    _send(round_, people, _("%(round)s开了，要两个人打分") % {"round": round_})


def assessed(round_: Round) -> None:
    """Tell those who answer for a subject that its score is there, and until when they may appeal."""
    day = round_.appeal_until.isoformat() if round_.appeal_until else ""
    people = _answering(round_, _subjects(round_))
    _send(round_, people, _("考核得分出来了，不服的在 %(day)s 前申诉") % {"day": day})


def answered(round_: Round, subject: Subject) -> None:
    """Tell the assessed that their appeal was answered."""
    _send(round_, _answering(round_, [subject]), _("您提的考核申诉答复了"))


def published(round_: Round) -> None:
    """Tell the assessed that the results are public."""
    _send(round_, _answering(round_, _subjects(round_)), _("考核结果公开了"))


def followed(round_: Round, subject: Subject) -> None:
    """Tell one assessed that something follows from their result."""
    _send(round_, _answering(round_, [subject]), _("考核结果怎么用定下来了，请看"))


def called_off(round_: Round, by: User) -> None:
    """Tell who opened it and who scored: `by` called it off; the assessed too, if they were told scores."""
    scored = User.objects.filter(pk__in=round_.subjects.values("scores__by"))
    people = [round_.opened_by, *scored.order_by("pk")]
    if round_.appeal_until:
        people += _answering(round_, _subjects(round_))
    people = [one for one in people if one.is_active and one.pk != by.pk]
    _send(round_, people, _("%(round)s作废了，为什么请看") % {"round": round_})


def deciders(round_: Round, words: str) -> None:
    """Tell those who decide on `round_` and scored nobody in it."""
    scored = set(round_.subjects.values_list("scores__by", flat=True))
    people = _holders(round_, DECIDING[Level(round_.area.level)], _over(round_))
    _send(round_, [one for one in people if one.pk not in scored], words)


def city(round_: Round) -> None:
    """Tell the city's assessors that a round waits for their acceptance."""
    people = _holders(round_, [Role.CITY_ASSESSOR], _over(round_))
    _send(round_, people, _("%(area)s的考核审定了，请抽查、访谈后验收") % {"area": round_.area.name})


def _subjects(round_: Round) -> list[Subject]:
    return list(round_.subjects.select_related("person"))


def _answering(round_: Round, subjects: list[Subject]) -> list[User]:
    if round_.subjects_are == Subjects.HELPER:
        return [one.person for one in subjects if one.person]
    places = [one.area_id for one in subjects]
    return _holders(round_, APPEALING[Subjects(round_.subjects_are)], Q(area__in=places))


def _over(round_: Round) -> Q:
    path = round_.area_path
    ends = range(Area.steplen, len(path) + 1, Area.steplen)
    return Q(area__path__in=[path[:end] for end in ends])


def _holders(round_: Round, roles: Iterable[str], where: Q) -> list[User]:
    held = Office.objects.in_force(clock.today()).filter(where, role__in=list(roles), user__is_active=True)
    held = held.filter(line__in=[Line.ALL, round_.line]).select_related("user")
    return [office.user for office in held.order_by("pk")]


def _send(round_: Round, people: Iterable[User], words: str) -> None:
    found = list({one.pk: one for one in people}.values())
    if found:
        # A result is nobody else's business yet, so no group's robot is told.
        send(found, words, plain(_path(round_.number)) if _path else "", groups=False)
