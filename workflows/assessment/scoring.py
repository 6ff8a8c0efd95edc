"""Scoring by two people what the portal cannot count, appeals of the assessed, and their answers."""

import json
from collections.abc import Collection, Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.files.access import Owner
from portal.files.models import PrivateFile
from portal.files.services import Prepared, keep
from portal.ledger.services import Draft, append
from portal.people.models import Line, Office, User
from portal.people.scope import scope_of

from . import events, rounds, telling
from .barred import answers_for
from .errors import AssessmentError, BadRound, NoSuchRound, NotYours
from .indicators import BY_CODE
from .models import APPEALING, DECIDING, SCORING, Appeal, Round, RoundState, Score, Subject, Subjects
from .results import work_out

FILE_KIND, APPEAL_FILES = "assessment", "assessment_appeal"
SCORERS = 2
MOST_FILES = 9


def typed_codes(round_: Round) -> list[str]:
    """Return the indicators of `round_` that people score."""
    return [code for code in round_.weights if BY_CODE[code].compute is None]


def score(
    *,
    by: User,
    subject_id: int,
    points: Mapping[str, int],
    reasons: Mapping[str, str],
    files: Sequence[tuple[str, Prepared]] = (),
    why: str = "",
) -> Score:
    """Give points (0 to 100) for what is typed, each with its reason and with evidence; by two people.

    Computed figures take no points. Until the scores are told, who gave points may put them right: `why` says
    what was wrong, and what they gave before stays to be read. Raises NoSuchRound, NotYours, BadRound,
    AssessmentError.
    """
    why = why.strip()
    with transaction.atomic():
        subject, round_ = _subject(by, subject_id, RoundState.SCORING)
        office = rounds.acting_office(by, round_.area, SCORING)
        if office is None or answers_for(by, round_):
            raise NotYours(
                _("打分由上一级经办、监督员或市级考核来办；自己或自己管的地方在这一轮被考核的，不能打分。")
            )
        codes = typed_codes(round_)
        wrong = {}
        for code in codes:
            if type(points.get(code)) is not int or not 0 <= points[code] <= 100:
                wrong[code] = _("“%(name)s”要打 0 到 100 分。") % {"name": BY_CODE[code].name}
            elif not 4 <= len(reasons.get(code, "").strip()) <= 300:
                wrong[code] = _("“%(name)s”要写凭什么打这个分（4到300字）。") % {"name": BY_CODE[code].name}
        if set(points) - set(codes):
            wrong["points"] = _("算出来的指标不能打分。")
        if len(files) > MOST_FILES:
            wrong["files"] = _("一次最多附 9 份，请挑要紧的。")
        if wrong:
            raise BadRound(wrong)
        before = subject.scores.standing().filter(by=by).first()
        if before is None and subject.scores.standing().count() >= SCORERS:
            raise AssessmentError(_("已经有两个人打过分了。"))
        if before is not None and not 4 <= len(why) <= 300:
            raise BadRound(
                {
                    "why": _(
                        "您已经给它打过分了，另一份要由另一个人打。要改自己打的，写清为什么改（4到300字）。"
                    )
                }
            )
        said = {code: reasons[code].strip() for code in codes}
        text = json.dumps(said, ensure_ascii=False, sort_keys=True)
        try:
            with transaction.atomic():
                given = Score.objects.create(
                    subject=subject,
                    points=dict(points),
                    reasons=text,
                    by=by,
                    office=office,
                    at=clock.now(),
                    replaces=before,
                    why=why if before else "",
                )
        except IntegrityError:
            raise AssessmentError(_("您刚给它打过分了，请刷新页面再看。")) from None
        stored = _kept(files, f"{FILE_KIND}:{given.pk}", by, office, subject)
        body = {
            "area": subject.area.code,
            "helper": subject.person_id is not None,
            "points": dict(points),
            "files": [file.sha256 for file, _draft in stored],
        }
        sealed = {"reasons": text} | ({"why": why} if before else {})
        kind = events.RESCORED if before else events.SCORED
        append(*(draft for _file, draft in stored), rounds.draft(kind, round_, by, office, body, **sealed))
    return given


def may_score(user: User, round_: Round) -> bool:
    """Return whether `user` scores in `round_` as it stands: by an office for it, and no part of it."""
    return (
        round_.state == RoundState.SCORING
        and rounds.acting_office(user, round_.area, SCORING) is not None
        and not answers_for(user, round_)
    )


