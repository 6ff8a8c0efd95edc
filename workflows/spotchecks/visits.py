"""Visits of a spot check: what was seen, what the household says it received; a difference opens a ticket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.files.access import Owner
from portal.files.services import Prepared, keep
from portal.ledger.services import append
from portal.people import recusal
from portal.people.models import Role, User
from workflows.rectification.models import Source
from workflows.rectification.services import open_ticket

from . import events, services
from .errors import BadCheck, NoSuchCheck, SpotCheckError
from .frames import handed_over
from .models import CheckState, DrawnCase, HomeVisit, Met, SignedHow, SpotCheck, Told

FILE_KIND = "spotvisit"
MOST_FILES = 9
LONGEST = 1000
Photos = Sequence[tuple[str, Prepared]]


@dataclass(frozen=True)
class Said:
    """What the visitors wrote down. `received_fen` is the household's own figure, None where it gave none."""

    visited_on: date
    first_visitor: str
    second_visitor: str
    met: str
    seen: str
    met_name: str = ""
    told: str = ""
    received_fen: int | None = None
    on_time: bool | None = None
    finding: str = ""
    signed_how: str = ""
    owner_role: str = Role.TOWNSHIP_HEAD
    sent_key: str = ""


def record_visit(*, by: User, check_id: int, position: int, said: Said, photos: Photos = ()) -> HomeVisit:
    """Record a visit to the drawn case at `position`; whatever does not agree opens a ticket at once.

    The ticket goes to the office `said.owner_role` over the village, with the recorder as its opener. The
    same sending (`sent_key`) is kept once. Raises BadCheck, NoSuchCheck, SpotCheckError (a relative of the
    household, or the wrong state), and rectification's errors where nobody can own the ticket.
    """
    with transaction.atomic():
        check, office = services.locked(by, check_id, CheckState.DRAWN)
        if again := HomeVisit.objects.filter(recorded_by=by, sent_key=said.sent_key).first():
            return again
        drawn = (
            check.drawn.select_related("case__area", "case__payment", "case__aid")
            .filter(position=position)
            .first()
        )
        if drawn is None:
            raise NoSuchCheck(_("没有抽中这一户，请回到抽查再看。"))
        if again := _told_already(drawn, by, said):
            return again
        case = drawn.case
        if why := recusal.reasons(by, [case.subject]):
            raise SpotCheckError(_("您要回避：%(why)s。这一户请别人去。") % {"why": "；".join(why.values())})
        wrong = _wrong(check, said, photos)
        if wrong:
            raise BadCheck(wrong)
        met = said.met != Met.NOBODY
        paid_fen = paid_by(drawn, said.visited_on)
        unsure = said.told == Told.UNSURE
        # A figure counts whatever is said of it; who is unsure and names none confirms nothing.
        # 没收到 is what a household that waits for its money says, and is no difference while none was paid.
        differs = met and (said.received_fen or 0) != paid_fen and not (unsure and said.received_fen is None)
        right = not differs and not unsure and said.on_time is not False
        agrees = met and right and not said.finding.strip()
        visit = HomeVisit(
            drawn=drawn,
            visited_on=said.visited_on,
            first_visitor=said.first_visitor.strip(),
            second_visitor=said.second_visitor.strip(),
            met=said.met,
            met_name=said.met_name.strip(),
            told=said.told if met else "",
            received_fen=said.received_fen if met else None,
            on_time=said.on_time if met else None,
            seen=said.seen.strip(),
            finding=said.finding.strip(),
            signed_how=said.signed_how if met else "",
            agrees=agrees,
            sent_key=said.sent_key,
            recorded_by=by,
            recorded_at=clock.now(),
        )
        if differs or said.finding.strip() or (met and said.on_time is False):
            visit.ticket = open_ticket(
                by=by,
                source=Source.SPOT_CHECK,
                area=case.area,
                line=case.line,
                owner_role=said.owner_role,
                title=_("抽查：%(village)s有一户和账上对不上") % {"village": case.area.name}
                if differs
                else _("抽查：%(village)s有一户查出问题") % {"village": case.area.name},
                text=_text(visit, differs, paid_fen),
                wanted=_(
                    "查清这笔钱到没到这一户手里、什么时候到的、差在哪里，该补的补，把凭证和本人签字报上来。"
                ),
                reference=f"spotcheck:{check.number}/{position}",
                subject=case.subject,
            )
        visit.save()
        kept = [
            keep(
                prepared,
                name=name,
                reference=f"{FILE_KIND}:{visit.pk}",
                by=by,
                office=office,
                area_code=case.area.code,
                line=case.line,
            )
            for name, prepared in photos
        ]
        body = {
            "position": position,
            "key": drawn.key,
            "visited_on": said.visited_on.isoformat(),
            "met": str(said.met),
            "told": str(visit.told),
            "agrees": agrees,
            "signed_how": str(visit.signed_how),
            "ticket": visit.ticket.number if visit.ticket else "",
            "files": [file.sha256 for file, _draft in kept],
        }
        sealed = {
            "seen": said.seen.strip(),
            "finding": said.finding.strip(),
            "met_name": said.met_name.strip(),
        }
        if visit.received_fen is not None:
            sealed["received_fen"] = str(visit.received_fen)
        event = services.draft(events.VISITED, check, by, office, body, case.area, **sealed)
        append(*(draft for _file, draft in kept), event)
    return visit


