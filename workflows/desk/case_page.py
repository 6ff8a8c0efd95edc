"""All that the page of a case shows, from the form to the timeline, and the acts it offers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from disclosure.deliberations.models import Deliberation
from disclosure.deliberations.public import timeline
from disclosure.masking.services import mask_card, mask_phone
from disclosure.publicity.models import ListRow
from portal.files.models import PrivateFile
from portal.ledger import kinds
from portal.ledger.models import Event
from portal.people.models import Role, User
from portal.people.scope import scope_of
from workflows.deadlines.models import Reminder
from workflows.engine import authority, countersign
from workflows.engine.catalogue import flow
from workflows.engine.definitions import MEETING_KINDS, Verdict
from workflows.engine.errors import ActRefused
from workflows.engine.models import Act, ActKind, Case, CaseState, Decision
from workflows.engine.numbers import batch_root
from workflows.money.models import Payment
from workflows.notices.models import HouseholdNotice
from workflows.programmes import matters
from workflows.programmes.answers import BadAnswers, in_words, read, yuan
from workflows.programmes.matters import SUBJECT
from workflows.programmes.visits import VISITING_ROLES, photos_of
from workflows.requests.models import SelfFiling

from . import evidence, gates
from .deadlines import Deadline, deadline_of
from .progress import Mark, bar
from .publishing import address
from .stuck import told_of
from .words import basis_words, flow_words, step_name, verdict_word


@dataclass(frozen=True)
class Deed:
    """One thing that could be done with the case: where, or why this person may not do it now."""

    label: str
    link: str = ""
    why_not: str = ""


@dataclass(frozen=True)
class Moment:
    """One entry of the timeline."""

    at: Any
    who: str
    office: str
    step: str
    word: str
    reason: str
    opinion: str
    amounts: str
    changes: list[tuple[str, str]]
    note: str = ""


@dataclass
class CasePage:
    """What the page shows."""

    case: Case
    deadline: Deadline
    marks: list[Mark]
    heading: str
    answers: Sequence[tuple[str, str]]
    flow: str
    basis: str
    basis_url: str
    household: dict[str, str]
    members: list[dict[str, str]]
    amounts: Sequence[tuple[str, int]]
    files: list[PrivateFile]
    papers: list[str]
    visits: list[dict[str, Any]]
    photos: list[PrivateFile]
    meetings: list[dict[str, Any]]
    lists: list[dict[str, str]]
    own: SelfFiling | None
    differs: list[str]
    notices: list[HouseholdNotice]
    payment: Payment | None
    moments: list[Moment]
    deeds: list[Deed]
    may_visit: bool
    may_serve: bool
    may_attach: bool
    events: Sequence[dict[str, Any]]


def find(user: User, number: str) -> Case | None:
    """Return the case `number` as `user` may see it, or None."""
    related = (
        "batch__area",
        "area",
        "opened_by",
        *matters.related(),
    )
    return Case.objects.visible_to(user).select_related(*related).filter(number=number).first()


def seat_refusal(user: User, case: Case) -> str:
    """Return why `user` may not act on the case's batch now; empty where they may."""
    offices = [held for held in scope_of(user).acting if held.area.covers(case.area_path)]
    try:
        authority.seat_of(user, case.batch, offices)
    except ActRefused as error:
        return str(error)
    return ""