def left_for(user: User, round_: Round) -> list[Subject]:
    """Return the subjects that wait for points of `user`: who scores here, in the order of the round."""
    if not typed_codes(round_) or not may_score(user, round_):
        return []
    given: dict[int, set[int]] = {}
    standing = Score.objects.standing().filter(subject__round=round_)
    for subject_id, by_id in standing.values_list("subject", "by"):
        given.setdefault(subject_id, set()).add(by_id)
    found = [(one, given.get(one.pk, set())) for one in subjects_of(user, round_)]
    return [one for one, by in found if len(by) < SCORERS and user.pk not in by]


def appeal(
    *, by: User, subject_id: int, code: str, words: str, files: Sequence[tuple[str, Prepared]] = ()
) -> Appeal:
    """Appeal against one indicator of one's own result, within the days for it; once an indicator.

    `files` are what the assessed shows for it. Raises NoSuchRound, NotYours, BadRound, AssessmentError.
    """
    words = words.strip()
    with transaction.atomic():
        subject, round_ = _subject(by, subject_id, RoundState.APPEALS)
        office = appealing_office(by, subject)
        if office is None:
            raise NotYours(_("申诉由被考核的一方提出，您没有这个职务。"))
        if round_.appeal_until is None or clock.today() > round_.appeal_until:
            raise AssessmentError(_("申诉期已经过了。"))
        if code not in subject.final or not 4 <= len(words) <= rounds.LONGEST:
            raise BadRound({"words": _("请选对哪一项不服，写清哪里不对、凭什么（4到1000字）。")})
        if subject.appeals.filter(code=code).exists():
            raise AssessmentError(_("这一项已经申诉过了。"))
        if len(files) > MOST_FILES:
            raise BadRound({"files": _("一次最多附 9 份，请挑要紧的。")})
        made = Appeal.objects.create(subject=subject, code=code, words=words, by=by, at=clock.now())
        stored = _kept(files, f"{APPEAL_FILES}:{made.pk}", by, office, subject)
        digests = [file.sha256 for file, _draft in stored]
        body = {"area": subject.area.code, "indicator": code} | ({"files": digests} if digests else {})
        telling.deciders(round_, _("有一件考核申诉要答复"))
        append(
            *(draft for _file, draft in stored),
            rounds.draft(events.APPEALED, round_, by, office, body, words=words),
        )
    return made


def settle_appeal(*, by: User, appeal_id: int, upheld: bool, words: str, points: int | None = None) -> Appeal:
    """Answer an appeal as the level above, by nobody who scored; upheld, the indicator gets `points` (0–100).

    Raises NoSuchRound, NotYours, BadRound, AssessmentError.
    """
    words = words.strip()
    with transaction.atomic():
        found = Appeal.objects.filter(pk=appeal_id).first()
        if found is None:
            raise NoSuchRound(_("没有这件申诉，请回到考核再看。"))
        subject, round_ = _subject(by, found.subject_id, RoundState.APPEALS)
        office = rounds.acting_office(by, round_.area, DECIDING)
        scored = round_.subjects.filter(scores__by=by).exists()
        if office is None or scored or found.by_id == by.pk or answers_for(by, round_):
            raise NotYours(_("申诉由上一级没有打过分、管的地方也没有被考核的人答复。"))
        made = Appeal.objects.select_for_update().get(pk=found.pk)
        if made.upheld is not None:
            raise AssessmentError(_("这件申诉已经答复过了。"))
        if not 4 <= len(words) <= rounds.LONGEST:
            raise BadRound({"words": _("请写查证的情况和理由（4到1000字）。")})
        if upheld and (type(points) is not int or not 0 <= points <= 100):
            raise BadRound({"points": _("申诉成立的，要写改成多少分（0到100）。")})
        before = subject.final[made.code]
        made.upheld, made.settled_by, made.settled_at = upheld, by, clock.now()
        made.answer = words
        made.save()
        if upheld and points is not None:
            subject.final = subject.final | {made.code: points * 100}
            subject.save(update_fields=["final"])
            work_out(round_, subject)
        body = {
            "area": subject.area.code,
            "indicator": made.code,
            "upheld": upheld,
            "before": before,
            "after": subject.final[made.code],
        }
        telling.answered(round_, subject)
        append(rounds.draft(events.APPEAL_SETTLED, round_, by, office, body, words=words))
    return made


