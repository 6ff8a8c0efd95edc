"""两人共办: what nobody does alone about an account: the security administrator asks, another agrees.

Granting an office, clearing second factors and bringing a suspended account back. The second person is the
head over the place: of the county, or of the township for what lies in it; for a supervisor another
supervisor of the county, so that nobody picks who watches them. Only where there is no such person but those
concerned does another administrator step in (a fresh installation). The room of the computers alone can
therefore make nobody an official once a county has its head.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area, Level
from portal.ledger.services import Draft, append
from portal.outbox.services import send

from .errors import NotPermitted, PeopleError, ReasonMissing
from .models import JointAct, JointKind, Line, Office, Role, User
from .permits import acting_office, lock_account
from .scope import scope_of

HEADS = (Role.COUNTY_HEAD, Role.TOWNSHIP_HEAD)
OTHERWISE = (Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN)
CHIEF_LEVELS = (Level.COUNTY, Level.CITY)
# Whose screen may hold something to agree to.
SECONDS = frozenset([*HEADS, *OTHERWISE, Role.SUPERVISOR])

Check = Callable[[User], None]
Perform = Callable[[JointAct, User, Office], Draft]


@dataclass(frozen=True)
class _Kind:
    check: Check
    perform: Perform


_kinds: dict[str, _Kind] = {}


def register(kind: JointKind, *, check: Check, perform: Perform) -> None:
    """Have joint acts of `kind` checked when they are asked for and done when they are agreed to."""
    _kinds[kind] = _Kind(check, perform)


def possible_seconds(*, by: User, user: User, role: str, area: Area) -> list[User]:
    """Return who may agree to what `by` asks for `user`, by name; `role` at `area`: the office concerned."""
    held = Office.objects.in_force(clock.today()).filter(user__is_active=True)
    held = held.exclude(user__in=[by.pk, user.pk]).select_related("area", "user")
    over = [one for one in held.filter(role__in=SECONDS) if one.area.covers(area.path)]
    if role == Role.SUPERVISOR:
        found = [one for one in over if one.role == Role.SUPERVISOR and one.area.level in CHIEF_LEVELS]
    else:
        found = [one for one in over if one.role in HEADS]
    found = found or [one for one in over if one.role in OTHERWISE]
    return sorted({one.user for one in found}, key=lambda person: (str(person), person.pk))


def second_office(second: User, *, by: User, user: User, role: str, area: Area) -> Office:
    """Return the office by which `second` agrees; NotPermitted where they may not."""
    if second.pk in (by.pk, user.pk):
        raise NotPermitted(_("提出的人和本人都不能复核，请另一个人来办"))
    if second not in possible_seconds(by=by, user=user, role=role, area=area):
        raise NotPermitted(_("这件事由当地的负责人复核：县级负责人，或者管这个乡镇的乡镇负责人"))
    roles = [Role.SUPERVISOR] if role == Role.SUPERVISOR else list(HEADS)
    scope = scope_of(second, fresh=True)
    office = scope.holds(roles, area.path, None) or scope.holds(list(OTHERWISE), area.path, None)
    if office is None:
        raise NotPermitted(_("您现在没有能复核这件事的职务"))
    return office


def ask_for_office(
    *,
    by: User,
    user: User,
    role: str,
    area: Area,
    line: str = Line.ALL,
    starts_on: date,
    ends_on: date | None = None,
) -> JointAct:
    """Ask that `user` be given an office; without effect until a second person agrees. Raises as granting."""
    from .services import check_grant

    with transaction.atomic():
        acting = acting_office(by, area.path, on_account=user)
        check_grant(user, Role(role), area, Line(line), starts_on, ends_on)
        days = {"starts_on": starts_on, "ends_on": ends_on}
        return _ask(
            JointAct(kind=JointKind.GRANT, user=user, role=role, area=area, line=line, **days), by, acting
        )


def ask_for_account(*, by: User, user: User, kind: JointKind, reason: str) -> JointAct:
    """Ask that the second factors of `user` be cleared, or the account be brought back, with a reason."""
    if not reason.strip():
        raise ReasonMissing(_("请写明原因，例如手机丢了、休假回来"))
    with transaction.atomic():
        acting = acting_office(by, None, on_account=user)
        _kinds[kind].check(user)
        role, area = _nearest(user, acting)
        return _ask(
            JointAct(kind=kind, user=user, role=role, area=area, reason=reason.strip()[:200]), by, acting
        )


def agree(*, by: User, act: JointAct) -> JointAct:
    """Agree, and so do what was asked for. Raises NotPermitted, and whatever stands against it by now."""
    from .services import granted_jointly

    with transaction.atomic():
        locked, office = _waiting(by, act)
        # Whoever asked must still be in office: a grant is the act of two who both may.
        acting_office(locked.asked_by, locked.area.path, on_account=locked.user)
        if locked.kind == JointKind.GRANT:
            draft = granted_jointly(locked, by, office)
        else:
            _kinds[locked.kind].check(locked.user)
            draft = _kinds[locked.kind].perform(locked, by, office)
        _answered(locked, by, agreed=True)
        append(draft)
    return locked


def decline(*, by: User, act: JointAct, reason: str) -> JointAct:
    """Do not agree, with a reason; raises as `agree` does."""
    if not reason.strip():
        raise ReasonMissing(_("请写明不同意的理由"))
    with transaction.atomic():
        locked, office = _waiting(by, act)
        locked.answer = reason.strip()[:200]  # type: ignore[assignment]
        _answered(locked, by, agreed=False)
        append(_draft("joint.declined", locked, by, office, sealed={"reason": locked.answer}))
    return locked


def take_back(*, by: User, act: JointAct) -> JointAct:
    """Take back what one asked for oneself, before it is answered."""
    with transaction.atomic():
        locked = _locked(act)
        if locked.asked_by_id != by.pk:
            raise NotPermitted(_("只有提出的人能撤回"))
        office = acting_office(by, None)
        _answered(locked, by, agreed=False)
        append(_draft("joint.taken_back", locked, by, office))
    return locked


def waiting() -> QuerySet[JointAct]:
    """Return what nobody has answered yet, oldest first."""
    rows = JointAct.objects.filter(answered_at=None).select_related("user", "area", "asked_by")
    return rows.order_by("pk")


def waiting_for(user: User) -> list[JointAct]:
    """Return what waits for the agreement of `user`."""
    roles = scope_of(user).roles
    if not roles & SECONDS:
        return []
    near = [one for one in waiting() if scope_of(user).holds(list(SECONDS), one.area.path, None)]
    return [
        one
        for one in near
        if user in possible_seconds(by=one.asked_by, user=one.user, role=one.role, area=one.area)
    ]


def _ask(act: JointAct, by: User, acting: Office) -> JointAct:
    lock_account(act.user)
    same = JointAct.objects.filter(user=act.user, kind=act.kind, answered_at=None)
    if same.filter(role=act.role, area=act.area, line=act.line).exists():
        raise PeopleError(_("这件事已经提出，正等另一个人复核"))
    seconds = possible_seconds(by=by, user=act.user, role=act.role, area=act.area)
    if not seconds:
        raise PeopleError(_("现在没有能复核的人：先给县级负责人授予职务，或请另一位管理员"))
    act.asked_by, act.asked_at = by, clock.now()
    act.save()
    send(seconds, _("有一件账号的事等您复核"), "/admin/desk/joint/", groups=False)
    append(_draft("joint.asked", act, by, acting, sealed={"reason": act.reason} if act.reason else {}))
    return act


def _locked(act: JointAct) -> JointAct:
    rows = JointAct.objects.select_for_update(of=("self",)).select_related("user", "area", "asked_by")
    locked = rows.get(pk=act.pk)
    if locked.answered_at is not None:
        raise PeopleError(_("这一件已经有人答复，请刷新页面"))
    return locked


def _waiting(by: User, act: JointAct) -> tuple[JointAct, Office]:
    locked = _locked(act)
    area = locked.area
    office = second_office(by, by=locked.asked_by, user=locked.user, role=locked.role, area=area)
    return locked, office


def _answered(act: JointAct, by: User, *, agreed: bool) -> None:
    act.answered_by, act.answered_at, act.agreed = by, clock.now(), agreed
    act.save(update_fields=["answered_by", "answered_at", "agreed", "answer"])


def _nearest(user: User, acting: Office) -> tuple[str, Area]:
    """Return role and area of the office of `user` by which the second person is found."""
    held = Office.objects.filter(user=user).select_related("area").order_by("-starts_on", "-pk")
    first = held.in_force(clock.today()).first() or held.first()
    return (first.role, first.area) if first else ("", acting.area)


def _draft(
    kind: str, act: JointAct, by: User, office: Office, *, sealed: dict[str, str] | None = None
) -> Draft:
    return Draft(
        kind=kind,
        object_type="joint_act",
        object_id=str(act.pk),
        actor=by,
        office=office,
        area_code=act.area.code,
        body={"what": str(act.kind), "user": act.user.username, "role": act.role},
        sealed=sealed or {},
    )
