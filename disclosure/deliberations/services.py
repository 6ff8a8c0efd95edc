"""Opening a deliberation or an appraisal and recording its meetings: the only ways in which they change."""

from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area
from portal.configuration import services as configuration
from portal.ledger.services import Draft, append, on_day
from portal.people.models import Office, Role, User

from .checks import (
    check_counts,
    check_date,
    check_form,
    check_merged,
    check_notice,
    check_order,
    check_remote,
    check_witness,
)
from .errors import AlreadyDeliberated, DeliberationClosed, NoSuchDeliberation, OutOfOrder
from .events import MEETING_RECORDED, OPENED
from .keys import (
    GAP_DAYS,
    MERGE_FIRST_TWO,
    ONLINE_MEETINGS,
    PROXY_MEETINGS,
    WITNESS_STEPS,
    notice_key,
)
from .models import (
    Assets,
    Deliberation,
    DeliberationKind,
    DeliberationState,
    Meeting,
    MeetingStep,
    ResolutionForm,
)
from .offices import covers, require_own
from .rules import judge, rule_for
from .signals import meeting_recorded

# The supervision committee watches the meetings, so it does not record them.
RECORDING_ROLES = [Role.VILLAGE_CLERK, Role.VILLAGE_SECRETARY, Role.RESIDENT_TEAM]
CONVENERS = {
    MeetingStep.PROPOSAL: "村党支部",
    MeetingStep.CONSULTATION: "村两委",
    MeetingStep.DELIBERATION: "村党支部（党员大会）",
    MeetingStep.RESOLUTION: "村民委员会",
    MeetingStep.APPRAISAL: "村民委员会（民主评议会）",
}


# On collective assets the village's collective convenes its members, not the villagers' committee.
COLLECTIVE = "村集体经济组织"


def convener_of(step: str, assets: str) -> str:
    """Return who convenes the meeting `step` unless the clerk says otherwise (domain.md section 2, S7)."""
    if step == MeetingStep.RESOLUTION and assets:
        return COLLECTIVE
    return CONVENERS[MeetingStep(step)]


@dataclass(frozen=True)
class MeetingData:
    """What is recorded of one meeting. Those who stepped out for kinship are among those present.

    So are `online_count` and `proxy_count`. `merged` says that the first two meetings were held as one.
    `prefilled` are the minutes as the portal drew them up; where `minutes` is empty they are the minutes.
    """

    step: str
    held_on: date
    due_count: int
    present_count: int
    votes_for: int
    votes_against: int = 0
    votes_abstained: int = 0
    stepped_out: int = 0
    place: str = ""
    convened_by: str = ""
    witness: str = ""
    minutes: str = ""
    form: str = ResolutionForm.DELEGATES
    online_count: int = 0
    proxy_count: int = 0
    notified_on: date | None = None
    merged: bool = False
    prefilled: str = ""


def current(reference: str) -> Deliberation | None:
    """Return the latest deliberation on `reference`, or None where it never came before the meetings."""
    return Deliberation.objects.filter(reference=reference).order_by("-round").first()


