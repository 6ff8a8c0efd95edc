"""Accounts that nobody signs in to are suspended, and come back by two people's act alone."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from portal import clock
from portal.ledger.services import Draft, append
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


def suspend_dormant() -> int:
    """Suspend every dormant account (the clock's job); return how many. Nothing where none are watched.

    Whoever is the last to grant offices or to agree to it is left: nobody could bring anybody back.
    """
    if not settings.SIGN_IN_WATCHED:
        return 0
    suspended = 0
    for pk in list(dormant().values_list("pk", flat=True)):
        with transaction.atomic():
            user = User.objects.select_for_update().get(pk=pk)
            if not user.is_active or keeps_others(user, clock.today()):
                continue
            user.is_active = False
            user.save(update_fields=["is_active"])
            sessions.end_all(user, EndedBy.SUSPENDED)
            body = {"username": user.username, "days": keys.dormant_days()}
            append(Draft(events.SUSPENDED, "account", str(user.pk), body=body))
            suspended += 1
    return suspended
