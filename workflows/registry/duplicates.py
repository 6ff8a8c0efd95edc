"""Members of one name and birth in one village: a person judges whether they are one, once for each pair."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal import clock
from portal.ledger import written
from portal.ledger.services import Draft, append
from portal.people.models import Line, Office, Role, User
from portal.people.scope import scope_of

from . import events
from .errors import RegisterRefused
from .models import (
    ChangeKind,
    DuplicatePair,
    DuplicateState,
    Household,
    Leaving,
    Member,
    RegisterChange,
    Standing,
)
from .rows import with_rows

# Whoever registers does not judge alone: the level above the village does.
JUDGING_ROLES = [Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER]


def look(household: Household, *, by: User, office: Office) -> list[Draft]:
    """Raise a pair for each member of `household` whom somebody of its village may be too; return events.

    Called inside the transaction that registered them. One with another valid number is another person only
    where somebody says so: numbers are mistyped too. A pair that was raised before is not raised again.
    """
    # One query for all members: an import looks through hundreds of households.
    members = [one for one in household.members.all() if one.left_on is None and one.born_on]
    alike = Q(pk__in=[])
    for member in members:
        alike |= Q(name_hash=member.name_hash, born_on=member.born_on)
    if not members:
        return []
    others = Member.objects.present().filter(alike, household__area_path=household.area_path)
    drafts = []
    for other in others.exclude(household=household).order_by("pk"):
        member = next(
            one for one in members if (one.name_hash, one.born_on) == (other.name_hash, other.born_on)
        )
        first, second = sorted((other, member), key=lambda one: one.pk)
        pair, created = DuplicatePair.objects.get_or_create(
            first=first,
            second=second,
            defaults={"area": household.area, "area_path": household.area_path},
        )
        if created:
            drafts.append(_draft(events.DUPLICATE_FOUND, pair, by, office, {}))
    return drafts


def has_open(household: Household) -> bool:
    """Return whether a member of `household` may be registered twice and nobody has judged it yet."""
    of_household = Q(first__household=household) | Q(second__household=household)
    return DuplicatePair.objects.filter(of_household, state=DuplicateState.OPEN).exists()


def judge(*, by: User, pair: DuplicatePair, same: bool, reason: str) -> DuplicatePair:
    """Judge `pair`; where it is one person, the later record is closed as a duplicate and says so.

    Raises RegisterRefused for a pair that was judged, without a reason, for an actor without an office that
    judges there, and where the later record is the head of a household with other members.
    """
    if not reason.strip():
        raise RegisterRefused(_("请写明是怎么核实的"), {"reason": _("请写明是怎么核实的")})
    with transaction.atomic():
        office = scope_of(by, fresh=True).holds(JUDGING_ROLES, pair.area_path, Line.ASSISTANCE)
        if office is None:
            raise RegisterRefused(_("疑似重复由乡镇或县的帮扶经办判定，请转给他们"))
        locked = DuplicatePair.objects.select_for_update().get(pk=pair.pk)
        if locked.state != DuplicateState.OPEN:
            raise RegisterRefused(_("这一对已经判定过了，请刷新页面"))
        locked.state = DuplicateState.SAME if same else DuplicateState.DISTINCT
        locked.judged_by, locked.judged_at, locked.reason = by, clock.now(), reason.strip()
        locked.save()
        closed = _close(locked, by) if same else []
        draft = _draft(events.DUPLICATE_JUDGED, locked, by, office, {"state": str(locked.state)})
        append(with_rows(draft, *closed))
    return locked


def _close(pair: DuplicatePair, by: User) -> list[Any]:
    """End the later record; a household left without members is closed with it. Return what was saved."""
    member = Member.objects.select_related("household").get(pk=pair.second_id)
    household = Household.objects.select_for_update(of=("self",)).get(pk=member.household_id)
    others = [one for one in household.present_members if one.pk != member.pk]
    if others and member.name == household.head_name:
        raise RegisterRefused(_("后登记的是户主，户里还有别人：请先办“变更户主”，再来判定"))
    member.left_on, member.left_why = clock.today(), Leaving.DUPLICATE
    member.save()
    if not others:
        household.standing, household.standing_since = Standing.CLOSED, clock.today()
        household.save()
    change = RegisterChange.objects.create(
        household=household, member=member, kind=ChangeKind.DUPLICATE, before=member.name, by=by
    )
    # What else was waiting with the closed record has nothing left to be judged.
    waiting = DuplicatePair.objects.filter(
        Q(first=member) | Q(second=member), state=DuplicateState.OPEN
    ).exclude(pk=pair.pk)
    settled = list(waiting)
    waiting.update(state=DuplicateState.SAME, judged_by=by, judged_at=clock.now(), reason=pair.reason)
    written.note_again(DuplicatePair, settled)
    return [household, member, change]


def _draft(kind: str, pair: DuplicatePair, by: User, office: Office, body: dict[str, str]) -> Draft:
    return Draft(
        kind,
        "duplicate",
        str(pair.pk),
        actor=by,
        office=office,
        area_code=pair.area.code,
        body={"first": pair.first_id, "second": pair.second_id, **body},
        sealed={"reason": pair.reason} if pair.reason else {},
    )