def open_deliberation(
    *,
    by: User,
    office: Office,
    reference: str,
    matter: str,
    area: Area,
    line: str,
    list_digest: str,
    item_count: int,
    amount_fen: int,
    handed_in_on: date | None = None,
    kind: str = DeliberationKind.FOUR,
    assets: str = Assets.NONE,
) -> Deliberation:
    """Bring the list with `list_digest` before the village's meetings and return the deliberation.

    `kind` says which: the four, or the one of an appraisal (民主评议; S17, S21, WZ-06). `assets` says whether
    it concerns the collective's assets, on which the members resolve by a stricter rule (S7).

    `handed_in_on` is the day on which the list came to stand as it is, today unless given: no meeting on it
    was held earlier. A deliberation still open on another list of the same `reference` is replaced: what
    was voted on there is not what stands now. Raises AlreadyDeliberated while one is open or passed for
    this very list, OutOfOrder for a day in the future, NotYourOffice, and NoSuchDeliberation where the
    office does not cover the village. Source: XC-07.
    """
    with transaction.atomic():
        require_own(by, office, RECORDING_ROLES)
        if not covers(office, area.path, line):
            raise NoSuchDeliberation(_("没有找到这个村的事项，请核对后再办。"))
        if handed_in_on and handed_in_on > clock.today():
            raise OutOfOrder(_("名单提交日期还没到，请核对。"))
        # The village's row orders the numbers and the rounds; nothing is ever deleted, so counting is safe.
        Area.objects.select_for_update(no_key=True).get(pk=area.pk)
        earlier = list(Deliberation.objects.filter(reference=reference).order_by("round"))
        _refuse_repetition(earlier, list_digest)
        replaced = [one for one in earlier if one.state == DeliberationState.OPEN]
        for one in replaced:
            one.state = DeliberationState.REPLACED
            one.save(update_fields=["state"])
        stem = f"{area.code}-{clock.today().year}-Y"
        count = Deliberation.objects.filter(area=area, number__startswith=stem).count()
        deliberation = Deliberation.objects.create(
            number=f"{stem}{count + 1:03d}",
            reference=reference,
            kind=kind,
            assets=assets,
            matter=matter,
            area=area,
            area_path=area.path,
            line=line,
            list_digest=list_digest,
            item_count=item_count,
            amount_fen=amount_fen,
            round=earlier[-1].round + 1 if earlier else 1,
            handed_in_on=handed_in_on or clock.today(),
            opened_at=clock.now(),
            opened_by=by,
        )
        body = {
            "reference": reference,
            "kind": str(kind),
            "assets": str(assets),
            "round": deliberation.round,
            "list_digest": list_digest,
            "item_count": item_count,
            "amount_fen": amount_fen,
            "handed_in_on": deliberation.handed_in_on.isoformat(),
            "replaces": [one.number for one in replaced],
        }
        append(_draft(OPENED, deliberation, by, office, body, {"matter": matter}))
    return deliberation


def record_meeting(*, by: User, office: Office, deliberation_id: int, data: MeetingData) -> Meeting:
    """Record one meeting, judge it by the rule of that day, and return it with its explanation.

    A meeting that fails closes the deliberation as failed; the last that passes closes it as passed.
    Where the first two were held as one (`merged`), both are recorded from the same counts, each judged by
    its own rule, and the last of them is returned. Raises NotYourOffice, NoSuchDeliberation,
    DeliberationClosed, OutOfOrder, CountsDoNotAddUp, WitnessMissing, NoticeTooShort, NotThisAssembly,
    RuleUnreadable. Source: domain.md section 2.
    """
    with transaction.atomic():
        require_own(by, office, RECORDING_ROLES)
        deliberation = Deliberation.objects.select_for_update(of=("self",)).filter(pk=deliberation_id)
        deliberation = deliberation.select_related("area").first()
        if deliberation is None or not covers(office, deliberation.area_path, deliberation.line):
            raise NoSuchDeliberation(_("没有找到这个村的事项，请核对后再办。"))
        if deliberation.state != DeliberationState.OPEN:
            raise DeliberationClosed(
                _("这次%(kind)s%(state)s，不能再记会议。要重新议，请重新提交名单。")
                % {"kind": deliberation.get_kind_display(), "state": deliberation.get_state_display()}
            )
        meetings = list(deliberation.meetings.order_by("pk"))
        check_order(deliberation.steps, meetings, data.step)
        _check(deliberation, meetings, data)
        meeting = _hold(deliberation, data, data.step, by)
        drafts = [_meeting_draft(meeting, by, office), *_told(meeting)]
        if data.merged and meeting.passed:
            meeting = _hold(deliberation, data, MeetingStep.CONSULTATION, by)
            drafts += [_meeting_draft(meeting, by, office), *_told(meeting)]
        append(*drafts)
    return meeting


def _check(deliberation: Deliberation, meetings: list[Meeting], data: MeetingData) -> None:
    """Raise what is wrong with the record of a meeting, by the settings of the day on which it was held."""
    area, on = deliberation.area, data.held_on
    check_date(deliberation, meetings, on, configuration.value(GAP_DAYS, area, on))
    check_counts(data)
    check_form(deliberation, data)
    fourth = data.step == MeetingStep.RESOLUTION
    meeting = data.form if fourth else data.step
    check_remote(
        data,
        online=meeting in configuration.value(ONLINE_MEETINGS, area, on),
        proxy=meeting in configuration.value(PROXY_MEETINGS, area, on),
    )
    check_notice(data, configuration.value(notice_key(data.form), area, on) if fourth else 0)
    check_merged(
        data,
        allowed=configuration.value(MERGE_FIRST_TWO, area, on),
        single=deliberation.kind != DeliberationKind.FOUR,
    )
    check_witness(data, configuration.value(WITNESS_STEPS, area, on))


