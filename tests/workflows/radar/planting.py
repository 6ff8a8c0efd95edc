"""Planting what rules look for: rows that the services would refuse, written past them as a bug would."""

from datetime import datetime
from typing import Any

from portal.ledger.services import Draft, append
from workflows.changes.models import Aid
from workflows.engine.models import Act, ActKind, Case, Decision
from workflows.radar import registry, running
from workflows.radar.models import Flag


def found(code: str) -> list[Flag]:
    """Run the rule and return all its clues."""
    running.run(registry.get(code))
    return list(Flag.objects.filter(rule=code).order_by("pk"))


def aided(case: Case) -> Aid:
    """Write an aid of 100 yuan on `case`, of which 60 were handed over first."""
    return Aid.objects.create(
        case=case,
        household=case.application.household,
        sealed_need="accident",
        reason="摔伤",
        aid_first=True,
        requested_fen=100_00,
        approved_fen=100_00,
        advanced_fen=60_00,
    )


def judge(case: Case, actor: Any, level: str, at: datetime) -> Decision:
    """Write a judging decision on `case`, with its act and event, as if the engine had let it through."""
    act = Act.objects.create(
        batch=case.batch,
        kind=ActKind.SIGN,
        step=case.step,
        level=level,
        actor=actor,
        at=at,
        key=f"{case.pk}-{level}-{at.timestamp()}-{Act.objects.count()}"[:64],
        request_digest="x",
        outcome={},
    )
    decision = Decision.objects.create(
        act=act,
        case=case,
        actor=actor,
        verdict="agree",
        step=case.step,
        level=level,
        judging=True,
        to_state=case.state,
        at=at,
    )
    tell("batch.acted", "batch", case.batch.number, case)
    tell("case.decided", "case", case.number, case)
    return decision


def tell(kind: str, object_type: str, object_id: str, case: Case) -> None:
    """Append the event by which a rule hears of what was planted."""
    append(Draft(kind, object_type, object_id, area_code=case.area.code, line=case.line))
