"""What a meeting's record must fulfil before it is judged: order, date, counts, witness."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal import clock

from .errors import CountsDoNotAddUp, NoticeTooShort, NotThisAssembly, OutOfOrder, WitnessMissing
from .models import Deliberation, Meeting, MeetingStep

if TYPE_CHECKING:
    from .services import MeetingData


def check_order(steps: Sequence[MeetingStep], meetings: Sequence[Meeting], step: str) -> None:
    """Raise OutOfOrder unless `step` is the one of `steps` that comes after the recorded `meetings`."""
    if step not in steps:
        names = "、".join(str(one.label) for one in steps)
        raise OutOfOrder(_("没有这种会议，这里要开的是：%(names)s。") % {"names": names})
    expected = steps[len(meetings)]
    if step == expected:
        return
    wanted = MeetingStep(step)
    if steps.index(wanted) < len(meetings):
        raise OutOfOrder(_("“%(step)s”已经记过了，不能再记一次。") % {"step": wanted.label})
    raise OutOfOrder(
        _("要先记“%(expected)s”，才能记“%(step)s”。") % {"expected": expected.label, "step": wanted.label}
    )


def check_date(deliberation: Deliberation, meetings: Sequence[Meeting], held_on: date, gap_days: int) -> None:
    """Raise OutOfOrder for a date in the future, before the list was handed in, or too near its predecessor.

    `gap_days` are calendar days; 0 lets two meetings be held on one day, as steps 1 and 2 may merge (S5).
    """
    if held_on > clock.today():
        raise OutOfOrder(_("会议日期还没到，请开完会再记。"))
    if held_on < deliberation.handed_in_on:
        raise OutOfOrder(
            _("名单是%(day)s才提交的，会议不能早于这一天。请核对日期；会上议的如果不是这份名单，要重新开会。")
            % {"day": deliberation.handed_in_on.isoformat()}
        )
    if not meetings:
        return
    last = meetings[-1]
    earliest = last.held_on + timedelta(days=gap_days)
    if held_on < earliest:
        raise OutOfOrder(
            _("“%(step)s”是%(day)s开的，这次会议最早在%(earliest)s。请核对日期。")
            % {
                "step": last.get_step_display(),
                "day": last.held_on.isoformat(),
                "earliest": earliest.isoformat(),
            }
        )


def check_counts(data: "MeetingData") -> None:
    """Raise CountsDoNotAddUp where attendance and votes contradict each other.

    Everybody present voted for or against, abstained, or had stepped out: the four add up to those present.
    """
    voted = [data.votes_for, data.votes_against, data.votes_abstained, data.stepped_out]
    if any(type(count) is not int or count < 0 for count in [data.due_count, data.present_count, *voted]):
        raise CountsDoNotAddUp(_("人数和票数要填0或更大的整数。"))
    if data.due_count == 0:
        raise CountsDoNotAddUp(_("应到人数不能是0，请填应该到会的人数。"))
    if data.present_count > data.due_count:
        raise CountsDoNotAddUp(
            _("实到%(present)s人比应到%(due)s人还多，请核对签到表。")
            % {"present": data.present_count, "due": data.due_count}
        )
    if sum(voted) != data.present_count:
        raise CountsDoNotAddUp(
            _(
                "赞成%(for)s、反对%(against)s、弃权%(abstained)s、回避%(out)s，加起来是%(sum)s，"
                "和实到%(present)s人对不上，请核对后再记。"
            )
            % {
                "for": data.votes_for,
                "against": data.votes_against,
                "abstained": data.votes_abstained,
                "out": data.stepped_out,
                "sum": sum(voted),
                "present": data.present_count,
            }
        )


def check_witness(data: "MeetingData", steps: Collection[str]) -> None:
    """Raise WitnessMissing where a meeting of `steps` names no witness from the township (S8)."""
    if data.step in steps and not data.witness.strip():
        raise WitnessMissing(_("这次会议要有乡镇的人到场见证，请填写见证人。"))


def check_form(deliberation: Deliberation, data: "MeetingData") -> None:
    """Raise NotThisAssembly unless the assembly of a fourth meeting may resolve on the matter (S3, S7)."""
    if data.step == MeetingStep.RESOLUTION and data.form not in deliberation.forms:
        allowed = "、".join(str(form.label) for form in deliberation.forms)
        raise NotThisAssembly(_("这件事要由%(forms)s决议，请核对“哪种会议”。") % {"forms": allowed})


def check_notice(data: "MeetingData", days: int) -> None:
    """Raise NoticeTooShort where an assembly was not called `days` calendar days before (S3, S7)."""
    if data.notified_on is not None and data.notified_on > data.held_on:
        raise NoticeTooShort(_("通知日期比开会日期还晚，请核对。"))
    if not days:
        return
    if data.notified_on is None:
        raise NoticeTooShort(_("这种会议要提前%(days)s天通知，请填写哪一天发的开会通知。") % {"days": days})
    given = (data.held_on - data.notified_on).days
    if given < days:
        raise NoticeTooShort(
            _(
                "这种会议要提前%(days)s天通知，%(on)s通知、%(held)s开会只隔了%(given)s天。"
                "请核对日期；确实没有提前够，要重新通知、重新开会。"
            )
            % {
                "days": days,
                "on": data.notified_on.isoformat(),
                "held": data.held_on.isoformat(),
                "given": given,
            }
        )


def check_remote(data: "MeetingData", *, online: bool, proxy: bool) -> None:
    """Raise CountsDoNotAddUp for people online or by proxy where the rule has none, or more than came.

    Source: S7.
    """
    for count, allowed, words in (
        (data.online_count, online, _("线上参加")),
        (data.proxy_count, proxy, _("委托同户的人参加")),
    ):
        if type(count) is not int or count < 0:
            raise CountsDoNotAddUp(_("人数和票数要填0或更大的整数。"))
        if count and not allowed:
            raise CountsDoNotAddUp(
                _("按现在的规定，这次会议不能%(how)s，他们不算到会。请只填到场的人。") % {"how": words}
            )
    if data.online_count + data.proxy_count > data.present_count:
        raise CountsDoNotAddUp(_("线上参加和同户委托的人算在实到里面，加起来不能比实到还多，请核对。"))


def check_merged(data: "MeetingData", *, allowed: bool, single: bool) -> None:
    """Raise OutOfOrder where the first two meetings were held as one and may not be (S5)."""
    if not data.merged:
        return
    if data.step != MeetingStep.PROPOSAL or single:
        raise OutOfOrder(_("只有支部提议和两委商议可以合并开，请核对。"))
    if not allowed:
        raise OutOfOrder(_("本县没有确认支部提议和两委商议可以合并开，请分两次记。"))