def gather(user: User, case: Case) -> CasePage:
    """Return the page of `case` for `user`."""
    face = matters.of(case).face(case)
    decisions = list(
        Decision.objects.filter(case=case)
        .select_related("act__office__area", "act__instead_of", "actor")
        .order_by("at", "pk")
    )
    visits = list(case.visits.select_related("recorded_by").order_by("visited_on", "pk"))
    photos = photos_of(visits)
    household = face.household
    over = case.state != CaseState.ACTIVE
    filings = SelfFiling.objects.filter(case=case)
    own = filings.select_related("request__form_version", "request__holder", "identified_by").first()
    notices = list(case.notices.select_related("served_by").order_by("pk"))
    refusal = _("这一件已经不在办，没有要办的了。") if over else seat_refusal(user, case)
    scope = scope_of(user)
    may_visit = not over and scope.holds(VISITING_ROLES, case.area_path, case.line) is not None
    return CasePage(
        case=case,
        deadline=deadline_of(case.batch),
        marks=bar(case, decisions, over=over, stopped=_stopped(case)),
        heading=face.heading,
        answers=matters.of(case).answers(case),
        flow=flow_words(case.flow_key, case.flow_version),
        basis=basis_words(case),
        basis_url=matters.of(case).basis(case).url,
        household={
            "pk": str(household.pk),
            "name": household.head_name,
            "group": household.group_name,
            "category": household.get_category_display(),
            "phone": mask_phone(household.phone),
            "card": mask_card(household.bank_card),
        },
        members=[
            {
                "name": member.name,
                "relation": member.relation,
                "able": _("能干活") if member.able_to_work else "",
            }
            for member in household.present_members
            # The head stands above the others already.
            if member.name != household.head_name
        ],
        amounts=face.amounts,
        files=list(
            PrivateFile.objects.filter(reference=f"case:{case.number}")
            .select_related("case_paper")
            .order_by("pk")
        ),
        papers=evidence.of_case(case),
        visits=[{"visit": visit, "photos": photos[visit.pk]} for visit in visits],
        photos=[photo for visit in visits for photo in photos[visit.pk]],
        meetings=_meetings(case),
        lists=_lists(case),
        own=own,
        differs=_differs(case, own),
        notices=notices,
        payment=Payment.objects.filter(case=case).first(),
        moments=_moments(case, decisions, notices),
        deeds=_deeds(case, refusal, may_visit=may_visit),
        may_visit=may_visit,
        may_serve=scope.holds(gates.SERVERS, case.area_path, case.line) is not None,
        may_attach=not refusal,
        events=_events(case) if scope.holds(Role.SUPERVISOR, case.area_path, case.line) else [],
    )


def _differs(case: Case, own: SelfFiling | None) -> list[str]:
    """Return in words where what is filed now is not what the household typed; empty where it is."""
    if own is None or own.request.form_version is None:
        return []
    fields = case.application.programme_version.definition["fields"]
    filed = dict(in_words(fields, case.application.answers))
    try:
        typed = {key: said for key, said in read(fields, own.request.answers).items() if said != ""}
        given = dict(in_words(fields, typed))
    except BadAnswers:
        return []
    return [
        _("%(label)s：本人填 %(given)s，现在报 %(filed)s")
        % {"label": label, "given": given.get(label) or "—", "filed": filed.get(label) or "—"}
        for label in dict.fromkeys([*given, *filed])
        if (given.get(label) or "") != (filed.get(label) or "")
    ]


def _stopped(case: Case) -> str:
    """Return in a word why the case ended before its last step; empty where it did not."""
    ended = case.state in (CaseState.REFUSED, CaseState.WITHDRAWN)
    return str(case.get_state_display()) if ended else ""


def _meetings(case: Case) -> list[dict[str, Any]]:
    root = batch_root(case.batch.number)
    found = Deliberation.objects.filter(reference__startswith=f"batch:{root}").order_by("opened_at", "pk")
    return [{"deliberation": one, "steps": timeline(one)} for one in found.prefetch_related("meetings")]


def _lists(case: Case) -> list[dict[str, str]]:
    rows = ListRow.objects.filter(subject=f"{SUBJECT}{case.number}").select_related("list").order_by("pk")
    return [
        {
            "title": row.list.title,
            "number": row.list.number,
            "state": row.list.get_state_display(),
            "address": address(row.list),
            "closes": row.list.closes_on.isoformat(),
        }
        for row in rows
    ]


def _moments(case: Case, decisions: Sequence[Decision], notices: Sequence[HouseholdNotice]) -> list[Moment]:
    """Return the timeline: acts, and notices that reached the household.

    Meetings recorded one after another are one entry, told below in full.
    """
    moments: list[Moment] = []
    for decision in decisions:
        moment = _moment(case, decision)
        last = moments[-1] if moments else None
        same = last and (last.step, last.word, last.who) == (moment.step, moment.word, moment.who)
        if same and not (moment.reason or moment.opinion or moment.amounts or moment.changes):
            moments.pop()
        moments.append(moment)
    moments += [_served(notice) for notice in notices if notice.served_on]
    moments += [_told(case, one) for one in told_of(case, {found.act.batch_id for found in decisions})]
    return sorted(moments, key=lambda moment: moment.at)


def _told(case: Case, reminder: Reminder) -> Moment:
    """Return a reminder or an escalation as an entry of the timeline."""
    return Moment(
        at=reminder.at,
        who="、".join(reminder.told) or _("没有人可以告知"),
        office="",
        step=step_name(case, reminder.stay.step),
        word=reminder.get_mark_display(),
        reason="",
        opinion="",
        amounts="",
        changes=[],
    )


