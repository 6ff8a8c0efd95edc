"""What passes between persons while a batch stays at its step: 转办, 委派, 加签, 抄送, 催办, 批注.

None of them decides a row. Each is one act with its event; `Batch` keeps what the to-do asks for
(`held_by`, `asked`), `Task` who asked whom. While an opinion is awaited nobody signs; who asked, and
everybody else whose step it is, may call it back.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import path_range
from portal.ledger import written
from portal.outbox.services import send
from portal.people import leave, recusal
from portal.people.models import Line, Office, User

from . import authority, countersign, links, records
from .admission import Request, fresh
from .catalogue import flow as find_flow
from .definitions import Seat
from .errors import ActedAtAnotherLevel, BadAct, NotYourTurn
from .models import (
    ASKING_KINDS,
    Act,
    ActKind,
    Batch,
    BatchState,
    Case,
    CaseState,
    Decision,
    Task,
    TaskKind,
    TaskState,
)
from .records import Written


def colleagues(batch: Batch, seat: Seat, offices: Sequence[Office], actor: User) -> list[User]:
    """Return the other holders of `seat`, on leave or not, who have not signed: to whom it may be passed."""
    done = set(countersign.ids(batch.signed))
    held = [office for office in authority.holders(seat, offices) if not leave.stood_in_for(office)]
    people = {
        office.user_id: office.user
        for office in held
        if office.user_id != actor.pk and office.user_id not in done
    }
    return [people[pk] for pk in sorted(people)]


def advisers(batch: Batch, offices: Sequence[Office], actor: User) -> list[User]:
    """Return the officials whose offices let them see `batch`: whom one may ask, or send a copy."""
    lines = {Line.ALL, batch.line, batch.shared_line}
    people = {
        office.user_id: office.user
        for office in offices
        if office.line in lines and office.user_id != actor.pk and not leave.stood_in_for(office)
    }
    return [people[pk] for pk in sorted(people)]


def reassign(request: Request) -> Written:
    """Pass the batch to another holder of the same seat, who alone may act on it from now on (转办)."""
    batch, offices, office, seat = _in_turn(request)
    authority.require_answers(batch)
    if (
        len(authority.pending_seats(batch)) > 1
        and find_flow(batch.flow_key, batch.flow_version).step(batch.step).each_seat
    ):
        raise BadAct(_("这一步几方都要办，不能整批转给一个人；您这一方的另一位也可以直接办。"))
    _reason(request, _("转办要写明原因"))
    person = _chosen(request, colleagues(batch, seat, offices, request.actor), _("转办只能转给同一岗位的人"))
    _close(batch, [TaskKind.REASSIGN])
    batch.held_by = person
    return _write(request, batch, office, [person], task=TaskKind.REASSIGN)


def ask(request: Request) -> Written:
    """Ask officials for their work or opinion (委派), or for their opinion before one's own (加签).

    The batch comes back to who asked when they have answered.
    """
    batch, offices, office, _seat = _in_turn(request)
    _reason(request, _("要写明请对方做什么、看什么"))
    person = _chosen(request, advisers(batch, offices, request.actor), _("只能请看得到这一批的人"))
    if person.pk in countersign.ids(batch.asked):
        raise BadAct(_("已经请%(who)s提意见了，等他回复或者先收回。") % {"who": person})
    _keep_away(batch, person)
    batch.asked = countersign.written([*countersign.ids(batch.asked), person.pk])
    return _write(request, batch, office, [person], task=TaskKind(request.kind))


def answer(request: Request) -> Written:
    """Answer what one was asked; with the last answer the batch comes back (回复意见)."""
    batch, offices = fresh(request.actor, request.batch_id, request.seen_version)
    open_ = _open(batch, ASKING_KINDS)
    mine = [task for task in open_ if task.person_id == request.actor.pk]
    if not mine:
        raise NotYourTurn(_("没有人在等您对这一批的意见。") + authority.who_is_next(batch))
    _reason(request, _("请写下意见"))
    office = _seeing(batch, request.actor, offices)
    _one_level(batch, request.actor, office)
    _must_sign(batch, request.actor, office, offices)
    _keep_away(batch, request.actor)
    _end(mine, TaskState.DONE)
    batch.asked = countersign.written([pk for pk in countersign.ids(batch.asked) if pk != request.actor.pk])
    batch.advised = f"{batch.advised or ','}{request.actor.pk}:{office.area.level},"
    return _write(request, batch, office, [task.asked_by for task in mine])


def call_back(request: Request) -> Written:
    """Call back what was passed on or asked for; the batch is again for every holder of its seats (收回)."""
    batch, offices = fresh(request.actor, request.batch_id, request.seen_version)
    open_ = _open(batch, [*ASKING_KINDS, TaskKind.REASSIGN])
    if not open_ and batch.held_by_id is None:
        raise BadAct(_("这一批没有转出去，也没有等别人的意见，不用收回。"))
    _reason(request, _("收回要写明原因"))
    held, batch.held_by = batch.held_by, None
    try:
        office, _seat = authority.seat_of(request.actor, batch, offices)
    except NotYourTurn:
        batch.held_by = held
        raise
    _end(open_, TaskState.CLOSED)
    batch.asked = ""
    return _write(request, batch, office, [task.person for task in open_])


def copy_to(request: Request) -> Written:
    """Send an official a copy to read; it opens nothing that their offices do not cover (抄送)."""
    batch, offices = fresh(request.actor, request.batch_id, request.seen_version)
    office = _acting_here(batch, request.actor, offices)
    person = _chosen(request, advisers(batch, offices, request.actor), _("只能抄送给看得到这一批的人"))
    if Task.objects.filter(batch=batch, kind=TaskKind.CC, person=person, state=TaskState.OPEN).exists():
        raise BadAct(_("已经抄送给%(who)s了，他还没有看。") % {"who": person})
    return _write(request, batch, office, [person], task=TaskKind.CC)


def read(request: Request) -> Written:
    """Mark a copy as read (已阅)."""
    batch, offices = fresh(request.actor, request.batch_id, request.seen_version)
    mine = [task for task in _open(batch, [TaskKind.CC]) if task.person_id == request.actor.pk]
    if not mine:
        raise BadAct(_("没有抄送给您的件，或者您已经阅过了。"))
    _end(mine, TaskState.DONE)
    return _write(request, batch, _seeing(batch, request.actor, offices), [])


def urge(request: Request) -> Written:
    """Urge whoever has the batch now, at most once a day (催办)."""
    batch, offices = fresh(request.actor, request.batch_id, request.seen_version)
    office = _acting_here(batch, request.actor, offices)
    if batch.state != BatchState.OPEN or batch.waits:
        raise BadAct(authority.who_is_next(batch))
    if batch.urged_on == clock.today():
        raise BadAct(_("今天已经催办过一次，一天只催一次；急的请直接打电话。"))
    people = whose_turn(batch, offices)
    if [person.pk for person in people] == [request.actor.pk]:
        raise BadAct(_("这一批就在您手上，请直接办。"))
    if not people:
        raise BadAct(_("这一步现在没有人在任，请先补任。"))
    batch.urged_on = clock.today()
    return _write(request, batch, office, people, title=_("催办：%(title)s"))


def note(request: Request) -> Written:
    """Leave a note on the timeline (批注)."""
    batch, offices = fresh(request.actor, request.batch_id, request.seen_version)
    _reason(request, _("请写下批注"))
    return _write(request, batch, _acting_here(batch, request.actor, offices), [])


def release(*, office: Office, **_signal: Any) -> None:
    """Give what was passed to who leaves `office` back to all holders of its seats."""
    held = Batch.objects.filter(path_range(office.area.path), held_by=office.user, state=BatchState.OPEN)
    tasks = Task.objects.filter(batch__in=held, kind=TaskKind.REASSIGN, state=TaskState.OPEN)
    tasks.update(state=TaskState.CLOSED, ended_at=clock.now())
    left = list(held)
    held.update(held_by=None)
    written.note_again(Batch, left)


def whose_turn(batch: Batch, offices: Sequence[Office]) -> list[User]:
    """Return who has `batch` before them: those asked, who it was passed to, or its seats' holders."""
    asked = set(countersign.ids(batch.asked))
    done = set(countersign.ids(batch.signed))
    seats = authority.pending_seats(batch)
    people = {office.user_id: office.user for office in offices if office.user_id in asked}
    if not people:
        people = {
            office.user_id: office.user
            for seat in seats
            for office in authority.holders(seat, offices)
            if office.user_id not in done
        }
        if batch.held_by_id in people:
            people = {batch.held_by_id: people[batch.held_by_id]}
    return [people[pk] for pk in sorted(people)]


