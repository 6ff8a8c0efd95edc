"""What the correction of a list does to the cases on it: who goes on, who waits, who is taken back.

What is approved and paid is what was published (design.md rules 5 and 6). A row that the correction takes out
or gives another amount is checked and published again, wherever it stands before payment. A row that only its
name was wrong of is published again by the new version: it waits for that version's clock and is approved
anew. A row that the correction does not change, and whose days are over, goes on: what was published of it
stands. What was paid is not made undone on paper: its amount is not corrected here. Nor is what changed the
register: another case changes it back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import models
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.publicity.errors import NotToBeCorrected
from disclosure.publicity.models import KINDS_WITH_CLOCK, ListRow, ListState, PublicList
from disclosure.publicity.services import RowDraft
from portal import clock
from portal.ledger import written
from portal.ledger.services import Draft
from portal.people.models import User
from workflows.engine import catalogue, consequences
from workflows.engine.definitions import StepKind
from workflows.engine.models import Case, CaseState
from workflows.registry.models import RegisterChange

from .models import Application

SUBJECT = "case:"


class Change(models.TextChoices):
    """How a row differs from the version before."""

    NONE = "none", gettext_lazy("没有改")
    WORDS = "words", gettext_lazy("改了小组、项目或说明")
    NAME = "name", gettext_lazy("改了姓名")
    AMOUNT = "amount", gettext_lazy("改了金额")
    REMOVED = "removed", gettext_lazy("去掉了")


class Effect(models.TextChoices):
    """What becomes of the case of a row."""

    NOTHING = "nothing", gettext_lazy("不影响办件")
    GOES_ON = "goes_on", gettext_lazy("照常往下办：原来公示的没有变，天数也满了")
    WAITS = "waits", gettext_lazy("等新的一版期满再往下办")
    REPUBLISHED = "republished", gettext_lazy("停下来：等新的一版期满，再重新审批")
    RECHECKED = "rechecked", gettext_lazy("停下来：退回乡镇重新核查、公示、审批")
    REFUSED = "refused", gettext_lazy("不能这样改")


# A change of these is a change of what was voted on, or of what was paid.
WEIGHTY = (Change.AMOUNT, Change.REMOVED)


@dataclass(frozen=True)
class RowEffect:
    """What a correction changes of a row, what becomes of its case, and why it is refused (if it is)."""

    position: int
    subject: str
    change: Change
    effect: Effect
    why_not: str = ""


def effects_of(old: PublicList, rows: Iterable[RowDraft]) -> list[RowEffect]:
    """Return what correcting `old` to `rows` does to each of its rows, in order (three queries)."""
    new = {row.subject: row for row in rows}
    before = [*old.rows.order_by("position")]
    cases = cases_of(old, [row.subject for row in before])
    found = []
    for row in before:
        change = _change(row, new.get(row.subject))
        case = cases.get(row.subject)
        effect, why_not = _effect(old, change, case) if case else (Effect.NOTHING, "")
        found.append(RowEffect(row.position, row.subject, change, effect, why_not))
    return found


def follow(new: PublicList) -> list[Draft]:
    """Do what the correction `new` means for the cases of its list; return the ledger's drafts.

    Raises NotToBeCorrected for a change of what was voted on, or of what was paid.
    """
    old = new.supersedes
    if old is None:
        return []
    effects = effects_of(old, [as_draft(row) for row in new.rows.order_by("position")])
    if refused := next((one for one in effects if one.effect == Effect.REFUSED), None):
        raise NotToBeCorrected(
            _("第%(position)s行%(why)s") % {"position": refused.position, "why": refused.why_not}
        )
    if new.kind not in KINDS_WITH_CLOCK:
        return []
    consequences.wait_for(awaited=old.number, instead=new.number)
    why = _("名单更正：%(reason)s") % {"reason": new.correction_reason}
    drafts: list[Draft] = []
    for effect, awaited in ((Effect.RECHECKED, ""), (Effect.REPUBLISHED, new.number)):
        numbers = {one.subject.removeprefix(SUBJECT) for one in effects if one.effect == effect}
        if not numbers:
            continue
        _forget_approval(numbers, new.published_by)
        listed = dict(old.rows.values_list("subject", "amount_fen"))
        drafts += consequences.send_back(
            case_numbers=numbers,
            actor=new.published_by,
            office=None,
            why=why,
            past=True,
            awaited=awaited,
            amounts={number: listed[f"{SUBJECT}{number}"] for number in numbers} if awaited else {},
        )
    return drafts


def _change(row: ListRow, new: RowDraft | None) -> Change:
    if new is None:
        return Change.REMOVED
    if new.amount_fen != row.amount_fen:
        return Change.AMOUNT
    if new.name.strip() != row.name:
        return Change.NAME
    told = new.shown()
    same = all(told[key] == row.shown.get(key) for key in ("group", "item", "effect", "reduced_fen"))
    return Change.NONE if same else Change.WORDS


def _effect(old: PublicList, change: Change, case: Case) -> tuple[Effect, str]:
    if old.kind not in KINDS_WITH_CLOCK:
        if change in WEIGHTY:
            return Effect.REFUSED, _(
                "的户数和金额是村里表决的、或者已经拨付的，不能在名单上改。要改请退回重办，再重新公开。"
            )
        return Effect.NOTHING, ""
    if case.paid and change in WEIGHTY:
        return Effect.REFUSED, _(
            "的钱已经拨付，金额不能再改，也不能去掉。多付、少付、付错，请按追缴或补发办。"
        )
    if case.registered and change in WEIGHTY:
        return Effect.REFUSED, _("已经按批准改了户档，不能再从名单上去掉或改。户档要改回来，请另报一件变更。")
    if case.state != CaseState.ACTIVE or case.paid or case.registered or case.published_elsewhere:
        return Effect.NOTHING, ""
    if case.batch.waits == old.number:
        return (Effect.RECHECKED, "") if change in WEIGHTY else (Effect.WAITS, "")
    flow = catalogue.flow(case.flow_key, case.flow_version)
    published = [step for step in flow.steps if step.kind == StepKind.PUBLISH]
    if not published or flow.position(case.step) <= flow.position(published[0].key):
        return Effect.NOTHING, ""
    if change in WEIGHTY:
        return Effect.RECHECKED, ""
    return (Effect.REPUBLISHED if change == Change.NAME else Effect.GOES_ON), ""


def cases_of(old: PublicList, subjects: list[str]) -> Mapping[str, Case]:
    """Return the cases by subject with `paid`, `registered` (the register was changed by it) and
    `published_elsewhere`: since then, on another list.
    """
    numbers = [subject.removeprefix(SUBJECT) for subject in subjects if subject.startswith(SUBJECT)]
    later = (
        ListRow.objects.filter(subject=models.functions.Concat(models.Value(SUBJECT), OuterRef("number")))
        .filter(list__kind=old.kind, list__pk__gt=old.pk)
        .exclude(list__series=old.series)
        .exclude(list__state=ListState.SUPERSEDED)
    )
    paid = Case.objects.filter(pk=OuterRef("pk"), payment__isnull=False)
    registered = RegisterChange.objects.filter(case_number=OuterRef("number"))
    found = (
        Case.objects.filter(number__in=numbers)
        .select_related("batch")
        .annotate(
            paid=Exists(paid),
            registered=Exists(registered),
            published_elsewhere=Exists(Subquery(later)),
        )
    )
    return {f"{SUBJECT}{case.number}": case for case in found}


def as_draft(row: ListRow) -> RowDraft:
    """Return a published row as a draft of the next version."""
    shown = row.shown
    return RowDraft(
        subject=row.subject,
        name=row.name,
        group=shown.get("group", ""),
        item=shown.get("item", ""),
        amount_fen=row.amount_fen,
        note=shown.get("note", ""),
        reduced_fen=shown.get("reduced_fen", 0),
        why=shown.get("why", {}),
        effect=shown.get("effect", ""),
    )


def _forget_approval(numbers: Iterable[str], by: User) -> None:
    """Free the budget of cases that are approved anew; what was built and when stays a fact."""
    freed = [*Application.objects.filter(case__number__in=[*numbers])]
    columns = ("approved_fen", "budget", "accepted_fen", "accepted_on")
    for application in freed:
        for column in columns:
            setattr(application, column, None)
    if freed:
        Application.objects.bulk_update(freed, columns)
        written.note(*freed)
        kept = Application.history.bulk_history_create(
            freed, update=True, default_user=by, default_date=clock.now()
        )
        written.note(*kept, made=True)
