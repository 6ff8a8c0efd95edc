"""What a round comes to: points, scores, grades, and the rows that the public reads."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from disclosure.masking.services import refuse_private
from disclosure.publicity.services import RowDraft
from portal.ledger.canonical import canonical
from portal.people.models import User

from . import keys
from .indicators import BY_CODE
from .models import Grade, Round, Subject, Subjects

# Which form of the digest of figures is written now.
FORM = 2
# Fewer people than this of a grade are not told apart in public.
LEAST_TOLD = 3


def figures_digest(
    number: str, area_code: str, figures: Mapping[str, Any], *, person: User | None = None, form: int = FORM
) -> str:
    """Return the hex SHA-256 of the figures of one assessed, as the ledger keeps it.

    An event of form 1 named the area alone; since form 2 the digest names the helper, too.
    """
    said: dict[str, Any] = {"round": number, "area": area_code, "figures": dict(figures)}
    if form > 1:
        said["person"] = person.username if person else ""
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def work_out(round_: Round, subject: Subject) -> None:
    """Write points, score and grade of `subject`: computed figures as they are, typed points their mean."""
    given = list(subject.scores.standing())
    upheld = {one.code for one in subject.appeals.filter(upheld=True)}
    final: dict[str, int] = {}
    for code in round_.weights:
        if code in upheld:
            final[code] = subject.final[code]
        elif figure := subject.figures.get(code):
            final[code] = figure["good"] * 100_00 // figure["of"]
        elif points := [one.points[code] for one in given if code in one.points]:
            final[code] = sum(points) * 100 // len(points)
    whole = sum(round_.weights[code] for code in final)
    subject.final = final
    subject.score = sum(round_.weights[code] * got for code, got in final.items()) // whole if whole else None
    subject.grade = grade_of(subject.score, round_) if subject.score is not None else ""
    subject.save(update_fields=["final", "score", "grade"])


def grade_of(score: int, round_: Round) -> str:
    """Return the grade of `score` (hundredths of a point) by the points fixed at opening."""
    for grade in keys.GRADES:
        if score >= int(round_.grades[grade]) * 100:
            return grade
    return Grade.FAIL.value


def rows_of(round_: Round) -> list[RowDraft]:
    """Return the public rows: each area with grade and score; helpers as counts of the area."""
    subjects = list(round_.subjects.select_related("area").order_by("area__path", "pk"))
    rows = []
    if round_.subjects_are != Subjects.HELPER:
        for place, one in enumerate(subjects, 1):
            grade = str(Grade(one.grade).label) if one.grade else _("没有数")
            note = _("%(grade)s，%(score)s 分") % {"grade": grade, "score": in_points(one.score)}
            rows.append(_row(round_, place, str(one.area), note if one.grade else grade, _parts(round_, one)))
        return rows
    # A village often has one helper: counts of the whole area tell nobody's grade.
    counts = _counts([one.grade for one in subjects])
    return [_row(round_, 1, _("%(area)s帮扶责任人") % {"area": round_.area}, counts)]


def _counts(grades: list[str]) -> str:
    """Return how many got which grade; grades of fewer than LEAST_TOLD people are told with the next ones."""
    groups: list[tuple[list[str], int]] = []
    labels: list[str] = []
    count = 0
    for grade in Grade:
        if here := grades.count(grade.value):
            labels, count = [*labels, str(grade.label)], count + here
        if count >= LEAST_TOLD:
            groups.append((labels, count))
            labels, count = [], 0
    if not groups:
        return _("不足 %(n)d 人，不公布等次") % {"n": LEAST_TOLD}
    if count:
        before, many = groups.pop()
        groups.append(([*before, *labels], many + count))
    return "、".join(_("%(grade)s %(n)d 人") % {"grade": "或".join(names), "n": n} for names, n in groups)


def in_points(score: int | None) -> str:
    """Return hundredths of a point as points with two places."""
    return "—" if score is None else f"{score // 100}.{score % 100:02d}"


def in_record(round_: Round) -> dict[str, Any]:
    """Return scores and points of all subjects, as the ledger keeps them."""
    subjects = round_.subjects.select_related("area").order_by("pk")
    return {
        "results": [
            {"area": one.area.code, "score": one.score, "grade": one.grade, "final": one.final}
            for one in subjects
        ]
    }


def _parts(round_: Round, subject: Subject) -> str:
    """Return what the score of an area is made of: points and weight of each indicator."""
    each = [
        _("%(name)s %(points)s 分（权重 %(weight)s）")
        % {"name": BY_CODE[code].name, "points": in_points(subject.final[code]), "weight": weight}
        for code, weight in round_.weights.items()
        if code in subject.final
    ]
    return "；".join(each)


def _row(round_: Round, place: int, item: str, note: str, parts: str = "") -> RowDraft:
    refuse_private(_("考核结果"), [item, note, parts])
    key = f"assessment:{round_.number}:{place}"[:64]
    return RowDraft(key, "", "", item, 0, note=note, why={"text": parts} if parts else {})
