"""An outage that the site noticed, or that two people declare, lengthens running lists: openly.

A day in which the public could not read a list for a while is no full day (domain.md section 3). Each such
day of a list's period is made up for after its closing day, or after the outage, whichever is later.
"""

import logging
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from disclosure.masking.services import refuse_numbers
from portal import clock
from portal.areas.models import Area, path_range
from portal.clock import workdays
from portal.configuration import services as configuration
from portal.ledger.services import Draft, append
from portal.people.models import Office, Role, User
from portal.people.scope import scope_of

from .errors import BadOutage
from .events import EXTENDED_LIST, OUTAGE_COUNTED, OUTAGE_DECLARED, OUTAGE_TURNED_DOWN
from .incident_keys import OUTAGE_MINUTES
from .incidents import Heartbeat, Outage, OutageState
from .keys import WORKING
from .models import ListState, PublicList
from .period import last_day

# Whoever runs the machine says that it stood still; whether lists run on longer is the county's business.
DECLARING_ROLES = [Role.SYSTEM_ADMIN]
CONFIRMING_ROLES = [Role.COUNTY_REVIEWER, Role.COUNTY_HEAD]
LONGEST_WHY = 200
LONGEST = timedelta(days=60)
logger = logging.getLogger(__name__)


def watch() -> int:
    """Write that the portal is alive, take a gap since the last time for an outage, lengthen what it touched.

    Does nothing while the clock is set: played days are no outages. Returns how many lists were lengthened.
    """
    if clock.is_set():
        return 0
    beat()
    return lengthen()


def beat() -> Outage | None:
    """Write that the portal is alive now; return the outage since the last beat where the gap is one."""
    now = clock.now()
    with transaction.atomic():
        last = Heartbeat.objects.select_for_update().filter(pk=1).first()
        if last is None:
            Heartbeat.objects.bulk_create([Heartbeat(pk=1, beat_at=now)], ignore_conflicts=True)
            return None
        gap = now - last.beat_at
        before, last.beat_at = last.beat_at, now
        last.save(update_fields=["beat_at"])
        if gap <= timedelta(minutes=configuration.value(OUTAGE_MINUTES)):
            return None
        outage = Outage.objects.create(
            begun_at=before, ended_at=now, state=OutageState.COUNTED, noticed=True, why=_("网站没有运行")
        )
        append(_draft(OUTAGE_COUNTED, outage, None, None))
    return outage


def declare(*, by: User, office: Office, begun_at: datetime, ended_at: datetime, why: str) -> Outage:
    """Declare that the site could not be read between two moments; it counts once a second person agrees.

    Raises BadOutage. Only the system administrator declares.
    """
    with transaction.atomic():
        _require(by, office, DECLARING_ROLES)
        if not begun_at < ended_at <= clock.now() or ended_at - begun_at > LONGEST:
            raise BadOutage(_("开始要早于结束，都不能在以后，一次最多60天。请核对时间。"))
        why = why.strip()
        if not 4 <= len(why) <= LONGEST_WHY:
            raise BadOutage(_("请写清楚怎么回事（4到200字），村民看得到。"))
        refuse_numbers(_("网站停用的说明"), [why])
        outage = Outage.objects.create(
            begun_at=begun_at, ended_at=ended_at, why=why, declared_by=by, declared_office=office
        )
        append(_draft(OUTAGE_DECLARED, outage, by, office))
    return outage


def decide(*, by: User, office: Office, outage_id: int, agreed: bool) -> Outage:
    """Agree that a declared outage counts, and lengthen the lists it touched; or turn it down.

    By an official of a county that it concerns, never by who declared it; the machine stood still for all
    whom its administrator serves, so one county's word is enough. Raises BadOutage.
    """
    with transaction.atomic():
        _require(by, office, CONFIRMING_ROLES)
        outage = Outage.objects.select_for_update().filter(pk=outage_id).first()
        if outage is None or not _concerns(outage, office):
            raise BadOutage(_("没有找到这次停用，请刷新页面后再看。"))
        if outage.state != OutageState.DECLARED:
            raise BadOutage(_("这次停用已经有人定过了，请刷新页面看结果。"))
        if outage.declared_by_id == by.pk:
            raise BadOutage(_("登记的人不能自己确认，请交给另一个人。"))
        outage.state = OutageState.COUNTED if agreed else OutageState.TURNED_DOWN
        outage.confirmed_by, outage.confirmed_at = by, clock.now()
        outage.save(update_fields=["state", "confirmed_by", "confirmed_at"])
        append(_draft(OUTAGE_COUNTED if agreed else OUTAGE_TURNED_DOWN, outage, by, office))
    if agreed:
        lengthen()
    return outage


