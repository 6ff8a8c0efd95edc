"""Sealing what an inspector searched, and opening it again by two people of the discipline office.

An administrator who could read what inspectors look for could warn whom it concerns. Rows are sealed to a key
whose opening half is not on this machine (`box`), so neither a screen, nor the database, nor its backup tells
it. The ledger's event of each row holds its digest and no name, so that a row that is taken out or exchanged
is found (`binding`).
"""

import json
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import clock
from portal.ledger.services import Draft, append
from portal.people.models import Office, Role, User
from portal.people.scope import scope_of

from . import box, events, reach
from .binding import digest
from .errors import NotAChief, NotOpened, SamePerson
from .models import Opening, SealedInquiry

LONGEST = 400


@dataclass(frozen=True)
class Searched:
    """What stood in one sealed row: when, by whom (user name), on which screen, for which words."""

    at: datetime
    username: str
    where: str
    words: str


@dataclass(frozen=True)
class Opened:
    """What an opening brought to light, oldest first, and how many rows of its days the key did not open."""

    found: list[Searched]
    shut: int


def record_search(user: User, where: str, words: str) -> bool:
    """Seal one search of an inspector; return whether it was sealed.

    Call it from the POST by which something is searched (a GET changes nothing, design.md rule 1), whoever
    searches: without a supervisor's office in force, or without words, nothing is written. `where` is the
    screen's route (``"desk:find"``), `words` whatever was asked for: words, or choices written as text. Both
    are sealed at once with the name and the time; nothing of them may be logged or put into an address.
    """
    words = words.replace("\x00", "").strip()[:LONGEST]
    if not words or Role.SUPERVISOR not in scope_of(user).roles:
        return False
    told = [clock.now().isoformat(), user.username, where[:60], words]
    sealed = box.seal(json.dumps(told, ensure_ascii=False), settings.INQUIRY_KEY)
    with transaction.atomic():
        row = SealedInquiry.objects.create(sealed=sealed)
        # Without an actor: who searches when would tell an administrator enough.
        append(Draft(events.SEALED, "inquiry", str(row.pk), body={"digest": digest(sealed)}))
    return True


def chief_office(user: User) -> Office | None:
    """Return the supervisor's office of a county or city that `user` holds, or None."""
    return next(iter(reach.chief_offices(user)), None)


def ask_opening(*, by: User, whose: User | None, first_on: date, last_on: date, reason: str) -> Opening:
    """Ask to open the searches of `whose` (None: of everybody) from `first_on` to `last_on`, both included.

    It reaches the inspectors of the area of the office that asks. Raises NotAChief, SamePerson where they are
    one's own, and NotOpened without a reason, with days that contradict each other, or for another area's
    inspector.
    """
    if not reason.strip():
        raise NotOpened(_("请写明为什么要开封，例如举报编号或者谈话安排"))
    if last_on < first_on or last_on > clock.today():
        raise NotOpened(_("日期要从早到晚，最晚到今天"))
    if whose is not None and whose.pk == by.pk:
        raise SamePerson(_("自己的检索记录要由别人申请开封"))
    with transaction.atomic():
        office = _must_be_chief(by)
        if whose is not None:
            office = _office_over(by, whose)
        opening = Opening.objects.create(
            asked_by=by, whose=whose, first_on=first_on, last_on=last_on, reason=reason.strip()[:400]
        )
        sealed = {"reason": opening.reason, "whose": whose.username if whose else "*"}
        append(_draft(events.ASKED, opening, by, office, sealed=sealed))
    return opening


