"""Who may act on a batch now: office, area, line, one level a person, recusal (design.md rules 2 and 3)."""

from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area
from portal.people import leave, recusal
from portal.people.models import ROLES_WITHOUT_CASES, Line, Office, Role, User

from . import catalogue
from .acting import Row
from .definitions import JUDGING_KINDS, Seat, Step, StepKind
from .errors import ActedAtAnotherLevel, BadAct, NoSuchBatch, NotYourTurn
from .models import Batch, Case, Decision

# Who acts in the place of a role where recusal leaves nobody: the level above.
SUPERIOR = {
    Role.HELPER: Role.TOWNSHIP_REVIEWER,
    Role.VILLAGE_CLERK: Role.TOWNSHIP_REVIEWER,
    Role.RESIDENT_TEAM: Role.TOWNSHIP_REVIEWER,
    Role.TOWNSHIP_REVIEWER: Role.COUNTY_REVIEWER,
    Role.TOWNSHIP_HEAD: Role.COUNTY_HEAD,
}
# They read every batch of their area and act on none.
WATCHING_ROLES = [Role.SUPERVISOR, Role.CITY_ASSESSOR]
BUSINESS_ROLES = [role for role in Role if role not in ROLES_WITHOUT_CASES]


def pending_text(seats: Iterable[Seat], line: str) -> str:
    """Return the seats as the batch keeps them: ``,role:line,role:line,``; empty where there are none."""
    entries = [f"{seat.role}:{seat.line or line}" for seat in seats]
    return f",{','.join(entries)}," if entries else ""


def seats_in(pending: str) -> list[Seat]:
    """Return the seats that `pending_text` wrote."""
    pairs = [entry.split(":") for entry in pending.strip(",").split(",") if entry]
    return [Seat(Role(role), line) for role, line in pairs]


def with_line(seats: Iterable[Seat], line: str) -> list[Seat]:
    """Return `seats` for a batch of `line`: those without a line of their own have its."""
    return [Seat(seat.role, seat.line or line) for seat in seats]


def filing_seats(step: Step, line: str, offices: Sequence[Office]) -> list[Seat]:
    """Return the seats that file at `step`: its own, and those of the level above while nobody holds one.

    `offices` are those over the place. A household is not to wait until its village has somebody again; who
    files in its place neither checks nor approves (`check_levels`).
    """
    seats = with_line(step.seats, line)
    if any(holders(seat, offices) for seat in seats):
        return seats
    return [*seats, *dict.fromkeys(higher for seat in seats if (higher := above(seat)))]


def pending_seats(batch: Batch) -> list[Seat]:
    """Return the seats that must still act on `batch`."""
    return seats_in(batch.pending)


def offices_over(path: str) -> list[Office]:
    """Return every office of business in force today over the area at `path`, read afresh in one query."""
    ancestors = [path[:end] for end in range(Area.steplen, len(path) + 1, Area.steplen)]
    found = Office.objects.filter(
        area__path__in=ancestors, user__is_active=True, role__in=BUSINESS_ROLES
    ).in_force(clock.today())
    found = leave.with_substitutes(found.select_related("area", "user"))
    return leave.joined(list(found))


def holders(seat: Seat, offices: Iterable[Office]) -> list[Office]:
    """Return those of `offices` whose holders may sit in `seat`."""
    return [office for office in offices if office.role == seat.role and office.line in (Line.ALL, seat.line)]


def require_sight(user: User, batch: Batch, offices: Iterable[Office]) -> None:
    """Raise NoSuchBatch unless one of `offices`, which cover the batch's area, lets `user` see it at all."""
    lines = {Line.ALL, batch.line, batch.shared_line}
    if not any(office.user_id == user.pk and office.line in lines for office in offices):
        raise NoSuchBatch


def seat_of(user: User, batch: Batch, offices: Sequence[Office]) -> tuple[Office, Seat]:
    """Return the office and the seat by which `user` may act on `batch` now; NotYourTurn says who can."""
    require_hands(user, batch, offices)
    if not batch.waits:
        for seat in pending_seats(batch):
            for office in holders(seat, offices):
                if office.user_id == user.pk:
                    return office, seat
    raise NotYourTurn(who_is_next(batch))


def require_hands(user: User, batch: Batch, offices: Iterable[Office]) -> None:
    """Refuse anybody else while the batch is in the hands of one holder of its seats (转办)."""
    if batch.held_by_id is None or batch.held_by_id == user.pk or batch.waits:
        return
    seats = pending_seats(batch)
    for office in offices:
        # Who no longer holds the seat keeps nobody from it.
        if office.user_id == batch.held_by_id and any(holders(seat, [office]) for seat in seats):
            raise NotYourTurn(
                _("这一批已经转给%(who)s办；要由您办，请先在“更多办理”里收回。") % {"who": office.user}
            )


def who_is_next(batch: Batch) -> str:
    """Return a sentence that says who can act on `batch` now."""
    if batch.waits:
        return _("这一批正在等公示期满，到期后自动往下走，现在不用办。")
    seats = pending_seats(batch)
    if not seats:
        return _("这一批已经办结。")
    names = _("或").join(dict.fromkeys(str(seat.role.label) for seat in seats))
    return _("这一步由%(who)s办，您没有这个职务或不管这个地方。") % {"who": names}


def require_answers(batch: Batch) -> None:
    """Refuse while somebody was asked for an opinion and has not given it (委派, 加签)."""
    if batch.asked:
        raise BadAct(_("这一批正在等别人的意见，等回复了再办；不想等，请在“更多办理”里收回。"))