def _in_turn(request: Request) -> tuple[Batch, list[Office], Office, Seat]:
    batch, offices = fresh(request.actor, request.batch_id, request.seen_version)
    office, seat = authority.seat_of(request.actor, batch, offices)
    if countersign.is_countersigned(batch):
        countersign.require_unsigned(batch, office, offices)
    return batch, offices, office, seat


def _seeing(batch: Batch, user: User, offices: Sequence[Office]) -> Office:
    """Return the own office by which `user` sees `batch`."""
    lines = {Line.ALL, batch.line, batch.shared_line}
    own = [office for office in offices if office.user_id == user.pk and office.line in lines]
    return max(own, key=lambda office: (not leave.stood_in_for(office), len(office.area.path)))


def _acting_here(batch: Batch, user: User, offices: Sequence[Office]) -> Office:
    """Return the office by which `user` is an official of the batch's flow; who only watches does nothing."""
    office = _seeing(batch, user, offices)
    if office.role in authority.WATCHING_ROLES:
        raise NotYourTurn(_("监督和考核只看不办；发现问题请走督办。"))
    return office


def _reason(request: Request, message: str) -> None:
    if not request.opinion:
        raise BadAct(message)


def _chosen(request: Request, people: Sequence[User], otherwise: str) -> User:
    wanted = request.payload.get("person")
    for person in people:
        if person.pk == wanted:
            return person
    names = "、".join(str(person) for person in people[:6])
    who = _("可以选：%(names)s") % {"names": names} if names else _("现在没有别的人可以选")
    raise BadAct(f"{otherwise}；{who}。")


