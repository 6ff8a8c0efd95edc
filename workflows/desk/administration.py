"""What each of the three administrators sees: accounts, machines, sign-ins and their record; no case."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area
from portal.clock import jobs
from portal.clock.health import missing_by_county
from portal.clock.models import JobRun
from portal.configuration import keys as configuration_keys
from portal.configuration.services import unverified
from portal.inquiries.events import SEALED
from portal.ledger import kinds, trust
from portal.ledger.models import Event
from portal.outbox.models import Message
from portal.people.models import Office, Role, User
from portal.people.scope import scope_of
from portal.signin import dormancy, events, factors, locks

from .accounts import readable

SHOWN = 30
PAGE = 50
# What the audit administrator reads: who may do what, who was let in, how the portal was kept. No business.
ADMINISTRATION = (
    *("office.", "account.", "substitute.", "joint.", "session.", "factor.", "setting.", "ledger."),
    *("inquiry.", "robot.", "site.", "area."),
)


@dataclass(frozen=True)
class Line:
    """One line of the audit: an event in words."""

    event: Event
    label: str
    role: str
    about: str


def kinds_of_administration() -> list[tuple[str, str]]:
    """Return code and label of every kind that the audit administrator reads."""
    chosen = [(kind, str(label)) for kind, label in kinds.choices() if kind.startswith(ADMINISTRATION)]
    # Beside the sign-ins, the moment of a search would tell who it was that searched.
    return [(kind, label) for kind, label in chosen if kind != SEALED]


def audited(user: User) -> QuerySet[Event]:
    """Return the events of administration within the offices of `user`, the latest first."""
    codes = scope_of(user).filter_areas(Area.objects.all()).values("code")
    nowhere = Q(area_code="") & (Q(actor=None) | Q(actor__in=readable(user)))
    known = [kind for kind, _label in kinds_of_administration()]
    found = Event.objects.filter(Q(area_code__in=codes) | nowhere, kind__in=known)
    return found.select_related("actor").order_by("-sequence")


def narrowed(
    rows: QuerySet[Event], *, kind: str, who: str, since: date | None, before: int
) -> QuerySet[Event]:
    """Return the rows of `kind`, by or about the account `who`, from `since` on, below number `before`."""
    if kind:
        rows = rows.filter(kind=kind)
    if who := who.replace("\x00", "").strip()[:150]:
        account = User.objects.filter(username=who).values_list("pk", flat=True).first()
        about = Q(object_type="account", object_id=str(account)) if account else Q(pk=0)
        rows = rows.filter(Q(actor__username=who) | about)
    if since:
        rows = rows.filter(recorded_at__gte=timezone.make_aware(datetime.combine(since, time.min)))
    return rows.filter(sequence__lt=before) if before else rows


def line_of(event: Event) -> Line:
    """Return the event in words; its record names accounts and settings, never a household."""
    body: dict[str, Any] = json.loads(event.record)["body"]
    told = [str(body[name]) for name in ("user", "username", "key") if body.get(name)]
    role = body.get("role", "")
    if role in Role.values:
        told.append(str(Role(role).label))
    acted = str(Role(event.role).label) if event.role in Role.values else ""
    return Line(event, kinds.label(event.kind), acted, " · ".join(told))


def safety(user: User) -> dict[str, Any]:
    """Return what the security administrator looks after: locks, lent or suspended accounts, factors."""
    mine = readable(user)
    since = clock.now() - timedelta(days=30)
    beside = Event.objects.filter(kind=events.BESIDE, recorded_at__gte=since, actor__in=mine)
    active = mine.filter(is_active=True)
    without = active.exclude(authenticator__type__in=factors.PROVING) if factors.wanted() else active.none()
    unused = list(mine.filter(pk__in=dormancy.dormant().values("pk")).order_by("username")[:SHOWN])
    spared = [one for one in unused if dormancy.is_spared(one)]
    return {
        "locked": list(mine.filter(username__in=locks.locked_names()).order_by("username")),
        "beside": list(beside.select_related("actor").order_by("-sequence")[:SHOWN]),
        "suspended": list(mine.filter(is_active=False).order_by("username")[:SHOWN]),
        "dormant": [one for one in unused if one not in spared],
        "spared": spared,
        "without": list(without.order_by("username")[:SHOWN]),
        "without_count": without.count(),
        "wanted": factors.wanted(),
    }


def health() -> dict[str, Any]:
    """Return what the system administrator looks after: accounts without office, settings, jobs, messages."""
    held = Office.objects.in_force(clock.today()).filter(user=OuterRef("pk"))
    idle = User.objects.filter(is_active=True).exclude(Exists(held)).order_by("username")
    failing = jobs.failing()
    late = clock.now() - timedelta(hours=1)
    waiting = Message.objects.filter(next_attempt_at__isnull=False).aggregate(
        all=Count("pk"),
        late=Count("pk", filter=Q(queued_at__lt=late)),
        tried=Count("pk", filter=Q(attempts__gt=0)),
    )
    technical = [key for key in configuration_keys.all_keys() if key.technical]
    return {
        "idle": list(idle[:SHOWN]),
        "idle_count": idle.count(),
        "jobs": [{"run": run, "error": failing.get(run.name, "")} for run in JobRun.objects.order_by("name")],
        "waiting": waiting,
        "unverified": [key.label for key in technical if unverified(key.name)],
        "calendar": missing_by_county(),
        "checks": _checks(),
    }


def _checks() -> list[tuple[bool, str]]:
    """Return what the installation should have, each with whether it has it."""
    return [
        (settings.SIGN_IN_SECOND_FACTOR, _("第二道验证已经打开")),
        (settings.SIGN_IN_WATCHED, _("锁屏、限制同时登录、停用久未登录的账号已经打开")),
        (trust.trust_file().exists(), _("账本的信任文件在位")),
        (not User.objects.filter(is_superuser=True).exists(), _("没有带超级用户标记的账号")),
        (not settings.DEMO_ALLOWED, _("不是演示环境")),
    ]