def appealing_office(user: User, subject: Subject) -> Office | None:
    """Return the office by which `user` may appeal for `subject`: at the very area, a helper in person."""
    round_ = subject.round
    if round_.subjects_are == Subjects.HELPER and subject.person_id != user.pk:
        return None
    roles = APPEALING[Subjects(round_.subjects_are)]
    office = scope_of(user, fresh=True).holds(roles, subject.area.path, round_.line)
    return office if office is not None and office.area_id == subject.area_id else None


def subjects_of(user: User, round_: Round) -> list[Subject]:
    """Return the subjects of `round_` that `user` reads: all from above, else one's own."""
    found = round_.subjects.select_related("area", "person", "round__area").order_by("area__path", "pk")
    offices = [one for one in scope_of(user).offices if one.line in (Line.ALL, round_.line)]
    if any(one.area.covers(round_.area_path) for one in offices):
        return list(found)
    mine = []
    for subject in found:
        if round_.subjects_are == Subjects.HELPER:
            own = subject.person_id == user.pk
        else:
            own = any(one.area.covers(subject.area.path) for one in offices)
        if own:
            mine.append(subject)
    return mine


def still_scores(user: User, subject: Subject, scorers: Collection[int]) -> bool:
    """Return whether `user` is still to score `subject`, which `scorers` have scored.

    Two people judge by themselves: until then `user` reads nothing of what the other gave.
    """
    return len(scorers) < SCORERS and user.pk not in scorers and may_score(user, subject.round)


def may_open_file(user: User, score_id: str) -> bool:
    """Return whether `user` may open the evidence of a score: who reads the points that it is about."""
    given = Score.objects.filter(pk=int(score_id)).first() if score_id.isdecimal() else None
    subject = _readable(user, given.subject_id) if given else None
    if subject is None or subject.score is not None:
        return subject is not None
    # Before they are told, points are read by those who score, each after their own.
    scorers = set(subject.scores.standing().values_list("by", flat=True))
    assesses = rounds.acting_office(user, subject.round.area, SCORING) is not None
    return assesses and not still_scores(user, subject, scorers)


def may_open_appeal_file(user: User, appeal_id: str) -> bool:
    """Return whether `user` may open what was shown for an appeal: who reads its subject."""
    made = Appeal.objects.filter(pk=int(appeal_id)).first() if appeal_id.isdecimal() else None
    return made is not None and _readable(user, made.subject_id) is not None


def file_owner(score_id: str) -> Owner:
    """Return the assessment that the evidence of a score belongs to, at the place assessed."""
    return _owner(Score.objects.get(pk=int(score_id)).subject_id)


def appeal_file_owner(appeal_id: str) -> Owner:
    """Return the assessment that the evidence of an appeal belongs to, at the place assessed."""
    return _owner(Appeal.objects.get(pk=int(appeal_id)).subject_id)


def _readable(user: User, subject_id: int) -> Subject | None:
    """Return the subject, None where `user` does not read it."""
    subject = Subject.objects.select_related("round__area").get(pk=subject_id)
    if not Round.objects.visible_to(user).filter(pk=subject.round_id).exists():
        return None
    return subject if subject in subjects_of(user, subject.round) else None


def _owner(subject_id: int) -> Owner:
    subject = Subject.objects.select_related("round", "area").get(pk=subject_id)
    number = subject.round.number
    return Owner("assessment", number, _("考核 %(number)s") % {"number": number}, subject.area)


def _kept(
    files: Sequence[tuple[str, Prepared]], reference: str, by: User, office: Office, subject: Subject
) -> list[tuple[PrivateFile, Draft]]:
    code = subject.area.code
    return [
        keep(one, name=name, reference=reference, by=by, office=office, area_code=code) for name, one in files
    ]


def _subject(by: User, subject_id: int, state: RoundState) -> tuple[Subject, Round]:
    found = Subject.objects.filter(pk=subject_id).first()
    if found is None:
        raise NoSuchRound(_("没有这一项，请回到考核再看。"))
    round_ = rounds.found_round(by, found.round_id)
    if round_.state != state:
        raise AssessmentError(
            _("这次考核现在是“%(state)s”，不能这样办。") % {"state": round_.get_state_display()}
        )
    subject = (
        Subject.objects.select_for_update(of=("self",)).select_related("area", "round__area").get(pk=found.pk)
    )
    if subject.pk not in {one.pk for one in subjects_of(by, round_)}:
        raise NoSuchRound(_("没有这一项，请回到考核再看。"))
    return subject, round_
