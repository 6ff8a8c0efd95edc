"""Signatures that judged households: what rules that look at decisions begin with, and the clue of one."""

from collections.abc import Sequence

from django.db.models import QuerySet

from workflows.engine.models import Act, ActKind

from .rule import Found, Window


def judging(window: Window, batches: Sequence[str]) -> QuerySet[Act]:
    """Return the signatures of the window on the batches of these numbers that judged households."""
    return Act.objects.filter(
        batch__number__in=batches, at__gte=window.began, kind=ActKind.SIGN, decisions__judging=True
    )


def clue(act: Act, reason: str) -> Found:
    """Return what points at the signature `act` and at who gave it, for `reason`."""
    return Found(
        key=f"{act.batch.number}:{act.pk}",
        area=act.batch.area,
        line=act.batch.line,
        reason=reason,
        objects=[("batch", act.batch.number)],
        happened_at=act.at,
        concerns=act.actor,
    )
