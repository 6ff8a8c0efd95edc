"""What the ledger's records say, in words: the names of their entries and of the codes in them."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from disclosure.deliberations.models import MeetingStep
from disclosure.publicity.models import ListKind, ObjectionState
from portal.people.models import JointKind, Line, Role
from workflows.assessment.indicators import INDICATORS
from workflows.assessment.models import ConsequenceKind, Grade, RoundState, Subjects
from workflows.assessment.results import in_points
from workflows.engine import catalogue
from workflows.engine.definitions import Verdict
from workflows.engine.models import ActKind, CaseState
from workflows.programmes.answers import yuan
from workflows.registry import reveals
from workflows.registry.models import Degree
from workflows.spotchecks.models import Met, SignedHow, Told

from .labels import LABELS

DIGESTS = frozenset(
    [
        *("digest", "voted_digest", "list_digest", "sha256", "original_sha256", "files", "file", "photo"),
        *("history", "definition", "voted", "seed", "beacon", "frame_sha256", "sample_sha256", "paid_sha256"),
    ]
)


def label(kind: str, key: str) -> str:
    """Return what the entry `key` of an event of `kind` is called; its own name where nobody named it."""
    return str(LABELS.get(f"{kind}.{key}") or LABELS.get(key, key))


def role_name(role: str) -> str:
    """Return what an office is called; nothing for an act of the clock."""
    return str(Role(role).label) if role in Role.values else role


def line_name(line: str) -> str:
    """Return what a line is called."""
    return str(Line(line).label) if line in Line.values else line


def entry(key: str, said: Any, flow: tuple[str, int] | None = None) -> str:
    """Return what stands under `key` of a record, in words; `flow` names the steps of its own flow."""
    if said is None or said == "" or said == [] or said == {}:
        return translate("没有")
    if isinstance(said, bool):
        return translate("是") if said else translate("否")
    if key.endswith("_fen") and isinstance(said, int):
        return translate("%(yuan)s 元") % {"yuan": yuan(said)}
    if isinstance(said, list):
        return "、".join(entry(key, one, flow) for one in said)
    if key == "score" and isinstance(said, int):
        return in_points(said)
    if key in ("points", "weights", "final") and isinstance(said, Mapping):
        # The codes of indicators are other things elsewhere; final points are hundredths.
        named = {_code("indicator", code, flow): number for code, number in said.items()}
        return "；".join(
            f"{name} {in_points(number) if key == 'final' else number}" for name, number in named.items()
        )
    if isinstance(said, Mapping):
        return "；".join(f"{LABELS.get(name, name)} {entry(name, one, flow)}" for name, one in said.items())
    return _code(key, str(said), flow)


def _code(key: str, said: str, flow: tuple[str, int] | None) -> str:
    if key in ("from", "to", "step"):
        return _step(said, flow)
    if key in ("role", "seats"):
        return role_name(said)
    return str(_CODES.get(key, {}).get(said, said))


_CODES: dict[str, Mapping[str, Any]] = {
    "act": dict(ActKind.choices),
    "verdict": dict(Verdict.choices),
    "state": {**dict(CaseState.choices), "passed": _("通过"), "failed": _("没有通过")},
    "meeting": dict(MeetingStep.choices),
    "outcome": dict(ObjectionState.choices),
    "kind": dict(ListKind.choices),
    "line": dict(Line.choices),
    "what": {**dict(JointKind.choices), **dict(ConsequenceKind.choices)},
    "filters": {
        "person": _("谁办的"),
        "area": _("地方"),
        "number": _("编号"),
        "programme": _("项目"),
        "kind": _("什么事"),
        "first": _("从哪天"),
        "last": _("到哪天"),
    },
    "degree": dict(Degree.choices),
    # Why somebody looked at what is masked, and at what; a reason in free words stands as it is.
    "field": dict(reveals.Field.choices),
    "reason": dict(reveals.Reason.choices),
    "met": dict(Met.choices),
    "told": dict(Told.choices),
    "signed_how": dict(SignedHow.choices),
    "indicator": {one.code: one.name for one in INDICATORS},
    "subjects_are": dict(Subjects.choices),
    "grade": dict(Grade.choices),
    "stage": dict(RoundState.choices),
}


def _step(key: str, flow: tuple[str, int] | None) -> str:
    if flow is not None:
        try:
            return catalogue.flow(*flow).step(key).name
        except KeyError:
            pass
    return _step_names().get(key, key)


@lru_cache(maxsize=1)
def _step_names() -> dict[str, str]:
    """Return what each step is called; one that flows call differently by all its names."""
    names: dict[str, dict[str, None]] = {}
    for flow in catalogue.all_flows():
        for step in flow.steps:
            names.setdefault(step.key, {})[step.name] = None
    meetings = {key: {str(label): None} for key, label in MeetingStep.choices}
    return {key: " / ".join(found) for key, found in {**meetings, **names}.items()}


def moment(at: datetime | None) -> str:
    """Return date and time to the second, Asia/Shanghai."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S") if at else ""
