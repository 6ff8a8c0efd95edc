"""Accounts and offices: the only doors by which they change, each with its event (design.md rule 1).

A security administrator acts, within the area of that office and never on their own account, and for a grant
a second person with them (`joint`). Every
function runs in a transaction of its own and raises a `PeopleError` whose message says what to do next.
"""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area, Level
from portal.ledger.services import Draft, append

from . import handover
from .errors import (
    AlreadyHeld,
    BadDates,
    NotPermitted,
    PeopleError,
    ReasonMissing,
    RolesExclude,
    WrongLevel,
)
from .grants import announce
from .invitations import Invitation, invite_account, reset_account
from .joint import second_office
from .lasts import check_somebody_is_left, together
from .models import (
    ADMINISTRATOR_ROLES,
    ROLE_LEVEL,
    JointAct,
    Line,
    Office,
    Role,
    Substitution,
    User,
    watches,
)
from .permits import acting_office, lock_account
from .scope import forget

__all__ = [
    "Invitation",
    "PeopleError",
    "bootstrap_administrators",
    "end_office",
    "grant_office",
    "hand_over",
    "invite_account",
    "reset_account",
]


def grant_office(
    *,
    by: User,
    second: User,
    user: User,
    role: str,
    area: Area,
    line: str = Line.ALL,
    starts_on: date,
    ends_on: date | None = None,
) -> Office:
    """Give `user` the office `role` at `area` for `line` from `starts_on` until before `ends_on`.

    The act of two who sit together: `by`, a security administrator, and `second` (`joint.possible_seconds`).
    On the screens they act one after the other (`joint.ask_for_office`, `joint.agree`). Here alone a first
    day may have passed: an installation is loaded with the offices as they have been held.
    Raises NotPermitted, WrongLevel (`models.ROLE_LEVEL`), BadDates, AlreadyHeld, and RolesExclude where
    the person holds what the role excludes on any of the same days: the three administrators exclude one
    another and every other role (design.md rule 3), a village's supervision committee excludes its clerk
    and secretary.
    """
    with transaction.atomic():
        acting = acting_office(by, area.path, on_account=user)
        second_office(second, by=by, user=user, role=role, area=area)
        office = _grant(user, Role(role), area, Line(line), starts_on, ends_on, by, second)
        append(_granted(office, by, acting, second=second.username))
    return office


def granted_jointly(act: JointAct, by: User, office: Office) -> Draft:
    """Grant what `act` asks for, `by` agreeing as `office`; return the event's draft. In a transaction.

    From today at the earliest: the office did not count while it waited.
    """
    assert act.starts_on is not None
    first = max(act.starts_on, clock.today())
    granted = _grant(act.user, Role(act.role), act.area, Line(act.line), first, act.ends_on, act.asked_by, by)
    return _granted(granted, by, office, asked_by=act.asked_by.username)


def check_grant(
    user: User, role: Role, area: Area, line: Line, starts_on: date, ends_on: date | None
) -> None:
    """Raise what granting this office would raise, whoever grants it."""
    level = ROLE_LEVEL.get(role)
    if level is not None and area.level != level:
        raise WrongLevel(
            _("“%(role)s”要在%(level)s一级任职，请另选区划")
            % {"role": role.label, "level": Level(level).label}
        )
    if ends_on is not None and ends_on <= starts_on:
        raise BadDates(_("离任日期要晚于起任日期"))
    if area.valid_to is not None and area.valid_to <= starts_on:
        raise BadDates(_("这个区划在起任日期前已经停用，请选并入后的区划"))
    _check_other_offices(user, role, area, line, starts_on, ends_on)


