"""代办: whoever goes on leave names a substitute for a period, and a superior confirms it (design.md rule 3).

A substitute acts by the office of whom they stand in for, under both names. They must themselves hold an
office of the same level, area and line, so that nothing becomes visible to them by it, and all that bars the
one from acting bars the other. Dates decide: the last day over, the substitution is over.
"""

from datetime import date

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.areas.models import Area
from portal.configuration.services import register, value
from portal.ledger.services import Draft, append
from portal.outbox.services import send

from .errors import BadDates, NotPermitted, PeopleError, ReasonMissing
from .models import (
    SUBSTITUTABLE,
    VILLAGE_ROLES,
    Line,
    Office,
    Role,
    Substitution,
    User,
)
from .permits import acting_office, lock_account
from .scope import scope_of
from .standing_in import excluded, standing_in, stood_in_for

__all__ = [
    "SUBSTITUTABLE",
    "confirm",
    "decline",
    "end",
    "joined",
    "name_substitute",
    "possible",
    "stood_in_for",
    "to_confirm",
    "with_substitutes",
]

LONGEST_KEY = "people.longest_leave_days"
register(
    LONGEST_KEY,
    60,
    "各地内部管理的通行做法，没有查到规定（GK）",
    False,
    gettext_lazy("请人代办最长多少天（自然日）"),
    check=lambda days: None if days >= 1 else _("要填 1 或以上的整数"),
)
# Who confirms for whom: the head of the same body, else of the body above.
CONFIRMING = {
    **dict.fromkeys(VILLAGE_ROLES, (Role.TOWNSHIP_HEAD,)),
    Role.TOWNSHIP_REVIEWER: (Role.TOWNSHIP_HEAD, Role.COUNTY_HEAD),
    Role.TOWNSHIP_HEAD: (Role.COUNTY_HEAD,),
    Role.COUNTY_REVIEWER: (Role.COUNTY_HEAD,),
    Role.COUNTY_FINANCE: (Role.COUNTY_HEAD,),
    Role.COUNTY_HEAD: (),
}


def with_substitutes(offices: QuerySet[Office]) -> QuerySet[Office]:
    """Return `offices`, each with the id of who stands in for its holder today, as `stand_in`."""
    away = Substitution.objects.in_force(clock.today()).filter(office=OuterRef("pk"))
    return offices.annotate(stand_in=Subquery(away.order_by("pk").values("substitute")[:1]))


def joined(offices: list[Office]) -> list[Office]:
    """Return `offices` (from `with_substitutes`, all of an area) and behind them those of substitutes."""
    taken = []
    for office in offices:
        if office.stand_in:
            own = [held for held in offices if held.user_id == office.stand_in]
            taken += standing_in(office, own)
    return [*offices, *taken]


def possible(office: Office, first_on: date | None = None, last_on: date | None = None) -> list[User]:
    """Return who could stand in for the holder of `office` from day to day (unless told, today), by name.

    They hold what lets them on each of the days, and nothing that excludes it on any.
    """
    first_on = first_on or clock.today()
    last_on = last_on or first_on
    held = (
        Office.objects.in_force(first_on)
        .lasting(last_on)
        .select_related("user")
        .filter(
            area=office.area_id,
            role__in=SUBSTITUTABLE,
            line__in=[Line.ALL, office.line],
            user__is_active=True,
        )
    )
    found = {one.user_id: one.user for one in held if one.user_id != office.user_id}
    theirs = Office.objects.filter(user__in=list(found), starts_on__lte=last_on).lasting(first_on)
    for one in theirs:
        if one.ends_on != one.starts_on and excluded(office, one):
            found.pop(one.user_id, None)
    return sorted(found.values(), key=str)


def name_substitute(
    *, by: User, office: Office, substitute: User, starts_on: date, last_on: date, reason: str
) -> Substitution:
    """Name `substitute` to act by one's own `office` from `starts_on` to `last_on`, both included.

    Without effect until `confirm`. Raises NotPermitted for another's office, BadDates, ReasonMissing, and
    PeopleError where the person cannot stand in (level, area, line) or another already does.
    """
    if not reason.strip():
        raise ReasonMissing(_("请写明事由，例如休假、外出学习"))
    with transaction.atomic():
        lock_account(by)
        held = next((one for one in scope_of(by, fresh=True).offices if one.pk == office.pk), None)
        if held is None or held.role not in SUBSTITUTABLE:
            raise NotPermitted(_("只能替自己现任的业务岗位请人代办"))
        _check_days(held, starts_on, last_on)
        people = possible(held, starts_on, last_on)
        if substitute not in people:
            names = "、".join(str(person) for person in people) or _("现在没有合适的人，请找安全管理员")
            raise PeopleError(_("代办人要在同一级、同一地方、管同一条线：可以请%(names)s") % {"names": names})
        others = Substitution.objects.filter(office=held, declined_at=None, ended_at=None)
        if others.filter(starts_on__lte=last_on, last_on__gte=starts_on).exists():
            raise BadDates(_("这几天已经请了人代办，请先结束那一次"))
        made = Substitution.objects.create(
            office=held,
            substitute=substitute,
            starts_on=starts_on,
            last_on=last_on,
            reason=reason.strip(),
        )
        send(_superiors(held), _("请确认代办：%(office)s") % {"office": held}, "")
        append(_draft("substitute.named", made, by, held, {"reason": made.reason}))
    return made