def _told_already(drawn: DrawnCase, by: User, said: Said) -> HomeVisit | None:
    """Return a visit of that day which says word for word the same: the form came back with another key."""
    asked = said.met != Met.NOBODY
    same = drawn.visits.filter(
        recorded_by=by,
        visited_on=said.visited_on,
        met=said.met,
        told=said.told if asked else "",
        received_fen=said.received_fen if asked else None,
        on_time=said.on_time if asked else None,
        first_visitor=said.first_visitor.strip(),
        second_visitor=said.second_visitor.strip(),
    )
    words = (said.met_name.strip(), said.seen.strip(), said.finding.strip())
    found: list[HomeVisit] = list(same.order_by("pk"))
    return next((one for one in found if (one.met_name, one.seen, one.finding) == words), None)


def paid_by(drawn: DrawnCase, day: date) -> int:
    """Return the fen that stand in the books up to `day`: of a case not paid at the draw, what came since."""
    return handed_over(drawn.case, day) or drawn.paid_fen


def may_open_file(user: User, visit_id: str) -> bool:
    """Return whether `user` may open a photo of a visit: whoever may see the check."""
    if not visit_id.isdecimal():
        return False
    seen = SpotCheck.objects.visible_to(user)
    return HomeVisit.objects.filter(pk=int(visit_id), drawn__spot_check__in=seen).exists()


def file_owner(visit_id: str) -> Owner:
    """Return the spot check that a photo of a visit belongs to, at the village visited."""
    visit = HomeVisit.objects.select_related("drawn__spot_check", "drawn__case__area").get(pk=int(visit_id))
    number, case = visit.drawn.spot_check.number, visit.drawn.case
    return Owner("spotcheck", number, _("抽查 %(number)s") % {"number": number}, case.area, case.line)


def _wrong(check: SpotCheck, said: Said, photos: Photos) -> dict[str, str]:
    wrong: dict[str, str] = {}
    names = [said.first_visitor.strip(), said.second_visitor.strip()]
    if not all(names) or names[0] == names[1] or max(map(len, names)) > 40:
        wrong["visitors"] = _("入户要两个人一起去，请写两个不同的人。")
    drawn_on = clock.today() if check.drawn_at is None else _day(check)
    if not drawn_on <= said.visited_on <= clock.today():
        wrong["visited_on"] = _("入户日期要在抽样之后、今天之前，请核对。")
    if said.met not in Met.values:
        wrong["met"] = _("请选见到谁。")
    if not 2 <= len(said.seen.strip()) <= LONGEST or len(said.finding.strip()) > LONGEST:
        wrong["seen"] = _("请写看到的情况（最多1000字）。")
    if not said.sent_key or len(said.sent_key) > 40:
        wrong["sent_key"] = _("这张表不全，请刷新以后再填。")
    if len(photos) > MOST_FILES:
        wrong["photos"] = _("照片最多9张，请挑要紧的。")
    if said.met == Met.NOBODY and not photos:
        wrong["photos"] = _("没有见到人的，也要拍一张门口的照片，证明去过。")
    if said.met in (Met.HEAD, Met.FAMILY):
        wrong |= _wrong_talk(said, photos)
    return wrong


def _wrong_talk(said: Said, photos: Photos) -> dict[str, str]:
    """Return what is wrong with what a person who was met is said to have said."""
    wrong: dict[str, str] = {}
    if len(said.met_name.strip()) < 2 or len(said.met_name.strip()) > 30:
        wrong["met_name"] = _("请写见到的人的姓名。")
    if said.told not in Told.values:
        wrong["told"] = _("请问清收到没有。")
    elif said.told in (Told.FULL, Told.OTHER) and not said.received_fen:
        wrong["received"] = _("请写本人说收到多少元。")
    elif said.told == Told.NOTHING and said.received_fen:
        wrong["received"] = _("说没有收到的，数目要空着。")
    if said.signed_how not in SignedHow.values:
        wrong["signed_how"] = _("请选本人是签字、按手印还是不愿意签。")
    elif said.signed_how != SignedHow.REFUSED and not photos:
        wrong["photos"] = _("请拍下签字或手印，至少一张照片。")
    return wrong


def _day(check: SpotCheck) -> date:
    assert check.drawn_at is not None
    return clock.day_of(check.drawn_at)


def _text(visit: HomeVisit, differs: bool, paid_fen: int) -> str:
    parts = []
    if differs:
        said = visit.received_fen or 0
        parts.append(
            _("账上拨付 %(paid)s 元，本人说收到 %(said)s 元。")
            % {"paid": f"{paid_fen / 100:.2f}", "said": f"{said / 100:.2f}"}
        )
    if visit.on_time is False:
        parts.append(_("本人说没有按时收到。"))
    if visit.finding:
        parts.append(str(visit.finding))
    parts.append(_("%(day)s入户。") % {"day": visit.visited_on.isoformat()})
    return "".join(parts)[:LONGEST]
