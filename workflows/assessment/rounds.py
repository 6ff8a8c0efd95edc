"""A round from scoring to closing: told, decided by the level above, accepted, published."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from disclosure.masking.services import Content
from disclosure.publicity.models import ListKind, PublicList
from disclosure.publicity.services import publish
from portal import clock
from portal.areas.models import Area, Level
from portal.clock.workdays import add_working_days
from portal.configuration.services import value
from portal.ledger.services import Draft, append
from portal.people.models import Line, Office, Role, User
from portal.people.scope import scope_of
from workflows.engine.drafts import numbered
from workflows.money.reconciliation import Reconciliation, reconcile

from . import events, keys, telling
from .barred import answers_for
from .counting import Scope, households_confirm
from .errors import AssessmentError, BadRound, DoesNotReconcile, NoSuchRound, NotYours
from .indicators import BY_CODE
from .models import (
    DECIDING,
    FOLLOWED_FROM,
    SCORING,
    Consequence,
    ConsequenceKind,
    Round,
    RoundState,
    Subject,
)
from .results import in_record, rows_of, work_out

LONGEST = 1000


def tell(*, by: User, round_id: int) -> Round:
    """Work out the scores once two people scored every subject, and let the assessed appeal for some days.

    Raises NoSuchRound, NotYours, AssessmentError.
    """
    with transaction.atomic():
        round_, office = _locked(by, round_id, SCORING, [RoundState.SCORING])
        typed = [code for code in round_.weights if BY_CODE[code].compute is None]
        standing = Count("scores", filter=Q(scores__replaced_by=None))
        lacking = round_.subjects.annotate(n=standing).filter(n__lt=2)
        if typed and (short := lacking.count()):
            raise AssessmentError(_("还有 %(n)d 个没有两个人打分，打全了再告知。") % {"n": short})
        for subject in round_.subjects.all():
            work_out(round_, subject)
        round_.state = RoundState.APPEALS
        round_.appeal_until = _appeal_until(round_)
        _save(round_)
        telling.assessed(round_)
        until = {"day": round_.appeal_until.isoformat()}
        telling.deciders(round_, _("考核告知了得分，%(day)s 申诉期满后请审定") % until)
        append(
            draft(
                events.TOLD,
                round_,
                by,
                office,
                {"until": round_.appeal_until.isoformat()} | in_record(round_),
            )
        )
    return round_


def decide(*, by: User, round_id: int) -> Round:
    """Decide on a round whose days of appeal are over, by the level above and by nobody who scored in it.

    Raises NoSuchRound, NotYours, AssessmentError.
    """
    with transaction.atomic():
        round_, office = _locked(by, round_id, DECIDING, [RoundState.APPEALS])
        if round_.appeal_until is None or clock.today() <= round_.appeal_until:
            raise AssessmentError(
                _("申诉期到 %(day)s，过了才能审定。")
                % {"day": (round_.appeal_until or clock.today()).isoformat()}
            )
        if open_ := sum(subject.appeals.filter(upheld=None).count() for subject in round_.subjects.all()):
            raise AssessmentError(_("还有 %(n)d 件申诉没有答复，答复完再审定。") % {"n": open_})
        not_twice(by, round_)
        round_.state, round_.decided_by, round_.decided_at = RoundState.DECIDED, by, clock.now()
        _save(round_)
        if city_accepts(round_):
            telling.city(round_)
        append(draft(events.DECIDED, round_, by, office, in_record(round_)))
    return round_


def accept(*, by: User, round_id: int, words: str, accepted: bool = True) -> Round:
    """The city's acceptance: after site visits and interviews, or sent back with what was found wanting.

    Nothing is accepted where no household was visited by a spot check in those days (XC-38). Sent back, the
    round may be appealed for as many days again, then is decided anew. Raises NoSuchRound, NotYours,
    BadRound, AssessmentError.
    """
    words = words.strip()
    if not 4 <= len(words) <= LONGEST:
        raise BadRound({"words": _("请写看了哪里、访了谁、凭什么认可或退回（4到1000字）。")})
    with transaction.atomic():
        round_ = _found(by, round_id, [RoundState.DECIDED])
        office = scope_of(by).holds([Role.CITY_ASSESSOR], round_.area_path, round_.line)
        if office is None or not city_accepts(round_):
            raise NotYours(_("这一步由市级考核来验收。"))
        not_twice(by, round_)
        if round_.decided_by_id == by.pk:
            raise NotYours(_("您审定过这一轮，市级验收要由另一个人来做。"))
        visited = households_confirm(Scope(round_.area, round_.first_day, clock.today())).of
        if accepted and not visited:
            raise AssessmentError(_("这个地方还没有抽查入户过一户。先抽查、入户、访谈，再验收。"))
        if accepted:
            round_.state, round_.accepted_by = RoundState.ACCEPTED, by
            round_.accepted_at = clock.now()
            round_.accepted_words = words  # type: ignore[assignment]  # a field that encrypts text
        else:
            round_.state, round_.decided_by, round_.decided_at = RoundState.APPEALS, None, None
            # What the city found wanting is put right by appeals: their days begin again.
            round_.appeal_until = _appeal_until(round_)
            round_.sent_back_words = words  # type: ignore[assignment]  # a field that encrypts text
        _save(round_)
        if not accepted:
            telling.assessed(round_)
        said = _("市级验收通过，可以公开考核结果") if accepted else _("市级把考核退回来了，请重新审定")
        telling.deciders(round_, said)
        kind = events.ACCEPTED if accepted else events.SENT_BACK
        append(draft(kind, round_, by, office, {"households_visited": visited}, words=words))
    return round_


def publish_results(*, by: User, round_id: int) -> PublicList:
    """Publish the results as a list of assessment results; of helpers only counts of the township, no name.

    Raises NoSuchRound, NotYours, AssessmentError, and what publishing raises. Source: HY-38, design.md 8.
    """
    with transaction.atomic():
        wanted = RoundState.ACCEPTED if city_accepts(_found(by, round_id, None)) else RoundState.DECIDED
        round_, office = _locked(by, round_id, DECIDING, [wanted])
        new = publish(
            by=by,
            office=office,
            kind=ListKind.ANNOUNCEMENT,
            content=Content.ASSESSMENTS,
            area=round_.area,
            line=round_.line,
            title=_("%(round)s结果") % {"round": round_},
            rows=rows_of(round_),
            reference=f"assessment:{round_.number}",
            show_names=False,
            with_money=False,
        )
        round_.state, round_.list = RoundState.PUBLISHED, new
        _save(round_)
        telling.published(round_)
        append(draft(events.PUBLISHED, round_, by, office, {"list": new.number, "digest": new.digest}))
    return new


def add_consequence(*, by: User, subject_id: int, kind: str, words: str) -> Consequence:
    """Record what follows for a subject from a result that was decided (XC-41, HY-40)."""
    words = words.strip()
    if kind not in ConsequenceKind.values or not 4 <= len(words) <= LONGEST:
        raise BadRound({"words": _("请选结果怎么用，并写清理由（4到1000字）。")})
    with transaction.atomic():
        subject = Subject.objects.select_related("round", "area").filter(pk=subject_id).first()
        if subject is None:
            raise NoSuchRound(_("没有这一项，请回到考核再看。"))
        round_, office = _locked(by, subject.round_id, DECIDING, FOLLOWED_FROM)
        made = Consequence.objects.create(
            subject=subject, kind=kind, on=clock.today(), words=words, by=by, at=clock.now()
        )
        telling.followed(round_, subject)
        body = {"area": subject.area.code, "helper": subject.person_id is not None, "what": kind}
        append(draft(events.CONSEQUENCE, round_, by, office, body, words=words))
    return made


def close(*, by: User, round_id: int) -> Reconciliation:
    """Close a round whose days are over and whose results were published, unless the three sums differ.

    Raises DoesNotReconcile with every gap, NoSuchRound, NotYours, AssessmentError. Source: HY-38, S12.
    """
    with transaction.atomic():
        round_, office = _locked(by, round_id, DECIDING, [RoundState.PUBLISHED])
        if clock.today() <= round_.last_day:
            raise AssessmentError(
                _("考核期到 %(day)s，过了才能对账、办结。") % {"day": round_.last_day.isoformat()}
            )
        found = reconcile(round_.area, round_.first_day, round_.last_day)
        if not found.agrees:
            raise DoesNotReconcile(found.gaps)
        round_.state, round_.closed_by, round_.closed_at = RoundState.CLOSED, by, clock.now()
        _save(round_)
        body = {
            "cases": found.cases,
            "approved_fen": found.approved_fen,
            "disclosed_fen": found.disclosed_fen,
            "paid_fen": found.paid_fen,
        }
        append(draft(events.CLOSED, round_, by, office, body))
    return found


def may_accept(user: User, round_: Round) -> bool:
    """Return whether `user` holds the city's office that accepts `round_`."""
    return scope_of(user).holds([Role.CITY_ASSESSOR], round_.area_path, round_.line) is not None


