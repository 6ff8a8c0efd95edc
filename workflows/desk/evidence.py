"""Papers by what they are: which a step or programme asks for, which came with a form, which a row lacks."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.datastructures import MultiValueDict

from workflows.engine import catalogue
from workflows.engine.definitions import Flow, Step, StepKind
from workflows.engine.models import Batch, Case
from workflows.programmes.models import CasePaper, ProgrammeVersion

PREFIX = "paper-"
# A visit holds its own note and photos: what it proves is no paper to attach (`lacking` asks for the visit).
BY_VISIT = frozenset(["两人入户记录", "现场照片"])
# Steps at which a household's papers are looked at; those of a meeting belong to the meeting.
PAPER_KINDS = [StepKind.FILE, StepKind.CHECK, StepKind.RECORD, StepKind.ACCEPT, StepKind.PAY]


def of_flow(flow: Flow) -> list[str]:
    """Return the papers that the first step of `flow` asks for."""
    return list(flow.steps[0].evidence)


def of_filing(version: ProgrammeVersion) -> list[str]:
    """Return the papers asked for at filing: the flow's, and those that the programme names."""
    flow = catalogue.flow(version.flow_key, version.flow_version)
    return list(dict.fromkeys([*of_flow(flow), *version.definition.get("evidence", [])]))


def asked_at(step: Step, version: ProgrammeVersion | None = None) -> list[str]:
    """Return the papers that a row must have at `step`; `version` is the programme's, at filing."""
    if step.kind not in PAPER_KINDS:
        return []
    asked = [what for what in step.evidence if what not in BY_VISIT]
    if step.kind == StepKind.FILE and version is not None:
        asked += version.definition.get("evidence", [])
    return list(dict.fromkeys(asked))


def of_batch(batch: Batch, step: Step) -> list[str]:
    """Return the papers that the rows of `batch` must have at `step` (a query at filing for a programme)."""
    version = None
    scheme, _colon, pk = batch.scheme.partition(":")
    if step.kind == StepKind.FILE and scheme == "programme" and pk.isdecimal():
        version = ProgrammeVersion.objects.filter(pk=int(pk)).first()
    return asked_at(step, version)


def of_case(case: Case) -> list[str]:
    """Return what a paper of `case` may be, up to the step at which it stands: its page offers these."""
    flow = catalogue.flow(case.flow_key, case.flow_version)
    steps = flow.steps[: flow.position(case.step) + 1]
    application = getattr(case, "application", None)
    asked = list(application.programme_version.definition.get("evidence", [])) if application else []
    asked += [what for step in steps if step.kind in PAPER_KINDS for what in step.evidence]
    return list(dict.fromkeys(asked))


def sent(files: MultiValueDict, case: Case) -> Iterator[tuple[str, list[Any]]]:
    """Yield what came with a filing form: what the papers are, and they; unnamed ones last."""
    for place, what in enumerate(of_case(case)):
        if uploads := files.getlist(f"{PREFIX}{place}"):
            yield what, uploads
    if uploads := files.getlist("files"):
        yield "", uploads


def with_papers(cases: QuerySet[Case], asked: Sequence[str]) -> QuerySet[Case]:
    """Return `cases`, each telling in `has_paper_<n>` whether it has the n-th of `asked`; no query more."""
    mine = CasePaper.objects.filter(case=OuterRef("pk"))
    return cases.annotate(
        **{f"has_paper_{place}": Exists(mine.filter(what=what)) for place, what in enumerate(asked)}
    )


def lacked(cases: Sequence[Any], asked: Sequence[str]) -> dict[str, list[Any]]:
    """Return, for each of `asked` that is lacked, the rows of `with_papers` that lack it."""
    found = {
        what: [row for row in cases if not getattr(row.case, f"has_paper_{place}", True)]
        for place, what in enumerate(asked)
    }
    return {what: rows for what, rows in found.items() if rows}