def decided_by(office: Office) -> Q:
    """Return the condition that a decision is of the holder of `office`.

    What a substitute does counts for both, and what was done for somebody counts for them too.
    """
    people = _people_of(office)
    return Q(actor__in=people) | Q(act__instead_of__in=people)


def _people_of(office: Office) -> list[int]:
    principal = leave.stood_in_for(office)
    return [office.user_id, *([principal.pk] if principal else [])]


def advised_elsewhere(batch: Batch, office: Office) -> bool:
    """Return whether the holder of `office` gave an opinion on `batch` at another level (委派, 加签)."""
    entries = [entry.partition(":") for entry in batch.advised.split(",") if entry]
    return any(person == str(office.user_id) and level != office.area.level for person, _c, level in entries)


def filed_at(case: Case) -> str:
    """Return the level at which `case` was filed."""
    return catalogue.flow(case.flow_key, case.flow_version).steps[0].level


def check_levels(
    office: Office,
    step: Step,
    rows: Sequence[Row],
    batch: Batch | None = None,
    *,
    decisions: Iterable[Decision] | None = None,
) -> None:
    """Refuse where the holder took part in these cases at another level or judged them at another step, or
    sat in another seat of a step that needs every seat.

    A page that has all `decisions` on the rows, with their acts, gives them; an act asks for the holder's.
    """
    if batch and advised_elsewhere(batch, office):
        raise ActedAtAnotherLevel(_("您已经在别的层级对这一批提过意见，同一个人只能在一级办理，请换一位办。"))
    for row in rows:
        mine = row.case.opened_by_id == office.user_id and filed_at(row.case) != office.area.level
        if mine and step.kind != StepKind.FILE:
            raise ActedAtAnotherLevel(_("这一批里有您在别的层级申报的，同一个人只能在一级办理，请换一位办。"))
    rounds = {row.case.round for row in rows}
    if not any(getattr(row.case, "took_part", True) for row in rows):
        return
    earlier: Iterable[tuple[str, str, bool, int]]
    if decisions is None:
        found = Decision.objects.filter(decided_by(office), case__in=[row.case.pk for row in rows])
        earlier = found.values_list("level", "step", "judging", "round")
    else:
        people, cases = set(_people_of(office)), {row.case.pk for row in rows}
        earlier = [
            (one.level, one.step, one.judging, one.round)
            for one in decisions
            if one.case_id in cases and people & {one.actor_id, one.act.instead_of_id}
        ]
    filing = {catalogue.flow(row.case.flow_key, row.case.flow_version).steps[0] for row in rows}
    elsewhere = {first.key for first in filing if first.level != office.area.level}
    for level, past, judging, round_ in earlier:
        if past in elsewhere and step.key not in elsewhere and level == office.area.level:
            raise ActedAtAnotherLevel(_("这一批是您替村里报上来的，往下要由另一个人办。"))
        if step.each_seat and past == step.key and round_ in rounds:
            raise ActedAtAnotherLevel(_("您已经替一方办过这一步，另一方要由另一个人来办。"))
        if level != office.area.level:
            raise ActedAtAnotherLevel(_("您已经在别的层级办过这一批，同一个人只能在一级办理，请换一位办。"))
        if judging and step.kind in JUDGING_KINDS and past != step.key:
            raise ActedAtAnotherLevel(_("您已经核查过这一批，审批要由另一个人来办。"))


def kept_from(user: User, subjects: Sequence[str], office: Office) -> dict[str, str]:
    """Return, for each of `subjects` from which `user` must keep away when acting by `office`, whose relation
    to it is why.

    A substitute keeps away from the relatives of whom they stand in for as well. What the desk marks and
    what the engine bars is this.
    """
    found = {
        subject: _("您%(why)s") % {"why": why} for subject, why in recusal.reasons(user, subjects).items()
    }
    principal = leave.stood_in_for(office)
    if principal is None:
        return found
    for subject, why in recusal.reasons(principal, subjects).items():
        said = _("您代办的%(who)s%(why)s") % {"who": principal, "why": why}
        found[subject] = "；".join(filter(None, [found.get(subject), said]))
    return found


def recuse(user: User, rows: Sequence[Row], office: Office) -> list[Row]:
    """Bar the rows that `kept_from` names, whose household is related in the configured degrees, and return
    them.
    """
    reasons = kept_from(user, [row.case.subject for row in rows], office)
    barred = [row for row in rows if row.case.subject in reasons and not row.barred]
    for row in barred:
        row.barred = _("回避：%(why)s，请换一位办") % {"why": reasons[row.case.subject]}
    return barred


def unrelated(batch: Batch, seat: Seat, row: Row, offices: Sequence[Office], without: User) -> list[Office]:
    """Return who else may decide on `row` in `seat`: neither they nor whom they stand in for is related to
    it, and they are not among those who signed it.
    """
    others = [
        office
        for office in holders(seat, offices)
        if office.user_id != without.pk and f",{office.user_id}," not in batch.signed
    ]
    # Of several offices of one person their own comes first, as where they sign.
    distinct = {office.user_id: office for office in reversed(others)}.values()
    return [office for office in distinct if not kept_from(office.user, [row.case.subject], office)]


def above(seat: Seat) -> Seat | None:
    """Return the seat of the level above that acts where recusal leaves too few; None at the top."""
    role = SUPERIOR.get(seat.role)
    return Seat(role, seat.line) if role else None