def confirm(*, by: User, substitution: Substitution) -> Substitution:
    """Confirm a substitution as the superior or the security administrator; from its first day it counts."""
    with transaction.atomic():
        locked, office = _to_decide(by, substitution)
        if locked.last_on < clock.today():
            raise BadDates(_("代办的日子已经过了，不用再确认"))
        # A grant to them at this moment would else not see the substitution (`services.check_grant`).
        lock_account(locked.substitute)
        first_on = max(locked.starts_on, clock.today())
        if locked.substitute not in possible(locked.office, first_on, locked.last_on):
            raise PeopleError(_("代办人已经不在同一级、同一地方任职，请另请一位"))
        locked.confirmed_by, locked.confirmed_at = by, clock.now()
        locked.save(update_fields=["confirmed_by", "confirmed_at"])
        send([locked.substitute, locked.office.user], _("代办已经确认：%(o)s") % {"o": locked.office}, "")
        append(_draft("substitute.confirmed", locked, by, office))
    return locked


def decline(*, by: User, substitution: Substitution, reason: str) -> Substitution:
    """Decline a substitution, with a reason."""
    if not reason.strip():
        raise ReasonMissing(_("不同意代办要写明理由"))
    with transaction.atomic():
        locked, office = _to_decide(by, substitution)
        locked.declined_at = clock.now()
        locked.save(update_fields=["declined_at"])
        send([locked.office.user], _("代办没有同意：%(o)s") % {"o": locked.office}, "")
        append(_draft("substitute.declined", locked, by, office, {"reason": reason.strip()}))
    return locked


def end(*, by: User, substitution: Substitution) -> Substitution:
    """End a substitution before its last day: the holder came back, or the superior thinks better."""
    with transaction.atomic():
        locked = _locked(substitution)
        if locked.ended_at or locked.declined_at or locked.last_on < clock.today():
            raise BadDates(_("这次代办已经结束了"))
        own = by.pk == locked.office.user_id
        office = locked.office if own else _deciding_office(by, locked)
        locked.ended_by, locked.ended_at = by, clock.now()
        locked.save(update_fields=["ended_by", "ended_at"])
        append(_draft("substitute.ended", locked, by, office))
    return locked


def to_confirm(user: User) -> list[Substitution]:
    """Return the substitutions that wait for `user` to confirm them."""
    waiting = Substitution.objects.filter(
        confirmed_at=None, declined_at=None, ended_at=None, last_on__gte=clock.today()
    )
    found = waiting.select_related("office__area", "office__user", "substitute").order_by("starts_on", "pk")
    return [one for one in found if _may_decide(user, one)]


def _check_days(held: Office, starts_on: date, last_on: date) -> None:
    longest = value(LONGEST_KEY, held.area)
    if starts_on < clock.today():
        raise BadDates(_("开始的日子不能早于今天"))
    if last_on < starts_on:
        raise BadDates(_("结束的日子不能早于开始的日子"))
    if (last_on - starts_on).days >= longest:
        raise BadDates(_("代办最长 %(days)s 天，再长请由安全管理员另行任命") % {"days": longest})
    if held.ends_on is not None and last_on >= held.ends_on:
        raise BadDates(_("这个职务在那之前就离任了，请把日子改短"))


def _superiors(office: Office) -> list[User]:
    paths = [office.area.path[:end] for end in range(Area.steplen, len(office.area.path) + 1, Area.steplen)]
    held = Office.objects.in_force(clock.today()).filter(
        area__path__in=paths, role__in=[*CONFIRMING[Role(office.role)], Role.SECURITY_ADMIN]
    )
    return [one.user for one in held.select_related("user") if one.user_id != office.user_id]


def _deciding_office(by: User, locked: Substitution) -> Office:
    """Return the office by which `by` decides on the substitution; NotPermitted says who can."""
    if by.pk in (locked.office.user_id, locked.substitute_id):
        raise NotPermitted(_("请假的人和代办的人都不能自己确认，请上级负责人或安全管理员确认"))
    roles = CONFIRMING[Role(locked.office.role)]
    held = scope_of(by, fresh=True).holds(roles, locked.office.area.path, None) if roles else None
    return held or acting_office(by, locked.office.area.path)


def _may_decide(user: User, one: Substitution) -> bool:
    if user.pk in (one.office.user_id, one.substitute_id):
        return False
    roles = [*CONFIRMING[Role(one.office.role)], Role.SECURITY_ADMIN]
    return scope_of(user).holds(roles, one.office.area.path, None) is not None


def _to_decide(by: User, substitution: Substitution) -> tuple[Substitution, Office]:
    locked = _locked(substitution)
    if locked.confirmed_at or locked.declined_at or locked.ended_at:
        raise PeopleError(_("这次代办已经有结果了，请刷新页面再看"))
    return locked, _deciding_office(by, locked)


def _locked(substitution: Substitution) -> Substitution:
    rows = Substitution.objects.select_for_update(of=("self",))
    return rows.select_related("office__area", "office__user", "substitute").get(pk=substitution.pk)


def _draft(
    kind: str, made: Substitution, by: User, office: Office, sealed: dict[str, str] | None = None
) -> Draft:
    return Draft(
        kind=kind,
        object_type="office",
        object_id=str(made.office_id),
        actor=by,
        office=office,
        area_code=made.office.area.code,
        line=made.office.line,
        body={
            "substitution": made.pk,
            "substitute": made.substitute.username,
            "instead_of": made.office.user.username,
            "starts_on": made.starts_on.isoformat(),
            "last_on": made.last_on.isoformat(),
        },
        sealed=sealed or {},
    )