def lengthen() -> int:
    """Lengthen the running lists that a counted outage touched, each in a transaction of its own.

    Returns how many. What was interrupted goes on at the next run: a list tells which outages it has met.
    """
    done = 0
    for outage in Outage.objects.filter(state=OutageState.COUNTED, applied_at=None).order_by("pk"):
        begun_on = _day(outage.begun_at)
        running = PublicList.objects.filter(
            path_range(_path_of(outage)), state=ListState.RUNNING, closes_on__gte=begun_on
        )
        for list_id in running.filter(starts_on__lt=_day(outage.ended_at)).values_list("pk", flat=True):
            done += _lengthen(list_id, outage)
        outage.applied_at = clock.now()
        outage.save(update_fields=["applied_at"])
    return done


def lost_days(list: PublicList, outage: Outage) -> int:
    """Return how many days of the period of `list`, of its own kind of day, `outage` touched."""
    first = max(_day(outage.begun_at), list.starts_on + timedelta(days=1))
    last = min(_day(outage.ended_at), list.closes_on)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if list.day_kind == WORKING:
        days = [day for day in days if workdays.is_working_day(day, list.area)]
    return len(days)


def _lengthen(list_id: int, outage: Outage) -> bool:
    with transaction.atomic():
        lists = PublicList.objects.select_for_update(of=("self",), no_key=True).select_related("area")
        list = lists.get(pk=list_id)
        if list.state != ListState.RUNNING or any(one["outage"] == outage.pk for one in list.extensions):
            return False
        days = lost_days(list, outage)
        if not days:
            return False
        before = list.closes_on
        list.closes_on = last_day(max(before, _day(outage.ended_at)), days, list.day_kind, list.area)
        list.board_until = max(list.board_until or list.closes_on, list.closes_on)
        told = {
            "outage": outage.pk,
            "from": _moment(outage.begun_at),
            "until": _moment(outage.ended_at),
            "why": outage.why,
            "days": days,
            "before": before.isoformat(),
            "after": list.closes_on.isoformat(),
        }
        list.extensions = [*list.extensions, told]
        list.save(update_fields=["closes_on", "board_until", "extensions"])
        append(
            Draft(
                kind=EXTENDED_LIST,
                object_type="list",
                object_id=list.number,
                area_code=list.area.code,
                line=list.line,
                body={**told, "digest": list.digest},
            )
        )
    return True


def _path_of(outage: Outage) -> str:
    """Return the path of the area whose lists an outage concerns: what was noticed concerns all."""
    return str(outage.declared_office.area.path) if outage.declared_office else ""


def _concerns(outage: Outage, office: Office) -> bool:
    """Return whether the outage touched the area of `office`: they are one, or one lies in the other."""
    path = _path_of(outage)
    return path.startswith(office.area.path) or office.area.path.startswith(path)


def _require(by: User, office: Office, roles: list[Role]) -> None:
    if office.role not in roles or office.pk not in {one.pk for one in scope_of(by, fresh=True).offices}:
        raise BadOutage(_("%(role)s不能办这件事，请交给该办的人。") % {"role": office.get_role_display()})


def _day(moment: datetime) -> date:
    return clock.day_of(moment)


def _moment(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="minutes")


def _draft(kind: str, outage: Outage, by: User | None, office: Office | None) -> Draft:
    area = office.area if office else Area.objects.order_by("path").first()
    return Draft(
        kind=kind,
        object_type="outage",
        object_id=str(outage.pk),
        actor=by,
        office=office,
        area_code=area.code if area else "",
        body={
            "begun_at": _moment(outage.begun_at),
            "ended_at": _moment(outage.ended_at),
            "noticed": outage.noticed,
            "why": outage.why,
        },
    )
