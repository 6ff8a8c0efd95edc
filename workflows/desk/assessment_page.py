"""What the pages of an assessment show: figures with formula and source, points, what the person may do."""

import json
from collections.abc import Mapping
from typing import Any

from portal import clock
from portal.files.models import PrivateFile
from portal.people.models import User
from workflows.assessment import rounds, scoring
from workflows.assessment.indicators import BY_CODE
from workflows.assessment.models import (
    DECIDING,
    SCORING,
    ConsequenceKind,
    Grade,
    Round,
    RoundState,
    Subject,
    Subjects,
)
from workflows.assessment.results import in_points
from workflows.money.reconciliation import reconcile


def round_of(user: User, round_: Round, *, sums: bool) -> dict[str, Any]:
    """Return what the page of a round shows, and which acts stand open to `user`.

    The whole area is reconciled where `sums` asks for it, not whenever somebody looks in.
    """
    subjects = scoring.subjects_of(user, round_)
    counts: dict[int, int] = {}
    for subject_id in round_.subjects.values_list("scores__subject", flat=True):
        if subject_id:
            counts[subject_id] = counts.get(subject_id, 0) + 1
    scores = rounds.acting_office(user, round_.area, SCORING) is not None
    decides = rounds.acting_office(user, round_.area, DECIDING) is not None
    city = rounds.city_accepts(round_)
    state = round_.state
    publishes = decides and state == (RoundState.ACCEPTED if city else RoundState.DECIDED)
    return {
        "round": round_,
        "rows": [
            {
                "subject": one,
                "score": in_points(one.score),
                "grade": Grade(one.grade).label if one.grade else "",
                "scored": counts.get(one.pk, 0),
            }
            for one in subjects
        ],
        "tells": scores and state == RoundState.SCORING,
        "decides": decides and state == RoundState.APPEALS,
        "appeals_over": round_.appeal_until is not None and clock.today() > round_.appeal_until,
        "city": city,
        "accepts": city and state == RoundState.DECIDED and rounds.may_accept(user, round_),
        "publishes": publishes,
        "closes": decides and state == RoundState.PUBLISHED,
        "days_over": clock.today() > round_.last_day,
        "may_reconcile": scores or decides,
        "sums": reconcile(round_.area, round_.first_day, round_.last_day)
        if sums and (scores or decides)
        else None,
    }


def subject_of(user: User, round_: Round, subject: Subject) -> dict[str, Any]:
    """Return what the page of one assessed shows: each indicator, its figure or points, appeals, results."""
    scores = list(subject.scores.select_related("by", "office__area").order_by("pk"))
    said = [json.loads(str(one.reasons)) for one in scores]
    appeals = {one.code: one for one in subject.appeals.select_related("by", "settled_by")}
    shows = subject.score is not None or rounds.acting_office(user, round_.area, SCORING) is not None
    lines = []
    for code, weight in round_.weights.items():
        indicator = BY_CODE[code]
        lines.append(
            {
                "code": code,
                "indicator": indicator,
                "weight": weight,
                "figure": subject.figures.get(code),
                "computed": indicator.compute is not None,
                "points": in_points(subject.final.get(code)) if code in subject.final else "",
                "given": [
                    {"score": one, "points": one.points.get(code), "reason": reasons.get(code, "")}
                    for one, reasons in zip(scores, said, strict=True)
                    if code in one.points
                ],
                "appeal": appeals.get(code),
            }
        )
    references = {f"{scoring.FILE_KIND}:{one.pk}" for one in scores}
    scoring_now = round_.state == RoundState.SCORING and not any(one.by_id == user.pk for one in scores)
    appealing = round_.state == RoundState.APPEALS and bool(
        round_.appeal_until and clock.today() <= round_.appeal_until
    )
    results = round_.state in (RoundState.DECIDED, RoundState.ACCEPTED, RoundState.PUBLISHED)
    decides = rounds.acting_office(user, round_.area, DECIDING) is not None
    subject.round = round_
    return {
        "round": round_,
        "subject": subject,
        "lines": lines if shows else [],
        "score": in_points(subject.score),
        "grade": Grade(subject.grade).label if subject.grade else "",
        "files": PrivateFile.objects.filter(reference__in=references).order_by("pk"),
        "typed_lines": [line for line in lines if not line["computed"]],
        "scores_now": scoring_now
        and len(scores) < scoring.SCORERS
        and subject.person_id != user.pk
        and rounds.acting_office(user, round_.area, SCORING) is not None,
        "appeals_now": appealing and scoring.appealing_office(user, subject) is not None,
        "settles": round_.state == RoundState.APPEALS
        and decides
        and not round_.subjects.filter(scores__by=user).exists(),
        "consequences": subject.consequences.select_related("by").order_by("pk"),
        "adds": results and decides,
        "kinds": ConsequenceKind.choices,
        "helper": round_.subjects_are == Subjects.HELPER,
    }


def points_in(data: Mapping[str, Any], codes: list[str]) -> tuple[dict[str, int], dict[str, str]]:
    """Return points and reasons as the form says them; what is no number is left out."""
    points, reasons = {}, {}
    for code in codes:
        typed = str(data.get(f"points-{code}", "")).strip()
        if typed.isascii() and typed.isdigit() and len(typed) < 4:
            points[code] = int(typed)
        reasons[code] = str(data.get(f"reason-{code}", ""))
    return points, reasons
