"""Holding assessments against the ledger: figures, points and results are those of their events."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from portal.ledger import bindings
from portal.ledger.faults import Fault

from . import events
from .models import Round, Score, Subject
from .results import figures_digest

SCORES = (events.SCORED, events.RESCORED)
RESULTS = (events.TOLD, events.DECIDED)


@bindings.register
class RoundBinding:
    """Compares the figures of each subject, the points of each score, and the results with the events."""

    kinds = (events.OPENED, *SCORES, *RESULTS, events.APPEAL_SETTLED)

    def __init__(self) -> None:
        self._opened: dict[str, tuple[int, dict[str, Any]]] = {}
        self._scores: dict[str, list[tuple[int, dict[str, int]]]] = {}
        self._results: dict[str, tuple[int, list[dict[str, Any]]]] = {}
        self._settled: set[str] = set()

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take an event of a round."""
        number, body, kind = record["object_id"], record["body"], record["kind"]
        if kind == events.OPENED:
            self._opened[number] = (sequence, body)
        elif kind in SCORES:
            self._scores.setdefault(number, []).append((sequence, body["points"]))
        elif kind in RESULTS:
            self._results[number] = (sequence, body["results"])
            self._settled.discard(number)
        else:
            # Between an appeal that was answered and the decision the results are on their way.
            self._settled.add(number)

    def faults(self) -> Iterator[Fault]:
        """Yield rounds whose rows say otherwise, or that are gone."""
        rounds = {one.number: one for one in Round.objects.order_by("pk")}
        for number, (sequence, body) in self._opened.items():
            round_ = rounds.get(number)
            if round_ is not None and not _opened_so(round_, body):
                said = _("考核 %(number)s 考谁、考哪几天、权重或等次被改过")
                yield Fault(sequence, said % {"number": number})
            form, subjects = body.get("form", 1), self._subjects(round_)
            digests = [
                figures_digest(number, one.area.code, one.figures, person=one.person, form=form)
                for one in subjects
            ]
            if digests != [one["sha256"] for one in body["figures"]]:
                yield Fault(sequence, _("考核 %(number)s 算出的指标被改过或不见了") % {"number": number})
        for number in sorted(rounds.keys() - self._opened.keys()):
            yield Fault(1, _("考核 %(number)s 在账本里没有开过") % {"number": number})
        for number, said in self._scores.items():
            points = Score.objects.filter(subject__round__number=number).order_by("pk")
            rows = list(points.values_list("points", flat=True))
            if rows != [entry[1] for entry in said]:
                wrong = next(
                    (entry[0] for entry, row in zip(said, rows, strict=False) if entry[1] != row), said[-1][0]
                )
                yield Fault(wrong, _("考核 %(number)s 的打分被改过") % {"number": number})
        for number, (sequence, results) in self._results.items():
            if number in self._settled:
                continue
            rows = [
                {"area": one.area.code, "score": one.score, "grade": one.grade, "final": one.final}
                for one in self._subjects(rounds.get(number))
            ]
            if rows != results:
                yield Fault(sequence, _("考核 %(number)s 的得分被改过") % {"number": number})

    def _subjects(self, round_: Round | None) -> list[Subject]:
        return list(round_.subjects.select_related("area", "person").order_by("pk")) if round_ else []


def _opened_so(round_: Round, body: dict[str, Any]) -> bool:
    """Return whether the round stands as it was opened; an older event said nothing of year and grades."""
    return (
        (body["subjects_are"], body["kind"]) == (round_.subjects_are, round_.kind)
        and body["first_day"] == round_.first_day.isoformat()
        and body["last_day"] == round_.last_day.isoformat()
        and body["weights"] == round_.weights
        and body.get("year", round_.year) == round_.year
        and body.get("grades", round_.grades) == round_.grades
    )
