"""What the pages of an assessment show: figures with formula and source, points, what the person may do."""

import json
from collections.abc import Mapping
from typing import Any

from portal import clock
from portal.files.models import PrivateFile
from portal.people.models import User
from workflows.assessment import rounds, scoring
from workflows.assessment.indicators import BY_CODE, SOURCES
from workflows.assessment.models import (
    CALLED_OFF_FROM,
    DECIDING,
    FOLLOWED_FROM,
    SCORING,
    Appeal,
    ConsequenceKind,
    Grade,
    Round,
    RoundState,
    Score,
    Subject,
    Subjects,
)
from workflows.assessment.results import in_points
from workflows.money.reconciliation import reconcile

from .assessment_counts import recounted


def round_of(user: User, round_: Round, *, sums: bool) -> dict[str, Any]:
    """Return what the page of a round shows, and which acts stand open to `user`.

    The whole area is reconciled where `sums` asks for it, not whenever somebody looks in.
    """
    subjects = scoring.subjects_of(user, round_)
    given: dict[int, list[int]] = {}
    standing = Score.objects.standing().filter(subject__round=round_)
    for subject_id, by_id in standing.values_list("subject", "by"):
        given.setdefault(subject_id, []).append(by_id)
    left = scoring.left_for(user, round_)
    appealed = set(
        Appeal.objects.filter(subject__round=round_, upheld=None).values_list("subject", flat=True)
    )
    scores = rounds.acting_office(user, round_.area, SCORING) is not None
    decides = rounds.acting_office(user, round_.area, DECIDING) is not None
    city = rounds.city_accepts(round_)
    state = round_.state
    publishes = decides and state == (RoundState.ACCEPTED if city else RoundState.DECIDED)
    accepts = city and state == RoundState.DECIDED and rounds.may_accept(user, round_)
    judges = (decides and state in CALLED_OFF_FROM) or accepts
    kept_out = rounds.kept_out(user, round_) if judges else ""
    return {
        "round": round_,
        "rows": [
            {
                "subject": one,
                "score": in_points(one.score),
                "grade": Grade(one.grade).label if one.grade else "",
                "scored": len(given.get(one.pk, [])),
                "appeals": one.pk in appealed,
                "mine": user.pk in given.get(one.pk, []),
            }
            for one in subjects
        ],
        "left": left,
        "short": sum(len(given.get(one.pk, [])) < scoring.SCORERS for one in subjects)
        if scoring.typed_codes(round_)
        else 0,
        "tells": scores and state == RoundState.SCORING,
        "kept_out": kept_out,
        "decides": decides and state == RoundState.APPEALS and not kept_out,
        "open_appeals": len(appealed),
        "calls_off": decides and state in CALLED_OFF_FROM and not kept_out,
        "appeals_over": round_.appeal_until is not None and clock.today() > round_.appeal_until,
        "city": city,
        "accepts": accepts and not kept_out,
        "publishes": publishes,
        "closes": decides and state == RoundState.PUBLISHED,
        "days_over": clock.today() > round_.last_day,
        "may_reconcile": scores or decides,
        "sums": reconcile(round_.area, round_.first_day, round_.last_day)
        if sums and (scores or decides)
        else None,
    }


def subject_of(user: User, round_: Round, subject: Subject, *, recount: bool) -> dict[str, Any]:
    """Return what the page of one assessed shows: each indicator, its figure or points, appeals, results.

    The figures are counted again where `recount` asks for it.
    """
    given = list(subject.scores.select_related("by", "office__area").order_by("pk"))
    replaced = {one.replaces_id: one for one in given if one.replaces_id}
    scores = [one for one in given if one.pk not in replaced]
    mine = next((one for one in scores if one.by_id == user.pk), None)
    assesses = rounds.acting_office(user, round_.area, SCORING) is not None
    subject.round = round_
    waits = scoring.still_scores(user, subject, {one.by_id for one in scores})
    read = [] if waits else given
    said = [json.loads(str(one.reasons)) for one in read]
    appeals = {one.code: one for one in subject.appeals.select_related("by", "settled_by")}
    shows = subject.score is not None or assesses
    shown = [f"{scoring.APPEAL_FILES}:{one.pk}" for one in appeals.values()] if shows else []
    proofs: dict[str, list[PrivateFile]] = {}
    for file in PrivateFile.objects.filter(reference__in=shown).order_by("pk"):
        proofs.setdefault(file.reference, []).append(file)
    again = recounted(user, round_, subject) if recount and shows else {}
    lines = []
    for code, weight in round_.weights.items():
        indicator = BY_CODE[code]
        lines.append(
            {
                "code": code,
                "indicator": indicator,
                "weight": weight,
                "figure": subject.figures.get(code),
                "again": again.get(code),
                "computed": indicator.compute is not None,
                "points": in_points(subject.final.get(code)) if code in subject.final else "",
                "given": [
                    {
                        "score": one,
                        "points": one.points[code],
                        "reason": reasons.get(code, ""),
                        "replaced": replaced.get(one.pk),
                        "points_after": replaced[one.pk].points.get(code) if one.pk in replaced else None,
                    }
                    for one, reasons in zip(read, said, strict=True)
                    if code in one.points
                ],
                "appeal": appeals.get(code),
                "proofs": proofs.get(f"{scoring.APPEAL_FILES}:{appeals[code].pk}", [])
                if code in appeals
                else [],
            }
        )
    references = {f"{scoring.FILE_KIND}:{one.pk}" for one in read} if shows else set()
    appealing = round_.state == RoundState.APPEALS and bool(
        round_.appeal_until and clock.today() <= round_.appeal_until
    )
    results = round_.state in FOLLOWED_FROM
    decides = rounds.acting_office(user, round_.area, DECIDING) is not None
    return {
        "round": round_,
        "subject": subject,
        "lines": lines if shows else [],
        "score": in_points(subject.score),
        "grade": Grade(subject.grade).label if subject.grade else "",
        "files": PrivateFile.objects.filter(reference__in=references).order_by("pk"),
        "typed_lines": [line for line in lines if not line["computed"]],
        "scores_now": waits,
        "other_scored": waits and bool(scores),
        "rescores": mine if mine and scoring.may_score(user, round_) else None,
        "left": scoring.left_for(user, round_),
        "sources": SOURCES,
        "counted_again": bool(again),
        "appeals_now": appealing and scoring.appealing_office(user, subject) is not None,
        "settles": round_.state == RoundState.APPEALS and decides and not rounds.kept_out(user, round_),
        "consequences": subject.consequences.select_related("by").order_by("pk"),
        "adds": results and decides,
        "kinds": ConsequenceKind.choices,
        "helper": round_.subjects_are == Subjects.HELPER,
    }


def as_given(score: Score | None) -> dict[str, str]:
    """Return the fields of the form as `score` filled them, for whoever puts it right."""
    if score is None:
        return {}
    reasons = json.loads(str(score.reasons))
    points = {f"points-{code}": str(number) for code, number in score.points.items()}
    return points | {f"reason-{code}": words for code, words in reasons.items()}


def points_in(data: Mapping[str, Any], codes: list[str]) -> tuple[dict[str, int], dict[str, str]]:
    """Return points and reasons as the form says them; what is no number is left out."""
    points, reasons = {}, {}
    for code in codes:
        typed = str(data.get(f"points-{code}", "")).strip()
        if typed.isascii() and typed.isdigit() and len(typed) < 4:
            points[code] = int(typed)
        reasons[code] = str(data.get(f"reason-{code}", ""))
    return points, reasons