def end_office(*, by: User, office: Office, on: date, reason: str) -> Office:
    """End `office` on the date `on` (that day it is no longer held), with a reason.

    Raises NotPermitted, ReasonMissing, BadDates where `on` has passed, lies before the first day or would
    not end it sooner, and LastAdministrator where nobody would be left to grant offices or to agree to it
    (`lasts`).
    """
    if not reason.strip():
        raise ReasonMissing(_("请写明离任原因"))
    with transaction.atomic():
        locked = _locked(office)
        lock_account(locked.user)
        acting = acting_office(by, locked.area.path)
        if on < clock.today():
            raise BadDates(_("离任日期不能早于今天：已经办过的事不能改成没有职务时办的"))
        if on < locked.starts_on:
            raise BadDates(_("离任日期不能早于起任日期"))
        if locked.ends_on is not None and locked.ends_on <= on:
            raise BadDates(_("这个职务到那天已经离任，不用再办"))
        check_somebody_is_left(locked, on)
        locked.ends_on, locked.ended_by, locked.end_reason = on, by, reason.strip()
        locked.save(update_fields=["ends_on", "ended_by", "end_reason"])
        announce(locked)
        append(
            Draft(
                kind="office.ended",
                object_type="office",
                object_id=str(locked.pk),
                actor=by,
                office=acting,
                area_code=locked.area.code,
                line=locked.line,
                body={"role": locked.role, "user": locked.user.username, "ends_on": on.isoformat()},
                # A reason may name an illness or a family matter.
                sealed={"reason": locked.end_reason},
            )
        )
    forget(locked.user)
    forget(office.user)
    return locked


def hand_over(*, by: User, from_user: User, to_user: User, reason: str) -> int:
    """Hand the open work of `from_user` to `to_user`; return how many things moved.

    Each room moves its own (`handover.register`) and refuses what `to_user` holds no office for. Raises
    NotPermitted where an office of `from_user` lies outside the acting administrator's area.
    """
    if not reason.strip():
        raise ReasonMissing(_("请写明移交原因"))
    if from_user.pk == to_user.pk:
        raise PeopleError(_("移交人和接手人是同一个人，请另选接手人"))
    if not to_user.is_active:
        raise PeopleError(_("接手人的账号已经停用，请另选接手人"))
    with transaction.atomic():
        # Both rows in one order, so that two hand-overs the other way round cannot wait for each other.
        for account in sorted((from_user, to_user), key=lambda person: person.pk):
            lock_account(account)
        offices = list(Office.objects.filter(user=from_user).select_related("area").order_by("-starts_on"))
        if not offices:
            raise PeopleError(_("移交人没有担任过职务，没有可以移交的工作"))
        for held in offices:
            acting = acting_office(by, held.area.path, on_account=to_user)
        drafts: list[Draft] = []
        for mover in handover.movers():
            drafts += mover(by=by, from_user=from_user, to_user=to_user, reason=reason.strip())
        append(
            *drafts,
            Draft(
                kind="account.handed_over",
                object_type="account",
                object_id=str(from_user.pk),
                actor=by,
                office=acting,
                area_code=offices[0].area.code,
                body={"from": from_user.username, "to": to_user.username, "moved": len(drafts)},
                sealed={"reason": reason.strip()},
            ),
        )
    return len(drafts)


def bootstrap_administrators(*, area: Area, people: dict[Role, tuple[str, str]]) -> dict[Role, Invitation]:
    """Make the three administrators of a fresh installation at `area`: role → (username, name).

    There is nobody yet who could grant, so the events name no actor. Raises NotPermitted as soon as the
    installation ever had an administrator, and PeopleError unless all three are named.
    """
    if set(people) != set(ADMINISTRATOR_ROLES):
        raise PeopleError(_("系统、安全、审计三个管理员要一次建齐"))
    with transaction.atomic():
        # The row of the area orders two bootstraps at once: the second finds the first one's offices.
        area = Area.objects.select_for_update().get(pk=area.pk)
        if Office.objects.filter(role__in=ADMINISTRATOR_ROLES).exists():
            raise NotPermitted(_("已经有过管理员，请由安全管理员在工作台里授予职务"))
        invited: dict[Role, Invitation] = {}
        drafts: list[Draft] = []
        for role, (username, display_name) in people.items():
            invited[role], draft = Invitation.create(None, None, username, display_name, "")
            office = _grant(invited[role].user, role, area, Line.ALL, clock.today(), None, None, None)
            drafts += [draft, _granted(office, None, None)]
        append(*drafts)
    return invited