def open_sealed(*, by: User, opening: Opening, key: str) -> Opened:
    """Open what `opening` asks for with the opening key of the discipline office; return it.

    Each row is opened by itself: what was sealed before the key was changed waits for the key of that time,
    and a row that is no search at all stops no other. The searches of whoever asked or opens are left out.
    The key and what it opens are used for this answer and kept nowhere. Raises NotAChief, SamePerson for
    whoever asked or whose searches they are, and NotOpened where it was answered before or the key opens no
    row of those days; a wrong key leaves the request open.
    """
    with transaction.atomic():
        locked, office = _waiting(by, opening)
        days = SealedInquiry.objects.filter(made_on__range=(locked.first_on, locked.last_on)).order_by("pk")
        rows = [_opened(sealed, key) for sealed in days.values_list("sealed", flat=True)]
        fits = [one for one in rows if one is not None]
        if not fits and (rows or not box.is_key(key)):
            raise NotOpened(_("这把钥匙打不开：请核对纸上的字，或问保管钥匙的人"))
        wanted = reach.inspectors(reach.area_of(locked)).exclude(pk__in=[by.pk, locked.asked_by_id])
        if locked.whose_id is not None:
            wanted = wanted.filter(pk=locked.whose_id)
        names = set(wanted.values_list("username", flat=True))
        opened = Opened([one for one in fits if one.username in names], len(rows) - len(fits))
        _answered(locked, by, opened=True)
        counted = {"opened": len(opened.found), "shut": opened.shut}
        append(_draft(events.OPENED, locked, by, office, counted))
    return opened


def decline_opening(*, by: User, opening: Opening) -> Opening:
    """Decline to open; raises as `open_sealed` does."""
    with transaction.atomic():
        locked, office = _waiting(by, opening)
        _answered(locked, by, opened=False)
        append(_draft(events.DECLINED, locked, by, office))
    return locked


def _must_be_chief(user: User) -> Office:
    office = chief_office(user)
    if office is None:
        raise NotAChief(_("开封由县级以上的监督员两个人办理，请转给县纪委监委"))
    return office


def _office_over(user: User, whose: User) -> Office:
    for office in reach.chief_offices(user):
        if reach.inspectors(office.area).filter(pk=whose.pk).exists():
            return office
    raise NotOpened(_("这位监督员不在您的区划里，请转给他那里的纪委监委"))


def _waiting(by: User, opening: Opening) -> tuple[Opening, Office]:
    _must_be_chief(by)
    area = reach.area_of(opening)
    office = next((one for one in reach.chief_offices(by) if one.area.covers(area.path)), None)
    if office is None:
        raise NotAChief(_("这一件不是您的区划提出的，请那里的另一位监督员来办"))
    locked = Opening.objects.select_for_update(of=("self",)).select_related("whose").get(pk=opening.pk)
    if locked.answered_at is not None:
        raise NotOpened(_("这一件已经答复过，请刷新页面；还要看就重新申请"))
    if by.pk in (locked.asked_by_id, locked.whose_id):
        raise SamePerson(_("申请的人和被查的人都不能开封，请另一位县级监督员来办"))
    return locked, office


def _answered(opening: Opening, by: User, *, opened: bool) -> None:
    opening.answered_by, opening.answered_at, opening.opened = by, clock.now(), opened
    opening.save(update_fields=["answered_by", "answered_at", "opened"])


def _opened(sealed: str, key: str) -> Searched | None:
    """Return what was sealed, or None where `key` does not open it or no search of ours stands in it."""
    try:
        told = json.loads(box.unseal(sealed, key))
        at, username, where, words = (_text(one) for one in told)
        return Searched(timezone.localtime(datetime.fromisoformat(at)), username, where, words)
    # Whoever may write rows has the sealing key too and can seal anything: WrongKey is a ValueError.
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None


def _text(value: object) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise TypeError("not a text")
    # Half a surrogate pair could not be shown.
    value.encode()
    return value


def _draft(
    kind: str,
    opening: Opening,
    by: User,
    office: Office,
    body: dict[str, int] | None = None,
    sealed: dict[str, str] | None = None,
) -> Draft:
    days = {"first_on": opening.first_on.isoformat(), "last_on": opening.last_on.isoformat()}
    return Draft(
        kind=kind,
        object_type="inquiry_opening",
        object_id=str(opening.pk),
        actor=by,
        office=office,
        body=days | (body or {}),
        sealed=sealed or {},
    )
