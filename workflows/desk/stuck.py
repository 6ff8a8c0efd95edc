"""Batches that are stuck, in words: at which step, at whose desk, since when, what was said about it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area
from portal.people.models import ROLES_WITHOUT_CASES, Office, Role
from workflows.deadlines.models import ESCALATING, Reminder, Stay
from workflows.deadlines.schedule import day_of
from workflows.engine import authority, catalogue
from workflows.engine.models import Batch, Case

from .deadlines import Deadline, deadline_of, shown

TOWNSHIP_PATH = 12  # characters of an area's path down to its township


@dataclass(frozen=True)
class Line:
    """One batch of the list: where it stands, at whose desk, since when, and what was said about it."""

    batch: Batch
    step: str
    township: str
    who: str
    since: date
    deadline: Deadline
    whole: Deadline | None
    told: list[Reminder]


def lines(stays: Sequence[Stay], offices: Sequence[Office], areas: Mapping[str, Area]) -> list[Line]:
    """Return the lines of `stays`, whose batches and areas are at hand."""
    told: dict[int, list[Reminder]] = defaultdict(list)
    for reminder in Reminder.objects.filter(stay__in=[stay.pk for stay in stays]).order_by("pk"):
        told[reminder.stay_id].append(reminder)
    found = []
    for stay in stays:
        batch = stay.batch
        township = areas.get(batch.area_path[:TOWNSHIP_PATH])
        found.append(
            Line(
                batch=batch,
                step=step_named(stay.flow_key, stay.step),
                township=township.name if township else "",
                who=who(batch, offices),
                since=day_of(stay.entered_at),
                deadline=deadline_of(batch),
                whole=whole_of(stay),
                told=[one for one in told[stay.pk] if one.mark in ESCALATING] or told[stay.pk][-1:],
            )
        )
    return found


def whole_of(stay: Stay) -> Deadline | None:
    """Return the light of the whole way; None where no total limit is set, or none is near."""
    if stay.total_due_on is None:
        return None
    return shown(stay.total_due_on, stay.batch.area, stay.total_from)


def who(batch: Batch, offices: Iterable[Office]) -> str:
    """Return at whose desk `batch` lies: the seats with the names of those who hold them."""
    if batch.waits:
        return _("公示中")
    near = over(offices, batch.area_path)
    if batch.held_by_id:
        return str(batch.held_by)
    said = []
    for seat in authority.pending_seats(batch):
        names = sorted({str(office.user) for office in authority.holders(seat, near)})
        label = Role(seat.role).label
        said.append(f"{label} {'、'.join(names)}" if names else _("%(seat)s（没有人担任）") % {"seat": label})
    return _("；").join(said)


def offices_over(paths: Iterable[str]) -> list[Office]:
    """Return the offices of business in force today over any of the areas at `paths` (one query)."""
    step = Area.steplen
    above = {path[:end] for path in paths for end in range(step, len(path) + 1, step)}
    roles = [role for role in Role if role not in ROLES_WITHOUT_CASES]
    found = Office.objects.filter(area__path__in=above, role__in=roles, user__is_active=True)
    return list(found.in_force(clock.today()).select_related("area", "user"))


def over(offices: Iterable[Office], path: str) -> list[Office]:
    """Return those of `offices` whose area covers the one at `path`."""
    return [office for office in offices if path.startswith(office.area.path)]


def step_named(flow_key: str, step: str) -> str:
    """Return the name of a step in the newest version of its flow that has it."""
    for flow in reversed(catalogue.all_flows()):
        if flow.key == flow_key and step in [one.key for one in flow.steps]:
            return flow.step(step).name
    return step


def flow_named(flow_key: str) -> str:
    """Return the name of a flow."""
    try:
        return catalogue.latest(flow_key).name
    except ValueError:
        return flow_key


@dataclass(frozen=True)
class Story:
    """What a batch's page tells of its clock: the light of the whole way, and what was said so far."""

    whole: Deadline | None
    told: list[Reminder]


def story_of(batch: Batch) -> Story:
    """Return the story of `batch`, the oldest reminder first (one query)."""
    fields = ("left_at", "total_from", "total_due_on", "reminders__at", "reminders__mark", "reminders__told")
    rows = list(Stay.objects.filter(batch=batch).order_by("pk", "reminders__pk").values(*fields))
    told = [
        Reminder(at=row["reminders__at"], mark=row["reminders__mark"], told=row["reminders__told"])
        for row in rows
        if row["reminders__at"]
    ]
    here = rows[-1] if rows and rows[-1]["left_at"] is None else None
    whole = (
        shown(here["total_due_on"], batch.area, here["total_from"]) if here and here["total_due_on"] else None
    )
    return Story(whole, told)


def told_of(case: Case, batches: Iterable[int]) -> list[Reminder]:
    """Return what was said of `case` in its batch, and in `batches` (ids) until it went off in its own."""
    before = Q(stay__batch__in=set(batches), at__lte=case.batch.opened_at)
    found = Reminder.objects.filter(before | Q(stay__batch=case.batch_id))
    return list(found.select_related("stay").order_by("pk"))