def _grant(
    user: User,
    role: Role,
    area: Area,
    line: Line,
    starts_on: date,
    ends_on: date | None,
    by: User | None,
    second: User | None,
) -> Office:
    """Insert the office after the checks that do not depend on who grants it."""
    lock_account(user)
    check_grant(user, role, area, line, starts_on, ends_on)
    office = Office.objects.create(
        user=user,
        role=role,
        area=area,
        line=line,
        starts_on=starts_on,
        ends_on=ends_on,
        granted_by=by,
        confirmed_by=second,
    )
    announce(office)
    forget(user)
    return office


def _check_other_offices(
    user: User, role: Role, area: Area, line: Line, starts_on: date, ends_on: date | None
) -> None:
    same_days = Office.objects.filter(user=user).filter(Q(ends_on=None) | Q(ends_on__gt=starts_on))
    if ends_on is not None:
        same_days = same_days.filter(starts_on__lt=ends_on)
    for held in same_days.select_related("area"):
        if held.ends_on is not None and held.ends_on <= held.starts_on:
            continue  # ended on its first day: never held
        if (held.role, held.area_id, held.line) == (role, area.pk, line):
            raise AlreadyHeld(_("这个人在这段日子里已经担任这个职务，不用再授予"))
        if held.role in ADMINISTRATOR_ROLES or role in ADMINISTRATOR_ROLES:
            raise RolesExclude(
                _(
                    "系统、安全、审计管理员互相不能兼任，也不能兼办业务；这个人已是%(held)s，请另选人或先办离任"
                )
                % {"held": held.get_role_display()}
            )
        if held.area_id == area.pk and watches(role, held.role):
            raise RolesExclude(
                _("村务监督委员会成员不能由村文书、村党支部书记兼任；这个人已是%(held)s，请另选人")
                % {"held": held.get_role_display()}
            )
    _check_stood_in_for(user, role, area, starts_on, ends_on)


def _check_stood_in_for(user: User, role: Role, area: Area, starts_on: date, ends_on: date | None) -> None:
    """Refuse what excludes an office that `user` stands in for on any of the same days."""
    confirmed = Substitution.objects.filter(substitute=user, ended_at=None, declined_at=None)
    confirmed = confirmed.exclude(confirmed_at=None).filter(last_on__gte=starts_on)
    if ends_on is not None:
        confirmed = confirmed.filter(starts_on__lt=ends_on)
    for held in (one.office for one in confirmed.select_related("office__area")):
        if role in ADMINISTRATOR_ROLES or (held.area_id == area.pk and watches(role, held.role)):
            raise RolesExclude(_("这个人这几天正替%(held)s代办，两样不能兼，请先结束代办") % {"held": held})


def _locked(office: Office) -> Office:
    """Return the office, locked; where somebody must be left, all of the kind are locked, in one order.

    Else two who end each other at once would both find the other still there.
    """
    rows = Office.objects.select_for_update().order_by("pk")
    kind = together(office.role)
    if not kind:
        return rows.get(pk=office.pk)
    return {row.pk: row for row in rows.filter(role__in=kind)}[office.pk]


def _granted(office: Office, by: User | None, acting: Office | None, **others: str) -> Draft:
    return Draft(
        kind="office.granted",
        object_type="office",
        object_id=str(office.pk),
        actor=by,
        office=acting,
        area_code=office.area.code,
        line=office.line,
        body={
            "role": str(office.role),
            "user": office.user.username,
            "starts_on": office.starts_on.isoformat(),
            "ends_on": office.ends_on.isoformat() if office.ends_on else "",
            **others,
        },
    )
