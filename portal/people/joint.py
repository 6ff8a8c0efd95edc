"""两人共办: what nobody does alone about an account: the security administrator asks, another agrees.

Granting an office, clearing second factors and bringing a suspended account back. The second person is the
head over the place: of the county, or of the township for what lies in it; for a supervisor another
supervisor of the county, so that nobody picks who watches them. Where there is no such person but those
concerned, the county's supervisors agree for a head and its heads for a supervisor. Another administrator
steps in only where the place never had a county head, or a supervisor of a county: a fresh installation. The
room of the computers alone can therefore make nobody an official once a county has its head,
whatever became of their office and account since.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area, Level
from portal.ledger.services import Draft, append
from portal.outbox.services import send

from .errors import BadDates, NotPermitted, PeopleError, ReasonMissing
from .models import JointAct, JointKind, Line, Office, Role, User
from .permits import acting_office, acting_over, lock_account
from .scope import scope_of

HEADS = (Role.COUNTY_HEAD, Role.TOWNSHIP_HEAD)
OTHERWISE = (Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN)
CHIEF_LEVELS = (Level.COUNTY, Level.CITY)
# Whose screen may hold something to agree to.
SECONDS = frozenset([*HEADS, *OTHERWISE, Role.SUPERVISOR])

Check = Callable[[User], None]
Perform = Callable[[JointAct, User, Office], Draft]


@dataclass(frozen=True)
class _Held:
    """The offices that say who agrees, read once for all that waits: in force now, and ever begun."""

    seconds: list[Office]
    began: list[Office]


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
    found = _second_offices(by=by, user=user, role=role, area=area)
    return _people(found)


def second_office(second: User, *, by: User, user: User, role: str, area: Area) -> Office:
    """Return the office by which `second` agrees; NotPermitted where they may not."""
    if second.pk in (by.pk, user.pk):
        raise NotPermitted(_("提出的人和本人都不能复核，请另一个人来办"))
    found = _second_offices(by=by, user=user, role=role, area=area)
    held = [one for one in found if one.user_id == second.pk]
    if not held:
        raise NotPermitted(_("这件事由当地的负责人复核：县级负责人，或者管这个乡镇的乡镇负责人"))
    return max(held, key=lambda one: len(one.area.path))


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
    """Ask that `user` be given an office; without effect until a second person agrees.

    Raises as granting, and BadDates for a first day that has passed: what was done without an office does
    not become done with one.
    """
    from .services import check_grant

    with transaction.atomic():
        acting = acting_office(by, area.path, on_account=user)
        if starts_on < clock.today():
            raise BadDates(_("起任日期不能早于今天：没有职务时办的事不能改成有职务时办的"))
        check_grant(user, Role(role), area, Line(line), starts_on, ends_on)
        days = {"starts_on": starts_on, "ends_on": ends_on}
        return _ask(
            JointAct(kind=JointKind.GRANT, user=user, role=role, area=area, line=line, **days), by, acting
        )


def ask_for_account(*, by: User, user: User, kind: JointKind, reason: str) -> JointAct:
    """Ask that the second factors of `user` be cleared, or the account be brought back, with a reason.

    Raises NotPermitted also where an office of the account lies outside the acting administrator's area.
    """
    if not reason.strip():
        raise ReasonMissing(_("请写明原因，例如手机丢了、休假回来"))
    with transaction.atomic():
        acting = acting_over(by, user)
        _kinds[kind].check(user)
        role, area = _highest(user) or ("", acting.area)
        acting = acting_office(by, area.path)
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
            _check_still_highest(locked)
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
    near = [
        one
        for one in waiting()
        if one.role == Role.SUPERVISOR or scope_of(user).holds(list(SECONDS), one.area.path, None)
    ]
    held = _read() if near else _Held([], [])
    return [one for one in near if user in _seconds_of(one, held)]


def seconds_of(acts: Sequence[JointAct]) -> list[list[User]]:
    """Return for each of `acts` who may agree to it, by name: two queries, whatever their number."""
    held = _read() if acts else _Held([], [])
    return [_seconds_of(act, held) for act in acts]


def _seconds_of(act: JointAct, held: _Held) -> list[User]:
    """Return who may agree to `act` by the offices `held`, by name."""
    found = _second_offices(by=act.asked_by, user=act.user, role=act.role, area=act.area, held=held)
    return _people(found)


def way_back(user: User) -> tuple[list[Office], list[Office]]:
    """Return the offices by which two people could bring the account of `user` back now.

    Those of the security administrators who may ask, and those by which somebody agrees to what one of them
    asks; the second is empty where there are no two.
    """
    today = clock.today()
    reach = [one.area.path for one in Office.objects.filter(user=user).lasting(today).select_related("area")]
    asking = Office.objects.in_force(today).filter(role=Role.SECURITY_ADMIN, user__is_active=True)
    held, concerned = _read(), _highest(user)
    who_ask: list[Office] = []
    who_agree: dict[int, Office] = {}
    for one in asking.exclude(user=user).select_related("area", "user"):
        role, area = concerned or ("", one.area)
        if not all(one.area.covers(path) for path in [*reach, area.path]):
            continue
        agreeing = _second_offices(by=one.user, user=user, role=role, area=area, held=held)
        if agreeing:
            who_ask.append(one)
            who_agree |= {office.pk: office for office in agreeing}
    # The nearest first: a village's clerk goes to the township.
    return who_ask, sorted(who_agree.values(), key=lambda one: (-len(one.area.path), one.pk))


def _ask(act: JointAct, by: User, acting: Office) -> JointAct:
    lock_account(act.user)
    same = JointAct.objects.filter(user=act.user, kind=act.kind, answered_at=None)
    if same.filter(role=act.role, area=act.area, line=act.line).exists():
        raise PeopleError(_("这件事已经提出，正等另一个人复核"))
    seconds = possible_seconds(by=by, user=act.user, role=act.role, area=act.area)
    if not seconds:
        raise PeopleError(_("现在没有能复核的人：要另有一位县级负责人或县级监督员在任，请先办任职"))
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


def _people(offices: Iterable[Office]) -> list[User]:
    return sorted({one.user for one in offices}, key=lambda person: (str(person), person.pk))


def _read() -> _Held:
    """Read the offices that say who agrees (two queries)."""
    seconds = Office.objects.in_force(clock.today()).filter(user__is_active=True, role__in=SECONDS)
    began = Office.objects.filter(starts_on__lte=clock.today(), role__in=(Role.COUNTY_HEAD, Role.SUPERVISOR))
    return _Held(list(seconds.select_related("area", "user")), list(began.select_related("area")))


def _second_offices(
    *, by: User, user: User, role: str, area: Area, held: _Held | None = None
) -> list[Office]:
    """Return the offices by which somebody may agree, read afresh unless `held` are given."""
    held = held or _read()
    rows = [one for one in held.seconds if one.user_id not in (by.pk, user.pk)]
    over = [one for one in rows if one.area.covers(area.path)]
    heads = [one for one in over if one.role in HEADS]
    chiefs = [one for one in over if is_chief(one)]
    if role == Role.SUPERVISOR:
        # The first supervisor of a city is agreed to by those of its counties.
        own = chiefs or [one for one in rows if is_chief(one) and area.covers(one.area.path)]
        others = heads
    else:
        own, others = heads, chiefs
    if own:
        return own
    found = others if _ever_had(role, area, held.began) else [one for one in over if one.role in OTHERWISE]
    if found or role == Role.SUPERVISOR:
        return found
    # Over a city there is no head: for its one system administrator or assessor the heads within it agree.
    return [one for one in rows if one.role == Role.COUNTY_HEAD and area.covers(one.area.path)]


def is_chief(office: Office) -> bool:
    """Return whether `office` is that of a supervisor of a county or city."""
    return office.role == Role.SUPERVISOR and office.area.level in CHIEF_LEVELS


def _ever_had(role: str, area: Area, began: Iterable[Office]) -> bool:
    """Return whether those who agree to `role` at `area` were ever in office there: it is in service."""
    if role == Role.SUPERVISOR:
        chiefs = [one for one in began if is_chief(one)]
        return any(one.area.covers(area.path) or area.covers(one.area.path) for one in chiefs)
    heads = [one for one in began if one.role == Role.COUNTY_HEAD]
    return any(one.area.covers(area.path) for one in heads)


def _highest(user: User) -> tuple[str, Area] | None:
    """Return role and area of the office of `user` by which the second person is found.

    A supervisor's first, then the widest, of those that last; of past ones where none does. None without any.
    """
    rows = Office.objects.filter(user=user).select_related("area").order_by("pk")
    held = list(rows.lasting(clock.today())) or list(rows)
    if not held:
        return None
    first = min(
        held, key=lambda one: (one.role != Role.SUPERVISOR, len(one.area.path), one.role not in HEADS)
    )
    return first.role, first.area


def _check_still_highest(act: JointAct) -> None:
    """Refuse where the account has another office by now, over which others agree."""
    acting_over(act.asked_by, act.user)
    if (_highest(act.user) or (act.role, act.area)) != (act.role, act.area):
        raise PeopleError(_("这个人的职务在提出以后变了，请撤回后重新提出"))


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