def _served(notice: HouseholdNotice) -> Moment:
    return Moment(
        at=notice.recorded_at,
        who=str(notice.served_by),
        office="",
        step=_("告知书"),
        word=_("%(day)s送达") % {"day": notice.served_on.isoformat() if notice.served_on else ""},
        reason="",
        opinion="",
        amounts="",
        changes=[(notice.get_served_how_display(), notice.served_to)],
    )


def _office(act: Act) -> str:
    """Return the office of `act`, and whom the actor stood in for."""
    office = str(act.office) if act.office else ""
    if act.instead_of is None:
        return office
    return _("%(office)s，代%(who)s") % {"office": office, "who": act.instead_of}


def _moment(case: Case, decision: Decision) -> Moment:
    act = decision.act
    step = flow(case.flow_key, case.flow_version).step(decision.step)
    word = verdict_word(step, decision.verdict)
    if step.kind in MEETING_KINDS and decision.verdict == Verdict.AGREE:
        word = step.act_name
    if act.kind in (ActKind.TAKE_BACK, ActKind.CLOCK, ActKind.SEND_BACK):
        word = str(ActKind(act.kind).label)
    elif decision.verdict == Verdict.RETURN:
        word = _("%(word)s到%(step)s") % {"word": word, "step": step_name(case, decision.to_step)}
    amounts = ""
    if decision.amount_before_fen != decision.amount_after_fen:
        amounts = _("%(before)s 元 → %(after)s 元") % {
            "before": yuan(decision.amount_before_fen),
            "after": yuan(decision.amount_after_fen),
        }
    return Moment(
        at=decision.at,
        who=str(decision.actor) if decision.actor else _("系统按期办理"),
        office=_office(act),
        step=step.name,
        word=word,
        reason=decision.reason,
        opinion=act.opinion,
        amounts=amounts,
        changes=_changes(step, decision.changes),
        note=_note(case, act),
    )


def _note(case: Case, act: Act) -> str:
    """Return which signature of a countersign `act` was, and what was told of the row: 直送, 会签到此为止."""
    said = [row["message"] for row in act.outcome["rows"] if row["case"] == case.number]
    if quorum := act.notes.get("quorum"):
        which = {"n": countersign.count(quorum["signed"]) + 1, "needs": quorum["needs"]}
        said.insert(0, _("会签第 %(n)s 人，要 %(needs)s 人") % which)
    return "；".join(filter(None, said))


def _changes(step: Any, changes: Mapping[str, Any]) -> list[tuple[str, str]]:
    said = []
    for wanted in step.fields:
        if wanted.key in changes:
            value = changes[wanted.key]
            said.append(
                (
                    wanted.label,
                    _("%(yuan)s 元") % {"yuan": yuan(value)} if wanted.kind == "money" else str(value),
                )
            )
    return said


def _deeds(case: Case, refusal: str, *, may_visit: bool) -> list[Deed]:
    """Return what can be done with the case at all, each with its link or with why not."""
    if case.state != CaseState.ACTIVE:
        return [Deed("", why_not=refusal)]
    step = flow(case.flow_key, case.flow_version).step(case.step)
    first = flow(case.flow_key, case.flow_version).steps[0]
    to_batch = reverse("desk:batch", args=[case.batch.number]) + f"#case-{case.number}"
    deeds = [Deed(step.act_name, "" if refusal else to_batch, refusal)]
    amending = refusal
    if not refusal and step.key != first.key:
        amending = _("这一户已经报上去了，要改请先撤回或由上级退回。")
    forms = {"change": "desk:amend_change", "aid": "desk:amend_aid"}
    form = next((name for about, name in forms.items() if hasattr(case, about)), "desk:amend")
    amend = reverse(form, args=[case.number])
    deeds.append(Deed(_("修改申报"), "" if amending else amend, amending))
    why = "" if may_visit else _("入户核查由乡镇经办登记，您没有这个职务或不管这个村。")
    deeds.append(Deed(_("登记入户核查"), "#visit" if may_visit else "", why))
    return deeds


def _what(case: Case, event: Event) -> str:
    """Return the kind of `event` and, of a decision, the step and the verdict, as its record has them."""
    body = json.loads(event.record)["body"]
    if "verdict" not in body:
        return kinds.label(event.kind)
    step = flow(case.flow_key, case.flow_version).step(body["from"])
    return f"{step.name} · {verdict_word(step, body['verdict'])}"


def _events(case: Case) -> list[dict[str, Any]]:
    found = Event.objects.filter(object_type="case", object_id=case.number).order_by("sequence")
    return [
        {
            "sequence": event.sequence,
            "kind": _what(case, event),
            "at": event.recorded_at,
            "hash": event.leaf_hash,
        }
        for event in found
    ]