def _keep_away(batch: Batch, person: User) -> None:
    subjects = Case.objects.filter(batch=batch, state=CaseState.ACTIVE).values_list("subject", flat=True)
    reasons = recusal.reasons(person, list(subjects))
    if reasons:
        why = next(iter(reasons.values()))
        raise BadAct(_("%(who)s要回避（%(why)s），请换一位。") % {"who": person, "why": why})


def _one_level(batch: Batch, person: User, office: Office) -> None:
    decided = Decision.objects.filter(actor=person, case__batch=batch).exclude(level=office.area.level)
    if decided.exists():
        raise ActedAtAnotherLevel(_("您已经在别的层级办过这一批，不能再提意见，请换一位。"))


def _must_sign(batch: Batch, person: User, office: Office, offices: Sequence[Office]) -> None:
    """Refuse an opinion at another level by who must sign here: it would end their right to sign."""
    if person.pk not in countersign.ids(batch.signers):
        return
    seats = [held for seat in authority.pending_seats(batch) for held in authority.holders(seat, offices)]
    if any(held.user_id == person.pk and held.area.level != office.area.level for held in seats):
        raise ActedAtAnotherLevel(_("这一步要您会签，在别的层级提了意见就不能签了；请直接签，或请对方收回。"))


def _open(batch: Batch, kinds: Iterable[str]) -> list[Task]:
    found = Task.objects.filter(batch=batch, kind__in=list(kinds), state=TaskState.OPEN)
    return list(found.select_related("person", "asked_by").order_by("pk"))


def _close(batch: Batch, kinds: Iterable[str]) -> None:
    _end(_open(batch, kinds), TaskState.CLOSED)


def _end(tasks: Iterable[Task], state: TaskState) -> None:
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(state=state, ended_at=clock.now())


def _write(
    request: Request,
    batch: Batch,
    office: Office,
    people: Sequence[User],
    *,
    task: TaskKind | None = None,
    title: str = "",
) -> Written:
    """Write the act, the task of each of `people` and a message to each."""
    told = {"people": [person.pk for person in people]} if people else {}
    written = records.write_batch_only(
        batch,
        office,
        request.actor,
        request.kind,
        request.key,
        request.digest,
        opinion=request.opinion,
        told=told,
        body={"people": [person.username for person in people]} if people else {},
    )
    if task:
        act = Act.objects.get(pk=written.outcome.act_id)
        for person in people:
            Task.objects.create(
                batch=batch,
                kind=task,
                step=batch.step,
                round=batch.round,
                person=person,
                asked_by=request.actor,
                act=act,
            )
    if people and request.kind != ActKind.NOTE:
        words = title or f"{ActKind(request.kind).label}：%(title)s"
        send(people, words % {"title": batch.title[:100]}, links.to_batch(batch.number))
    return written
