"""What became of an act on a batch, row by row, and what somebody reads who came too late."""

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from portal.people.models import User
from workflows.engine import countersign
from workflows.engine.definitions import StepKind, Verdict
from workflows.engine.models import Act
from workflows.programmes import matters

from .batch_page import BatchPage
from .progress import is_over
from .words import step_name, step_of, verdict_word


def outcome_of(page: BatchPage, done: Act) -> dict[str, Any]:
    """Return the outcome of `done` in words: where the batch went, and each row that did not go with it."""
    batch, rows = page.batch, done.outcome["rows"]
    step = step_of(batch, done.step)
    words = {one.value: verdict_word(step, one) for one in Verdict}
    words |= {"barred": _("没有办成")}
    names = {row.case.number: row.name for row in [*page.rows, *page.gone]}
    reasons = {}
    for decision in done.decisions.select_related(*(f"case__{path}" for path in matters.related())):
        case = decision.case
        reasons[case.number] = decision.reason
        if case.number not in names:
            names[case.number] = matters.of(case).face(case).household.head_name
    aside = [
        {
            **row,
            "name": names.get(row["case"], ""),
            "word": words.get(row["result"], row["result"]),
            "message": "；".join(filter(None, [reasons.get(row["case"], ""), row["message"]])),
            "elsewhere": row["batch"] != batch.number,
        }
        for row in rows
        if row["result"] != Verdict.AGREE or row["batch"] != batch.number
    ]
    # Those that went elsewhere stand below, each with where it is.
    agreed = [row for row in rows if row["result"] == Verdict.AGREE and row["batch"] == batch.number]
    said = Counter(row["message"] for row in agreed if row["message"])
    quorum = done.notes.get("quorum")
    stays = bool(agreed) and done.outcome["step"] == done.step
    return {
        "act": done,
        "agreed": len(agreed),
        "aside": aside,
        # What was said of rows that went on with the batch: many of them say the same.
        "said": list(said.items()),
        "stays": stays,
        "published": stays and step.kind == StepKind.PUBLISH,
        # Nobody was left to go on: it goes nowhere.
        "ended": not agreed and is_over(batch),
        "left": quorum["needs"] - countersign.count(quorum["signed"]) - 1 if quorum else 0,
        "step": step_name(batch, done.outcome["step"]) if done.outcome["step"] else "",
        "split": done.outcome["split"],
    }


def why_too_late(page: BatchPage, user: User) -> str:
    """Return what somebody reads whose form came after another's act left them nothing to do; else empty."""
    last = page.batch.acts.select_related("actor").order_by("-pk").first()
    if page.office or last is None or last.actor == user:
        return ""
    told = {"who": last.actor or _("系统"), "why": page.why_not}
    if user.pk in last.notes.get("closed", []):
        return _("%(who)s刚办过这一批，没有同意，会签到此为止，您不用再签。您刚才选的没有记下来。") % told
    return _("%(who)s刚办过这一批，您刚才填的没有办。%(why)s") % told
