"""What the page 更多办理 of a batch shows: what this person may do besides deciding, and else why not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from portal.files.access import Owner
from portal.files.models import PrivateFile
from portal.people.models import Office, User
from portal.people.standing_in import stood_in_for
from workflows.engine import authority, countersign, tasks
from workflows.engine.catalogue import flow
from workflows.engine.errors import ActRefused
from workflows.engine.models import (
    ASKING_KINDS,
    Act,
    ActKind,
    Batch,
    BatchState,
    Task,
    TaskKind,
    TaskState,
)

from .words import step_name

FILE_KIND = "batch"


@dataclass(frozen=True)
class Form:
    """One act as a form: `people` to choose from, or `why_not` this person may not do it now."""

    kind: str
    label: str
    help: str
    typed: str
    needed: bool
    people: Sequence["Candidate"] = ()
    why_not: str = ""
    chooses: bool = False


@dataclass(frozen=True)
class Moment:
    """One act of the batch's timeline."""

    at: Any
    who: str
    office: str
    word: str
    step: str
    opinion: str
    notes: list[str]


@dataclass
class MorePage:
    """What the page shows."""

    batch: Batch
    step: str
    turn: list[User]
    lacks: str
    asks: list[Task]
    held_by: User | None
    forms: list[Form]
    barred: list[Form]
    moments: list[Moment]
    files: list[PrivateFile] = field(default_factory=list)
    may_attach: bool = False


@dataclass(frozen=True)
class Candidate:
    """Somebody to choose, by name and office: two may be called the same."""

    pk: int
    words: str


def _candidates(people: Sequence[User], offices: Sequence[Office]) -> list[Candidate]:
    """Return `people` with the office over the batch by which each works on it; no query."""
    held = {office.user_id: office for office in reversed(offices) if stood_in_for(office) is None}
    return [
        Candidate(one.pk, f"{one}（{held[one.pk].area.name} {held[one.pk].get_role_display()}）")
        if one.pk in held
        else Candidate(one.pk, str(one))
        for one in people
    ]


def gather(user: User, batch: Batch) -> MorePage:
    """Return the page of `batch` for `user`: a dozen queries, whatever the number of its rows."""
    offices = authority.offices_over(batch.area_path)
    open_ = list(
        Task.objects.filter(batch=batch, state=TaskState.OPEN)
        .select_related("person", "asked_by", "act")
        .order_by("pk")
    )
    forms = _forms(user, batch, offices, open_)
    steps = flow(batch.flow_key, batch.flow_version)
    return MorePage(
        batch=batch,
        step=steps.step(batch.step).name,
        turn=[] if batch.state != BatchState.OPEN else tasks.whose_turn(batch, offices),
        lacks=countersign.lacks(batch, offices) if batch.state == BatchState.OPEN else "",
        asks=[task for task in open_ if task.kind in ASKING_KINDS],
        held_by=batch.held_by,
        forms=[form for form in forms if not form.why_not],
        barred=[form for form in forms if form.why_not],
        moments=_moments(batch),
        files=list(PrivateFile.objects.filter(reference=f"{FILE_KIND}:{batch.number}").order_by("pk")),
        may_attach=may_attach(user, batch, offices),
    )


def may_attach(user: User, batch: Batch, offices: Sequence[Office]) -> bool:
    """Return whether `user` may add minutes: an official of business who sees the batch."""
    own = [office for office in offices if office.user_id == user.pk]
    return any(office.role not in authority.WATCHING_ROLES for office in own)


