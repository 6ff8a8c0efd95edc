"""Forgetting messages after their time: what happened is in the ledger, a message only pointed to it."""

from datetime import timedelta

from django.db.models import Q

from portal import clock
from portal.configuration import services as configuration

from .keys import KEPT_DAYS
from .models import Message, RobotPost

BATCH = 1000


def forget_old() -> int:
    """Delete finished messages older than `outbox.kept_days` (calendar days); return how many. A job.

    A message that nobody has read stays as long as its person has an account in use.
    """
    limit = clock.now() - timedelta(days=configuration.value(KEPT_DAYS))
    read = Q(read_at__isnull=False) | Q(recipient__is_active=False)
    old = [
        Message.objects.filter(read, queued_at__lt=limit, next_attempt_at=None),
        RobotPost.objects.filter(queued_at__lt=limit, next_attempt_at=None),
    ]
    total = 0
    for rows in old:
        while ids := list(rows.values_list("pk", flat=True)[:BATCH]):
            total += rows.model.objects.filter(pk__in=ids).delete()[0]
    return total
