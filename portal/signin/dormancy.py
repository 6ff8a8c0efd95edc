"""Accounts that nobody signs in to are suspended, and come back by two people's act alone."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import clock
from portal.ledger.services import Draft, append
from portal.people import joint
from portal.people.lasts import keeps_others
from portal.people.models import JointAct, JointKind, Office, User

from . import events, keys, sessions
from .models import EndedBy


def dormant() -> QuerySet[User]:
    """Return the active accounts that were not used for `signin.dormant_days` calendar days.

    What counts as use is signing in, being invited, an office that began, and being brought back.
    """
    day = clock.today() - timedelta(days=keys.dormant_days())
    since = timezone.make_aware(datetime.combine(day, time.min))
    began = Office.objects.filter(user=OuterRef("pk"), starts_on__gt=day)
    back = JointAct.objects.filter(
        user=OuterRef("pk"), kind=JointKind.REACTIVATE, agreed=True, answered_at__gte=since
    )
    unused = User.objects.filter(is_active=True, date_joined__lt=since).exclude(last_login__gte=since)
    return unused.exclude(Exists(began)).exclude(Exists(back)).order_by("pk")


def is_spared(user: User) -> bool:
    """Return whether `user` stays active however long unused: the last who grants, or no way back."""
    return keeps_others(user, clock.today()) or not joint.way_back(user)[1]


def what_to_do(user: User) -> str:
    """Return what somebody whose account is suspended reads: whom to ask, by the offices in force now."""
    asking, agreeing = joint.way_back(user)
    said = _("这个账号很久没有登录，已经停用，密码是对的。要恢复：")
    if not agreeing:
        return said + _("请打县里乡村振兴主管部门的电话，说明情况。")
    who = {"asking": _named(asking), "agreeing": _named(agreeing)}
    steps = _("带上证件找%(asking)s，由他提出；再由%(agreeing)s复核。") % who
    return said + steps + _("复核以后用原来的密码登录，几分钟就能办好。")


def _named(offices: list[Office]) -> str:
    """Return up to three of `offices` in words, none twice: the page before signing in names nobody."""
    return _("或者").join(list(dict.fromkeys(str(office) for office in offices))[:3])


def suspend_dormant() -> int:
    """Suspend every dormant account (the clock's job); return how many. Nothing where none are watched.

    Whoever is the last to grant offices or to agree to it is left: nobody could bring anybody back. So is
    whom no two people in office now could bring back, like the one administrator of a city without heads.
    """
    if not settings.SIGN_IN_WATCHED:
        return 0
    suspended = 0
    for pk in list(dormant().values_list("pk", flat=True)):
        with transaction.atomic():
            user = User.objects.select_for_update().get(pk=pk)
            if not user.is_active or is_spared(user):
                continue
            user.is_active = False
            user.save(update_fields=["is_active"])
            sessions.end_all(user, EndedBy.SUSPENDED)
            body = {"username": user.username, "days": keys.dormant_days()}
            append(Draft(events.SUSPENDED, "account", str(user.pk), body=body))
            suspended += 1
    return suspended
