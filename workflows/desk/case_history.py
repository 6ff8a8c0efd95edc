"""A case's field history, and the case as it was at the end of any day, both read from field history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.files.models import PrivateFile
from workflows.engine.models import Case, CaseState
from workflows.programmes import matters
from workflows.programmes.answers import in_words, yuan
from workflows.registry.models import Category

from .words import step_name

MONEY = {
    "requested_fen": gettext_lazy("申报金额"),
    "checked_fen": gettext_lazy("乡镇核定"),
    "approved_fen": gettext_lazy("批准金额"),
    "accepted_fen": gettext_lazy("验收金额"),
}
PLAIN = {
    "started_on": gettext_lazy("开工日期"),
    "accepted_on": gettext_lazy("验收日期"),
    "acceptors": gettext_lazy("验收人"),
    "effect": gettext_lazy("成效"),
}


@dataclass(frozen=True)
class Change:
    """One field that changed: when, by whom, from what to what."""

    at: datetime
    who: str
    label: str
    before: str
    after: str


@dataclass
class AsOf:
    """The case as it was at the end of `on`; `there` is False before it was filed."""

    on: date
    end: datetime
    there: bool
    facts: list[tuple[str, str]]


def day_asked(text: str) -> date | None:
    """Return the date asked for as 2026-11-21, not ahead of today; None where none can be read."""
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        return None
    return asked if date(2000, 1, 1) <= asked <= clock.today() else None


def end_of(day: date) -> datetime:
    """Return the first moment after `day`, Asia/Shanghai."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def as_of(case: Case, on: date) -> AsOf:
    """Return `case` as it was at the end of `on`: step, state, amounts and answers from field history,
    and how many decisions, visits and files there were.
    """
    end = end_of(on)
    before = {"history_date__lt": end}
    latest = ("-history_date", "-history_id")
    then = case.history.filter(**before).order_by(*latest).first()
    if then is None:
        return AsOf(on, end, False, [])
    facts = [
        (_("状态"), str(CaseState(then.state).label)),
        (_("环节"), step_name(case, then.step)),
    ]
    if matters.pays(case):
        facts.append((_("金额"), _("%(yuan)s 元") % {"yuan": yuan(then.amount_fen)}))
    if then.round > 1:
        facts.append((_("轮次"), _("第 %(n)s 轮") % {"n": then.round}))
    application = getattr(case, "application", None)
    form = application.history.filter(**before).order_by(*latest).first() if application else None
    if application is not None and form is not None:
        definition = application.programme_version.definition
        facts += [(label, str(value)) for label, value in in_words(definition["fields"], form.answers)]
        facts += [(str(label), _shown(name, getattr(form, name))) for name, label in MONEY.items()
                  if getattr(form, name) is not None]  # fmt: skip
        facts += [
            (str(label), str(getattr(form, name))) for name, label in PLAIN.items() if getattr(form, name)
        ]
    household = matters.of(case).face(case).household
    home = household.history.filter(**before).order_by(*latest).first()
    if home is not None:
        facts.append((_("户主"), home.head_name))
        facts.append((_("类别"), str(Category(home.category).label)))
    files = PrivateFile.objects.filter(reference=f"case:{case.number}", uploaded_at__lt=end).count()
    counts = {
        _("决定"): case.decisions.filter(at__lt=end).count(),
        _("入户核查"): case.visits.filter(recorded_at__lt=end).count(),
        _("附件"): files,
    }
    facts.append((_("已有"), "、".join(f"{label} {count}" for label, count in counts.items())))
    return AsOf(on, end, True, facts)


def changes_of(case: Case) -> list[Change]:
    """Return every field that changed since filing, the oldest first (two queries)."""
    found = _of_case(case) + _of_form(case)
    return sorted(found, key=lambda change: change.at)


def _of_case(case: Case) -> list[Change]:
    records = list(
        case.history.select_related("history_user", "batch").order_by("history_date", "history_id")
    )
    changes = []
    for old, new in pairwise(records):
        said: list[tuple[Any, str, str]] = []
        if old.step != new.step:
            said.append((_("环节"), step_name(case, old.step), step_name(case, new.step)))
        if old.state != new.state:
            said.append((_("状态"), str(CaseState(old.state).label), str(CaseState(new.state).label)))
        if old.amount_fen != new.amount_fen:
            said.append((_("金额"), yuan(old.amount_fen), yuan(new.amount_fen)))
        if old.batch_id != new.batch_id:
            said.append((_("批次"), old.batch.number, new.batch.number))
        changes += [_change(new, *one) for one in said]
    return changes


def _of_form(case: Case) -> list[Change]:
    application = getattr(case, "application", None)
    if application is None:
        return []  # a change of the register has its history in the household's record
    fields = application.programme_version.definition["fields"]
    records = list(application.history.select_related("history_user").order_by("history_date", "history_id"))
    changes = []
    for old, new in pairwise(records):
        if old.answers != new.answers:
            changes += [_change(new, *one) for one in _answers(fields, old.answers, new.answers)]
        for name, label in {**MONEY, **PLAIN}.items():
            before, after = getattr(old, name), getattr(new, name)
            if before != after:
                changes.append(_change(new, label, _shown(name, before), _shown(name, after)))
    return changes


def _answers(fields: Any, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[Any, str, str]]:
    """Return the answers that differ, in words."""
    said = []
    for one in fields:
        if before.get(one["key"]) != after.get(one["key"]):
            words = [dict(in_words([one], answers)).get(one["label"], "") for answers in (before, after)]
            said.append((one["label"], str(words[0]), str(words[1])))
    return said


def _shown(name: str, value: Any) -> str:
    if value in (None, ""):
        return _("没有")
    return _("%(yuan)s 元") % {"yuan": yuan(value)} if name in MONEY else str(value)


def _change(record: Any, label: Any, before: str, after: str) -> Change:
    who = str(record.history_user) if record.history_user else ""
    return Change(record.history_date, who, str(label), before, after)
