"""What changed on a batch since the person last saw it: which rows and how, and what others did meanwhile.

When somebody last saw a batch is what they told by a POST (`keeping.note_seen`) or the moment of their own
last act on it, whichever is later; opening the page tells nothing, since a GET changes nothing. What a row
was then comes from the field history of its case and application.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from disclosure.publicity.models import Objection
from portal.files.models import PrivateFile
from portal.people.models import User
from workflows.engine.models import Case, Decision
from workflows.programmes.answers import yuan
from workflows.programmes.matters import SUBJECT
from workflows.programmes.models import Application, Visit

from .words import step_name, step_of, verdict_word


@dataclass
class Since:
    """What happened since the person's last look `at`: steps taken by others, and how many rows changed."""

    at: datetime
    steps: list[str] = field(default_factory=list)
    rows: int = 0


def mark(cases: QuerySet[Case], user: User, at: datetime | None) -> QuerySet[Case]:
    """Let each of `cases` carry what it was `at` that moment and when others last added to it; no query."""
    if at is None:
        return cases
    latest = ("-history_date", "-history_id")
    then = Case.history.filter(id=OuterRef("pk"), history_date__lte=at).order_by(*latest)
    form = Application.history.filter(id=OuterRef("application__pk"), history_date__lte=at)
    visits = Visit.objects.filter(case=OuterRef("pk"), recorded_at__gt=at).exclude(recorded_by=user)
    files = PrivateFile.objects.filter(
        reference=Concat(Value("case:"), OuterRef("number")), uploaded_at__gt=at
    ).exclude(uploaded_by=user)
    about = Concat(Value(SUBJECT), OuterRef("number"))
    objections = Objection.objects.apart_from(user).filter(row__subject=about)
    return cases.annotate(
        was_fen=Subquery(then.values("amount_fen")[:1]),
        was_answers=Subquery(form.order_by(*latest).values("answers")[:1]),
        new_visit=Subquery(visits.order_by().values("pk")[:1]),
        new_file=Subquery(files.order_by().values("pk")[:1]),
        new_objection=Subquery(objections.filter(received_at__gt=at).order_by().values("pk")[:1]),
        new_answer=Subquery(objections.filter(answered_at__gt=at).order_by().values("pk")[:1]),
    )


def changes_of(case: Any) -> list[str]:
    """Return in words what changed in a case that `mark` marked."""
    if case.was_fen is None:
        return [_("新加的一户")]
    said = []
    if case.was_fen != case.amount_fen:
        said.append(
            _("金额由 %(before)s 元变为 %(after)s 元")
            % {"before": yuan(case.was_fen), "after": yuan(case.amount_fen)}
        )
    before: Mapping[str, Any] = case.was_answers or {}
    now = case.application.answers if before else {}
    if before and before != now:
        fields = case.application.programme_version.definition["fields"]
        labels = [one["label"] for one in fields if before.get(one["key"]) != now.get(one["key"])]
        said.append(_("申报改了：%(labels)s") % {"labels": "、".join(labels)})
    added = {
        "new_visit": _("新登记了入户核查"),
        "new_file": _("新加了附件"),
        "new_objection": _("新来了异议"),
        "new_answer": _("异议有了答复"),
    }
    return said + [words for name, words in added.items() if getattr(case, name)]


def since(
    batch: Any, at: datetime | None, user: User, decisions: Sequence[Decision], changed: int
) -> Since | None:
    """Return what others did on `batch` after `at`; None on a first look and where nothing happened."""
    if at is None:
        return None
    counts: Counter[tuple[str, str]] = Counter(
        (one.step, one.verdict) for one in decisions if one.at > at and one.actor_id != user.pk
    )
    flow_steps = []
    for (key, verdict), count in counts.items():
        step = step_of(batch, key)
        flow_steps.append(
            _("%(step)s：%(word)s %(count)s 户")
            % {"step": step_name(batch, key), "word": verdict_word(step, verdict), "count": count}
        )
    if not flow_steps and not changed:
        return None
    return Since(at, flow_steps, changed)
