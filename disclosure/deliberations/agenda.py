"""What a meeting is about, drawn up from the list itself: the minutes that come prefilled, and their sheet.

The clerk hears, counts and photographs; what the portal knows already nobody types again. The list's digest
stands in the minutes, so that what was voted on can be told from any other list.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area
from portal.ledger.models import Event
from portal.ledger.services import Draft, append
from portal.people.models import Office, User
from portal.printing.proofs import proof
from portal.printing.sheets import render

from .errors import NoSuchDeliberation
from .events import MINUTES_PRINTED
from .models import Meeting, MeetingStep
from .offices import covers, require_own
from .services import convener_of

BLANK_SIGNATURES = 30


@dataclass(frozen=True)
class AgendaRow:
    """One line of the list as the meeting hears it: whole names, for the file and not for the public. Fen."""

    name: str
    group: str
    item: str
    amount_fen: int


@dataclass(frozen=True)
class Agenda:
    """The matter of a deliberation: its list and the digest by which it is known. `unit` counts its rows.

    Of a list that is past only `counted` is told: how many rows, and their sum in fen.
    """

    reference: str
    matter: str
    area: Area
    line: str
    list_digest: str
    rows: Sequence[AgendaRow]
    with_money: bool = True
    unit: str = "户"
    counted: tuple[int, int] | None = None
    assets: str = ""

    @property
    def count(self) -> int:
        """Return how many rows there are."""
        return self.counted[0] if self.counted else len(self.rows)

    @property
    def total_fen(self) -> int:
        """Return the sum of all rows in fen."""
        return self.counted[1] if self.counted else sum(row.amount_fen for row in self.rows)


_ITEMS = {
    MeetingStep.PROPOSAL: "党支部提出这件事，说明理由，听取意见",
    MeetingStep.CONSULTATION: "村两委商议：名单和数额是不是合适",
    MeetingStep.DELIBERATION: "党员审议：逐条看名单，提意见",
    MeetingStep.RESOLUTION: "表决：同意不同意这份名单",
    MeetingStep.APPRAISAL: "民主评议：逐条评名单，提意见",
}


def prefill(agenda: Agenda, step: str) -> str:
    """Return the minutes of the meeting `step` as far as known before it: the same for the same list."""
    lines = [
        _("议题：%(matter)s") % {"matter": agenda.matter},
        _("名单：%(count)s%(unit)s") % {"count": agenda.count, "unit": agenda.unit} + _total(agenda),
        _("名单指纹：%(digest)s") % {"digest": agenda.list_digest},
        _("议程："),
        "1. " + _(_ITEMS[MeetingStep(step)]),
        "2. " + _("逐条念名单，有亲属关系的人先回避"),
        "3. " + _("举手或投票，当场点票，念结果"),
        _("名单内容："),
        *(f"{place}. {_line(agenda, row)}" for place, row in enumerate(agenda.rows, 1)),
        _("会上的意见：见签到表和手写记录的照片。"),
    ]
    return "\n".join(lines)


def print_minutes(
    *, by: User, office: Office, agenda: Agenda, step: str, meeting: Meeting | None = None
) -> bytes:
    """Return the minutes' sheet as PDF: with blanks and a sign-in table before the meeting, filled in after.

    The print is recorded in the ledger. Raises NotYourOffice, NoSuchDeliberation outside the office, and what
    `portal.printing` raises.
    """
    require_own(by, office)
    if not covers(office, agenda.area.path, agenda.line):
        raise NoSuchDeliberation(_("没有找到这个村的事项，请核对后再办。"))
    pdf = render("minutes", minutes_data(agenda, step, meeting))
    with transaction.atomic():
        append(
            Draft(
                kind=MINUTES_PRINTED,
                object_type="deliberation",
                object_id=meeting.deliberation.number if meeting else agenda.reference,
                actor=by,
                office=office,
                area_code=agenda.area.code,
                line=agenda.line,
                body={
                    "step": step,
                    "held": meeting is not None,
                    "list_digest": agenda.list_digest,
                    "sha256": hashlib.sha256(pdf).hexdigest(),
                },
            )
        )
    return pdf


def minutes_data(agenda: Agenda, step: str, meeting: Meeting | None) -> dict[str, Any]:
    """Return the data of the template ``minutes``; figures are empty texts before the meeting."""
    held = meeting is not None
    label = str(MeetingStep(step).label)
    if step == MeetingStep.RESOLUTION and agenda.assets:
        label = _("集体成员决议")
    if meeting is not None and meeting.form:
        label = str(meeting.get_form_display())
    return {
        "title": _("%(step)s会议记录 %(reference)s") % {"step": label, "reference": agenda.reference},
        "heading": _heading(label),
        "area": str(agenda.area),
        "matter": agenda.matter,
        "digest": agenda.list_digest,
        "digest_short": agenda.list_digest[:16],
        "count": _("%(count)s%(unit)s") % {"count": agenda.count, "unit": agenda.unit} + _total(agenda),
        "held": held,
        "facts": _facts(agenda, step, meeting),
        "minutes": meeting.minutes if meeting else prefill(agenda, step),
        "outcome": meeting.explanation if meeting else "",
        "blanks": 0 if held else BLANK_SIGNATURES,
        **proof(_latest(meeting)),
        "printed": _("打印：%(at)s") % {"at": timezone.localtime(clock.now()).strftime("%Y-%m-%d %H:%M")},
    }


def _latest(meeting: Meeting | None) -> int | None:
    """Return the number of the ledger's latest event of a meeting that was held; a blank sheet has none."""
    if meeting is None:
        return None
    number = meeting.deliberation.number
    acts = Event.objects.filter(object_type="deliberation", object_id=number).order_by("-sequence")
    return acts.values_list("sequence", flat=True).first()


def _heading(label: str) -> str:
    """Return 党员审议会议记录, or 村民代表会议记录 where the assembly is called one already."""
    if label.endswith(("会", "会议")):
        return _("%(step)s记录") % {"step": label}
    return _("%(step)s会议记录") % {"step": label}


def _facts(agenda: Agenda, step: str, meeting: Meeting | None) -> list[list[str]]:
    """Return label and value of what a record sheet asks for (S8); empty where written by hand."""
    numbers = {
        _("应到"): "due_count",
        _("实到"): "present_count",
        _("其中线上"): "online_count",
        _("其中同户委托"): "proxy_count",
        _("赞成"): "votes_for",
        _("反对"): "votes_against",
        _("弃权"): "votes_abstained",
        _("因亲属关系回避"): "stepped_out",
    }
    return [
        [_("日期"), meeting.held_on.isoformat() if meeting else ""],
        [_("地点"), meeting.place if meeting else ""],
        [_("召集"), meeting.convened_by if meeting else convener_of(step, agenda.assets)],
        [_("乡镇见证人"), meeting.witness if meeting else ""],
        *([label, str(getattr(meeting, name)) if meeting else ""] for label, name in numbers.items()),
    ]


def _total(agenda: Agenda) -> str:
    if not agenda.with_money:
        return ""
    return _("，合计%(yuan)s元") % {"yuan": _yuan(agenda.total_fen)}


def _line(agenda: Agenda, row: AgendaRow) -> str:
    money = _("%(yuan)s元") % {"yuan": _yuan(row.amount_fen)} if agenda.with_money else ""
    return "，".join(part for part in (row.name, row.group, row.item, money) if part)


def _yuan(fen: int) -> str:
    whole, rest = divmod(fen, 100)
    return f"{whole:,}.{rest:02d}" if rest else f"{whole:,}"
