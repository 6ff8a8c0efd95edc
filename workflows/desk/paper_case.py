"""What the 审批表 says of one case, as the record has it: for many cases in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Max, prefetch_related_objects
from django.utils.translation import gettext as _

from disclosure.deliberations.models import Deliberation
from disclosure.masking.services import mask_card, mask_id, mask_phone
from disclosure.publicity.models import ListRow, Objection, ObjectionState, Posting
from portal.files.models import PrivateFile
from portal.ledger.models import Event
from portal.people.models import User
from portal.printing import qr
from portal.printing.money import capital, figures
from portal.printing.proofs import NOTHING, proofs
from workflows.engine.catalogue import flow
from workflows.engine.definitions import Flow, Step
from workflows.engine.models import Case, Decision
from workflows.engine.numbers import batch_root
from workflows.programmes import matters
from workflows.programmes.matters import SUBJECT, Face
from workflows.registry.models import Household

from .paper_filed import FILED_BY, filed_words, opening_roles
from .paper_opinions import WITHOUT_OPINION, opinion_of, told
from .words import basis_words, flow_words


def related() -> list[str]:
    """Return what cases are fetched with, whatever they are about."""
    return ["area", "batch__area", "opened_by", *matters.related()]


@dataclass
class Record:
    """All that is fetched for the forms of some cases, by case."""

    faces: dict[int, Face] = field(default_factory=dict)
    policies: dict[str, str] = field(default_factory=dict)
    decisions: dict[int, list[Decision]] = field(default_factory=lambda: defaultdict(list))
    files: dict[str, list[PrivateFile]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[str, list[ListRow]] = field(default_factory=lambda: defaultdict(list))
    objections: dict[int, list[Objection]] = field(default_factory=lambda: defaultdict(list))
    meetings: dict[str, list[Deliberation]] = field(default_factory=lambda: defaultdict(list))
    visits: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))
    events: dict[str, int] = field(default_factory=dict)
    proofs: Mapping[int | None, Mapping[str, str]] = field(default_factory=dict)
    openers: dict[str, str] = field(default_factory=dict)


def fetch(cases: Sequence[Case], by: User) -> Record:
    """Return the record of `cases`, which come with `related()`, in a fixed number of queries.

    Objections that complain of `by`, who prints, are not on it.
    """
    record = Record()
    for case in cases:
        record.faces[case.pk] = matters.of(case).face(case)
        if case.scheme not in record.policies:
            record.policies[case.scheme] = basis_words(case)
    households = [face.household for face in record.faces.values()]
    prefetch_related_objects(households, "members", "area")
    ids = [case.pk for case in cases]
    decisions = Decision.objects.filter(case__in=ids).select_related("act__office__area", "actor")
    for decision in decisions.order_by("pk"):
        record.decisions[decision.case_id].append(decision)
    references = [f"case:{case.number}" for case in cases]
    for file in PrivateFile.objects.filter(reference__in=references).order_by("pk"):
        record.files[file.reference].append(file)
    subjects = [f"{SUBJECT}{case.number}" for case in cases]
    rows = ListRow.objects.filter(subject__in=subjects).select_related("list").order_by("pk")
    for row in rows.prefetch_related("list__postings__recorded_by"):
        record.rows[row.subject].append(row)
    lists = {row.list_id for found in record.rows.values() for row in found}
    told = Objection.objects.apart_from(by).filter(list__in=lists)
    for objection in told.only("pk", "list", "row", "state"):
        record.objections[objection.list_id].append(objection)
    for root in {batch_root(case.batch.number) for case in cases}:
        found = Deliberation.objects.filter(reference__startswith=f"batch:{root}").order_by("opened_at", "pk")
        record.meetings[root] = list(found.prefetch_related("meetings"))
    numbers = [case.number for case in cases]
    acts = Event.objects.filter(object_type="case", object_id__in=numbers, kind__startswith="case.")
    record.events.update(acts.values_list("object_id").annotate(Max("sequence")))
    record.proofs = proofs(record.events.values())
    prefetch_related_objects(list(cases), "visits", *FILED_BY)
    record.openers = opening_roles(cases)
    for case in cases:
        record.visits[case.pk] = sorted(case.visits.all(), key=lambda visit: (visit.visited_on, visit.pk))
    return record


def _ahead(course: Flow, step: Step, case: Case) -> bool:
    """Return whether the optional `step` is where the case is, or is usually taken and lies ahead of it."""
    here, place = course.position(case.step), course.position(step.key)
    return place == here or (step.usual and place > here)


def form_of(case: Case, record: Record, ledger: str) -> dict[str, Any]:
    """Return the data of `case` for the template ``approval``; `ledger` says where the ledger stands."""
    course, face = flow(case.flow_key, case.flow_version), record.faces[case.pk]
    standing, history = told(case, course, record.decisions[case.pk])
    opinions = [
        opinion_of(case, step, standing.get(step.key, []), record.meetings[batch_root(case.batch.number)])
        for step in course.steps
        if step.kind not in WITHOUT_OPINION
        and (not step.optional or step.key in standing or _ahead(course, step, case))
    ]
    lists = record.rows[f"{SUBJECT}{case.number}"]
    texts = {
        "answers": "；".join(f"{label}：{value}" for label, value in matters.of(case).answers(case)) or "—",
        "evidence": _evidence(case, record),
        "publicity": _publicity(lists),
        "objections": _objections(lists, record),
    }
    household = _household(face.household)
    returned = _("本件退回或撤回过 %(count)s 次，经过见附页。") % {"count": len(history)}
    labels = {
        "members": _("家庭成员"),
        "answers": _("申报内容"),
        "evidence": _("佐证材料"),
        "publicity": _("公示情况"),
        "objections": _("异议"),
    }
    long = [
        {"key": key, "label": labels[key], "text": text}
        for key, text in [("members", household["members"]), *texts.items()]
    ]
    for opinion in opinions:
        long += [
            {"key": one["key"], "label": opinion["label"], "text": one["text"]} for one in opinion["said"]
        ]
    return {
        "heading": _("%(title)s审批表") % {"title": face.heading},
        "number": case.number,
        "batch": case.batch.number,
        "flow": flow_words(case.flow_key, case.flow_version),
        "policy": record.policies[case.scheme],
        "household": household,
        "filed": filed_words(case, record.openers.get(case.number)),
        "amounts": _amounts(face),
        "opinions": opinions,
        **texts,
        **link(lists[-1].list.number if lists else ""),
        **record.proofs.get(record.events.get(case.number), NOTHING),
        "ledger": ledger,
        "returned": returned if history else "",
        "history": history,
        "long": long,
    }


def link(number: str) -> dict[str, str]:
    """Return the QR code to the public list `number` (to how anybody can verify, where there is none)."""
    base = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    if number:
        return {"qr_svg": qr.svg(f"{base}/lists/{number}/"), "qr_words": _("扫码看公示网页")}
    return {"qr_svg": qr.svg(f"{base}/verify/"), "qr_words": _("扫码看怎样核对")}


def _answers(case: Case) -> str:
    given = matters.of(case).answers(case)
    return "；".join(f"{label}：{value}" for label, value in given) or "—"


def _household(household: Household) -> dict[str, str]:
    """Return the household with every number masked (domain.md section 3: internal masks)."""
    members = household.present_members
    head = next((member for member in members if member.name == household.head_name), None)
    words = [
        f"{member.name}（{member.relation}{'，' + _('能干活') if member.able_to_work else ''}）"
        for member in members
    ]
    return {
        "name": household.head_name,
        "id_number": mask_id(head.id_number) if head and head.id_number else "—",
        "place": f"{household.area} {household.group_name}",
        "category": household.get_category_display(),
        "phone": mask_phone(household.phone) or "—",
        "card": _("尾号 %(last)s") % {"last": mask_card(household.bank_card)[-4:]}
        if household.bank_card
        else "—",
        "members": _("共 %(count)s 人：%(names)s") % {"count": len(members), "names": "、".join(words)},
    }


def _amounts(face: Face) -> list[dict[str, str]]:
    if not face.has_money:
        return []
    given = face.amounts or [(_("申报"), face.requested_fen)]
    return [
        {
            "label": _("%(what)s金额") % {"what": label},
            "figures": figures(fen),
            "capital": capital(fen),
        }
        for label, fen in given
    ]


def _evidence(case: Case, record: Record) -> str:
    files = record.files[f"case:{case.number}"]
    said = []
    if files:
        names = "、".join(file.name for file in files)
        said.append(_("附件 %(count)s 份：%(names)s") % {"count": len(files), "names": names})
    for visit in record.visits[case.pk]:
        said.append(
            _("%(day)s %(first)s、%(second)s 入户核查")
            % {
                "day": visit.visited_on.isoformat(),
                "first": visit.first_visitor,
                "second": visit.second_visitor,
            }
        )
    return "；".join(said) or _("无")


def _publicity(rows: Sequence[ListRow]) -> str:
    said = []
    for row in rows:
        postings = sorted(row.list.postings.all(), key=lambda posting: (posting.seen_on, posting.pk))
        proof = "、".join(_posting(posting) for posting in postings)
        said.append(
            _("%(kind)s %(number)s：%(start)s 至 %(close)s，%(state)s；公开栏张贴：%(proof)s")
            % {
                "kind": row.list.get_kind_display(),
                "number": row.list.number,
                "start": row.list.starts_on.isoformat(),
                "close": row.list.closes_on.isoformat(),
                "state": row.list.get_state_display(),
                "proof": proof or _("没有记录"),
            }
        )
    return "\n".join(said) or _("还没有公示")


def _posting(posting: Posting) -> str:
    photo = _("，有照片") if posting.photo_id else ""
    return f"{posting.seen_on.isoformat()}（{posting.recorded_by}{photo}）"


def _objections(rows: Sequence[ListRow], record: Record) -> str:
    """Return how many objections there are to the row and to its whole list: counts, never their words."""
    if not rows:
        return "—"
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        for objection in record.objections[row.list_id]:
            if objection.row_id in (None, row.pk):
                counts[objection.state] += 1
    words = [f"{state.label} {counts[state]} 件" for state in ObjectionState if counts[state]]
    return "、".join(words) or _("无")