def _hold(deliberation: Deliberation, data: MeetingData, step: str, by: User) -> Meeting:
    """Keep one meeting with its judgement, and move the deliberation on."""
    form = ResolutionForm(data.form) if step == MeetingStep.RESOLUTION else ""
    rule = rule_for(step, form, deliberation.area, data.held_on)
    judgement = judge(
        rule,
        due=data.due_count,
        present=data.present_count,
        votes_for=data.votes_for,
        online=data.online_count,
        proxy=data.proxy_count,
    )
    meeting = Meeting.objects.create(
        deliberation=deliberation,
        step=step,
        form=form,
        held_on=data.held_on,
        place=data.place.strip(),
        convened_by=data.convened_by.strip() or convener_of(step, deliberation.assets),
        due_count=data.due_count,
        present_count=data.present_count,
        votes_for=data.votes_for,
        votes_against=data.votes_against,
        votes_abstained=data.votes_abstained,
        stepped_out=data.stepped_out,
        online_count=data.online_count,
        proxy_count=data.proxy_count,
        notified_on=data.notified_on,
        merged=data.merged,
        witness=data.witness.strip(),
        # A browser sends other line ends than it was given: that is no edit.
        minutes=data.minutes.replace("\r\n", "\n").strip() or data.prefilled,
        prefilled=data.prefilled,
        passed=judgement.passed,
        explanation=judgement.explanation,
        rule=rule.as_record(),
        recorded_by=by,
        recorded_at=clock.now(),
    )
    _move(deliberation, meeting)
    return meeting


def _told(meeting: Meeting) -> list[Draft]:
    """Tell the rooms above of the meeting and return what they have to say of it in the ledger."""
    answers = meeting_recorded.send(sender=Meeting, meeting=meeting)
    return [draft for _receiver, drafts in answers for draft in drafts or ()]


def _refuse_repetition(earlier: list[Deliberation], list_digest: str) -> None:
    for one in earlier:
        if one.list_digest != list_digest:
            continue
        said = {"kind": one.get_kind_display(), "number": one.number}
        if one.state == DeliberationState.OPEN:
            raise AlreadyDeliberated(
                _("这份名单正在%(kind)s（%(number)s），请接着记会议，不用重新提交。") % said
            )
        if one.state == DeliberationState.PASSED:
            raise AlreadyDeliberated(_("这份名单已经%(kind)s通过（%(number)s），不用再议。") % said)


def _move(deliberation: Deliberation, meeting: Meeting) -> None:
    if not meeting.passed:
        deliberation.state = DeliberationState.FAILED
    elif meeting.step == deliberation.steps[-1]:
        deliberation.state = DeliberationState.PASSED
    else:
        return
    deliberation.save(update_fields=["state"])


def _meeting_draft(meeting: Meeting, by: User, office: Office) -> Draft:
    body = {
        "step": str(meeting.step),
        "form": str(meeting.form),
        "held_on": meeting.held_on.isoformat(),
        "due": meeting.due_count,
        "present": meeting.present_count,
        "for": meeting.votes_for,
        "against": meeting.votes_against,
        "abstained": meeting.votes_abstained,
        "stepped_out": meeting.stepped_out,
        "online": meeting.online_count,
        "proxy": meeting.proxy_count,
        "notified_on": meeting.notified_on.isoformat() if meeting.notified_on else None,
        "merged": meeting.merged,
        "list_digest": meeting.deliberation.list_digest,
        "passed": meeting.passed,
        "rule": meeting.rule,
        "state": str(meeting.deliberation.state),
    }
    names = ("minutes", "prefilled", "witness")
    sealed = {name: value for name in names if (value := getattr(meeting, name))}
    draft = _draft(MEETING_RECORDED, meeting.deliberation, by, office, body, sealed)
    return replace(draft, claimed_at=on_day(meeting.held_on))


def _draft(
    kind: str,
    deliberation: Deliberation,
    by: User,
    office: Office,
    body: dict[str, object],
    sealed: dict[str, str] | None = None,
) -> Draft:
    return Draft(
        kind=kind,
        object_type="deliberation",
        object_id=deliberation.number,
        actor=by,
        office=office,
        area_code=deliberation.area.code,
        line=deliberation.line,
        body=body,
        sealed=sealed or {},
    )
