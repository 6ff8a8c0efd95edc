"""Lists that wait for their correction, in words: the light, at whose desk, since when, what was said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from disclosure.publicity.models import Objection
from disclosure.publicity.owed import CORRECTING_ROLE, watched_by
from portal.areas.models import Area, path_range
from portal.people.models import Office, User
from workflows.deadlines.models import ESCALATING, OwedReminder
from workflows.deadlines.owed import began_on
from workflows.engine import authority
from workflows.engine.definitions import Seat

from . import gates
from .deadlines import Deadline, shown
from .stuck import over

MOST = 50


@dataclass(frozen=True)
class OwedLine:
    """One list to be corrected: the objection that asks for it, its light, who has it, what was said."""

    objection: Objection
    deadline: Deadline | None
    since: date
    who: str
    told: list[OwedReminder]


def deadline_of(objection: Objection) -> Deadline | None:
    """Return the light of the correction; None where no deadline runs yet."""
    if objection.correct_by is None:
        return None
    return shown(objection.correct_by, objection.list.area, began_on(objection))


def watched(user: User, area: Area | None) -> list[Objection]:
    """Return what `user` oversees, within `area` where given, with what was told of it (two queries)."""
    found: QuerySet[Objection] = watched_by(user, gates.OBJECTION_READERS)
    if area is not None:
        found = found.filter(path_range(area.path, "list__area_path"))
    told = Prefetch("owed_reminders", OwedReminder.objects.order_by("pk"))
    return list(found.prefetch_related(told)[:MOST])


def lines(objections: Iterable[Objection], offices: Sequence[Office]) -> list[OwedLine]:
    """Return a line for each of `objections`; `offices` are those in force over their lists."""
    return [
        OwedLine(
            objection=one,
            deadline=deadline_of(one),
            since=began_on(one),
            who=_who(one, offices),
            told=_worth_saying([*one.owed_reminders.all()]),
        )
        for one in objections
    ]


def _who(objection: Objection, offices: Sequence[Office]) -> str:
    seat = Seat(CORRECTING_ROLE, objection.list.line)
    held = authority.holders(seat, over(offices, objection.list.area_path))
    names = "、".join(sorted({str(office.user) for office in held}))
    label = CORRECTING_ROLE.label
    return f"{label} {names}" if names else _("%(seat)s（没有人担任）") % {"seat": label}


def _worth_saying(told: list[OwedReminder]) -> list[OwedReminder]:
    return [one for one in told if one.mark in ESCALATING] or told[-1:]