def _forms(user: User, batch: Batch, offices: list[Office], open_: list[Task]) -> list[Form]:
    turn, seat = "", None
    try:
        office, seat = authority.seat_of(user, batch, offices)
        if countersign.is_countersigned(batch):
            countersign.require_unsigned(batch, office, offices)
    except ActRefused as error:
        turn = str(error)
    watching = "" if may_attach(user, batch, offices) else _("监督和考核只看不办；发现问题请走督办。")
    asked_me = [t for t in open_ if t.person_id == user.pk and t.kind in ASKING_KINDS]
    copied_me = [t for t in open_ if t.person_id == user.pk and t.kind == TaskKind.CC]
    advisers = _candidates(tasks.advisers(batch, offices, user), offices)
    same_seat = tasks.colleagues(batch, seat, offices, user) if seat and not turn else []
    colleagues = _candidates(same_seat, offices)
    out = [t for t in open_ if t.kind != TaskKind.CC]
    waiting = _("这一批正在等别人的意见，先收回或等回复。") if batch.asked else ""
    nobody = "" if colleagues else _("这个岗位在这里只有您一个人，转不出去；要休假请办代办。")
    pass_on = turn or waiting or nobody
    closed = _("这一批已经办结。") if batch.state != BatchState.OPEN else ""
    forms = []
    if asked_me:
        who = "、".join(dict.fromkeys(str(task.asked_by) for task in asked_me))
        forms.append(
            Form(ActKind.ANSWER, _("回复意见"), _("%(who)s在等您的意见。") % {"who": who}, _("意见"), True)
        )
    if copied_me:
        forms.append(Form(ActKind.READ, _("已阅"), _("这一批抄送给了您，看过请点已阅。"), "", False))
    forms += [
        Form(
            ActKind.REASSIGN,
            _("转办"),
            _("交给同一岗位的另一个人办，由他一个人办。"),
            _("原因"),
            True,
            colleagues,
            pass_on,
            True,
        ),
        Form(
            ActKind.DELEGATE,
            _("委派"),
            _("请别人做一件事，做完回到您这里。"),
            _("请他做什么"),
            True,
            advisers,
            turn,
            True,
        ),
        Form(
            ActKind.ADD_SIGN,
            _("加签"),
            _("您签之前，先请别人提意见。"),
            _("请他看什么"),
            True,
            advisers,
            turn,
            True,
        ),
        Form(
            ActKind.CC,
            _("抄送"),
            _("发给别人看，不用他办。"),
            _("附言"),
            False,
            advisers,
            watching or ("" if advisers else _("没有别的人看得到这一批。")),
            True,
        ),
        Form(
            ActKind.URGE, _("催办"), _("提醒正在办的人，一天一次。"), _("附言"), False, (), watching or closed
        ),
        Form(ActKind.NOTE, _("批注"), _("写一句话留在办理过程里。"), _("批注"), True, (), watching),
    ]
    if out or batch.held_by_id:
        back = "" if seat or (turn and _may_call_back(user, batch, offices)) else turn
        forms.insert(
            0,
            Form(
                ActKind.CALL_BACK,
                _("收回"),
                _("收回转办、委派或加签，大家又能办。"),
                _("原因"),
                True,
                (),
                back,
            ),
        )
    return forms


def _may_call_back(user: User, batch: Batch, offices: Sequence[Office]) -> bool:
    seats = authority.pending_seats(batch)
    return any(o.user_id == user.pk for seat in seats for o in authority.holders(seat, offices))


def _moments(batch: Batch) -> list[Moment]:
    acts = list(
        Act.objects.filter(batch=batch)
        .select_related("actor", "office__area", "instead_of")
        .order_by("-at", "-pk")
    )
    wanted = {pk for act in acts for key in ("people", "closed") for pk in act.notes.get(key, [])}
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=wanted)} if wanted else {}
    return [_moment(batch, act, names) for act in acts]


def _moment(batch: Batch, act: Act, names: dict[int, str]) -> Moment:
    notes = []
    if act.instead_of:
        notes.append(_("代%(who)s办") % {"who": act.instead_of})
    if people := act.notes.get("people"):
        notes.append("→ " + "、".join(names.get(pk, "") for pk in people))
    if quorum := act.notes.get("quorum"):
        notes.append(
            _("会签第 %(n)s 人，要 %(needs)s 人")
            % {"n": countersign.count(quorum["signed"]) + 1, "needs": quorum["needs"]}
        )
    if closed := act.notes.get("closed"):
        said = "、".join(names.get(pk, "") for pk in closed)
        notes.append(_("不同意或退回的户会签到此为止，%(who)s不用再签") % {"who": said})
    if day := act.notes.get("meeting"):
        notes.append(_("%(day)s会议研究决定") % {"day": day})
    return Moment(
        at=act.at,
        who=str(act.actor) if act.actor else _("系统按期办理"),
        office=str(act.office) if act.office else "",
        word=str(ActKind(act.kind).label),
        step=step_name(batch, act.step),
        opinion=act.opinion,
        notes=notes,
    )


def may_open_file(user: User, number: str) -> bool:
    """Return whether `user` may open minutes of the batch: whoever sees the batch."""
    return Batch.objects.visible_to(user).filter(number=number).exists()


def owner(number: str) -> Owner:
    """Return the batch that its minutes belong to."""
    batch = Batch.objects.select_related("area").get(number=number)
    return Owner("batch", number, _("批次 %(number)s") % {"number": number}, batch.area, batch.line)