def city_accepts(round_: Round) -> bool:
    """Return whether the results of `round_` wait for the city's acceptance before they are published."""
    return round_.subjects_are in value(keys.CITY_ACCEPTS, round_.area, clock.day_of(round_.opened_at))


def acting_office(
    user: User, area: Area, roles: dict[Any, list[Role]], line: str = Line.ASSISTANCE
) -> Office | None:
    """Return the office by which `user` acts in a round of `area`: of the roles for its level, over it."""
    wanted = roles.get(Level(area.level), [])
    return scope_of(user, fresh=True).holds(wanted, area.path, line)


def found_round(by: User, round_id: int) -> Round:
    """Return the round under lock, in sight of `by`; NoSuchRound."""
    return _found(by, round_id, None)


def draft(kind: str, round_: Round, by: User, office: Office, body: dict[str, Any], **sealed: str) -> Draft:
    """Return an event of `round_`."""
    return numbered("assessment", kind, round_, round_.area, by=by, office=office, body=body, sealed=sealed)


def _found(by: User, round_id: int, states: list[RoundState] | None) -> Round:
    scope_of(by, fresh=True)
    seen = Round.objects.visible_to(by).filter(pk=round_id).values("pk")
    found = Round.objects.select_for_update(of=("self",)).select_related("area").filter(pk__in=seen).first()
    if found is None:
        raise NoSuchRound(_("没有这次考核，请回到列表再看。"))
    if states is not None and found.state not in states:
        raise AssessmentError(
            _("这次考核现在是“%(state)s”，不能这样办。") % {"state": found.get_state_display()}
        )
    return found


def _locked(
    by: User, round_id: int, roles: dict[Any, list[Role]], states: list[RoundState]
) -> tuple[Round, Office]:
    round_ = _found(by, round_id, states)
    office = acting_office(by, round_.area, roles, round_.line)
    if office is None:
        names = "、".join(str(role.label) for role in roles.get(Level(round_.area.level), []))
        raise NotYours(_("这一步由%(who)s办，您没有这个职务或不管这个地方。") % {"who": names})
    return round_, office


def kept_out(user: User, round_: Round) -> str:
    """Return why `user` decides nothing in `round_` though they hold the office; empty where they may."""
    if round_.subjects.filter(scores__by=user).exists() or answers_for(user, round_):
        return _("您在这一轮打过分，或者您管的地方被考核，这一步要由另一个人来办。")
    return ""


def not_twice(by: User, round_: Round) -> None:
    """Refuse who is kept out of deciding: NotYours."""
    if why := kept_out(by, round_):
        raise NotYours(why)


def _appeal_until(round_: Round) -> date:
    return add_working_days(clock.today(), int(value(keys.APPEAL_DAYS, round_.area)), round_.area)


def _save(round_: Round) -> None:
    round_.version += 1
    round_.save()
