"""Rules of temporary aid: the township's reserve under its lock, aid first, tiers by amount (BZ-23)."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Case, F, Q, Sum, When
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area
from portal.clock.workdays import add_working_days
from portal.configuration.services import value
from portal.ledger import written
from workflows.engine.acting import Acting, Row
from workflows.engine.definitions import Verdict
from workflows.engine.models import CaseState
from workflows.programmes.answers import yuan

from . import keys
from .models import Aid, Reserve

TOWNSHIP_PATH = Area.steplen * 3


def aids(acting: Acting) -> dict[int, Aid]:
    """Return the aid of each row by its case's id; asked for once in an act."""
    if "aids" not in acting.kept:
        found = Aid.objects.filter(case__in=[row.case.pk for row in acting.rows]).select_related("household")
        acting.kept["aids"] = {aid.case_id: aid for aid in found}
    kept: dict[int, Aid] = acting.kept["aids"]
    return kept


def committed_fen(reserve: Reserve) -> int:
    """Return what of `reserve` is spent or promised, in fen: what was handed over is, whatever followed."""
    return committed_of([reserve.pk]).get(reserve.pk, 0)


def committed_of(reserves: Iterable[int]) -> dict[int, int]:
    """Return what of each of `reserves` (their keys) is spent or promised, in fen; none where nothing is.

    One query for all. Whoever gives money away asks again under the reserve's lock.
    """
    handed = Coalesce(F("advanced_fen"), 0)
    promised = Greatest(Coalesce(F("approved_fen"), 0), handed)
    stands = When(case__state__in=[CaseState.ACTIVE, CaseState.DONE], then=promised)
    found = Aid.objects.filter(reserve__in=reserves).order_by().values_list("reserve")
    return {key: int(fen) for key, fen in found.annotate(fen=Sum(Case(stands, default=handed)))}


def reserve_of(path: str, *, lock: bool) -> Reserve | None:
    """Return this year's reserve of the township over the area at `path`, locked where `lock`."""
    found = Reserve.objects.select_for_update() if lock else Reserve.objects
    return found.filter(area_path=path[:TOWNSHIP_PATH], year=clock.today().year).first()


def _take(acting: Acting, row: Row, fen: int, left: dict[int, int]) -> None:
    """Take `fen` for `row` out of the locked reserve, or bar the row."""
    aid = aids(acting)[row.case.pk]
    reserve = _locked_reserve(acting, aid)
    if reserve is None:
        row.barred = _("今年还没有下达这个乡镇的临时救助备用金，请县里先确定")
        return
    if reserve.pk not in left:  # once for all rows: what they take of it is counted here
        left[reserve.pk] = reserve.total_fen - committed_fen(reserve)
    own = max(aid.approved_fen or 0, aid.advanced_fen or 0) if aid.reserve_id == reserve.pk else 0
    if fen - own > left[reserve.pk]:
        row.barred = _("备用金只剩 %(left)s 元，不够这户的 %(need)s 元") % {
            "left": yuan(left[reserve.pk]),
            "need": yuan(fen - own),
        }
        return
    left[reserve.pk] -= fen - own
    aid.reserve = reserve


def _locked_reserve(acting: Acting, aid: Aid) -> Reserve | None:
    """Return the reserve that `aid` drew on, else this year's of the township; locked, once an act."""
    kept: dict[int | None, Reserve | None] = acting.kept.setdefault("reserves", {})
    if aid.reserve_id not in kept:
        mine = Reserve.objects.select_for_update().filter(pk=aid.reserve_id).first()
        kept[aid.reserve_id] = mine or reserve_of(acting.batch.area_path, lock=True)
    return kept[aid.reserve_id]


def advanced(acting: Acting) -> None:
    """Bar second advances, and those above the ceiling, what was asked, or the reserve (BZ-23)."""
    left: dict[int, int] = {}
    ceiling = int(value(keys.AID_ADVANCE, acting.batch.area_path))
    for row in acting.agreed:
        fen, on = row.changes["advanced_fen"], row.changes["advanced_on"]
        before = aids(acting)[row.case.pk].advanced_fen
        if before is not None:
            row.barred = _("已经先行发过 %(yuan)s 元，不能再发一次；请退回重报，会直接进入核查") % {
                "yuan": yuan(before)
            }
        elif type(fen) is not int or fen <= 0:
            row.barred = _("先行救助的金额要大于 0；不先行救助请选“暂缓”")
        elif fen > ceiling:
            row.barred = _("先行救助一次最多 %(yuan)s 元，其余的等审批后再发") % {"yuan": yuan(ceiling)}
        elif fen > row.case.requested_fen:
            row.barred = _("先行救助不能比申请的 %(yuan)s 元多") % {"yuan": yuan(row.case.requested_fen)}
        elif not isinstance(on, date) or not row.case.may_have_been_on(on):
            row.barred = _("先行救助日期要在申请之后、今天之前")
        else:
            _take(acting, row, fen, left)


def keep_advanced(acting: Acting) -> None:
    """Keep what was handed over, and by when the approval is to follow."""
    touched = []
    days = int(value(keys.AID_AFTER_DAYS, acting.batch.area_path))
    for row in acting.agreed:
        aid = aids(acting)[row.case.pk]
        aid.advanced_fen, aid.advanced_on = row.changes["advanced_fen"], row.changes["advanced_on"]
        aid.received_how = row.changes["received_how"].strip()
        aid.limit_on = add_working_days(aid.advanced_on, days)
        touched.append(aid)
    _save(touched, "advanced_fen", "advanced_on", "received_how", "limit_on", "reserve")


def checked(acting: Acting) -> None:
    """Take the checked amount: never above what was asked nor below what was handed over already."""
    for row in acting.agreed:
        aid, fen = aids(acting)[row.case.pk], row.changes["amount_fen"]
        if type(fen) is not int or fen <= 0:
            row.barred = _("核定金额要大于 0；不给请选“不同意”")
        elif fen > aid.requested_fen:
            row.barred = _("核定金额不能比申请的 %(yuan)s 元多") % {"yuan": yuan(aid.requested_fen)}
        elif fen < (aid.advanced_fen or 0):
            row.barred = _("已经先行发了 %(yuan)s 元，核定不能比它少") % {"yuan": yuan(aid.advanced_fen or 0)}
        elif fen < aid.requested_fen and not row.reason:
            row.barred = _("核定少了，要写明为什么少")
        else:
            row.amount_fen = fen


def keep_checked(acting: Acting) -> None:
    """Keep the checked amounts."""
    for row in acting.agreed:
        aids(acting)[row.case.pk].checked_fen = row.amount_fen
    _save([aids(acting)[row.case.pk] for row in acting.agreed], "checked_fen")


def forget_checked(acting: Acting) -> None:
    """Forget the checked amounts: the check is taken back."""
    for aid in aids(acting).values():
        aid.checked_fen = None
    _save(list(aids(acting).values()), "checked_fen")


def met(acting: Acting) -> None:
    """Bar rows whose meeting is of a day that cannot be (一事一议, XY-32)."""
    for row in acting.agreed:
        if not isinstance(row.changes["met_on"], date) or row.changes["met_on"] > clock.today():
            row.barred = _("会议日期要填今天或以前的一天")


def keep_meeting(acting: Acting) -> None:
    """Keep which meeting decided on the case, and what it found."""
    for row in acting.agreed:
        said = f"{row.changes['met_on'].isoformat()} {row.changes['resolution'].strip()}"
        aids(acting)[row.case.pk].meeting = said[:120]
    _save([aids(acting)[row.case.pk] for row in acting.agreed], "meeting")


def approve_within_reserve(acting: Acting) -> None:
    """Bar agreed rows that the township's reserve no longer covers, in the batch's order, under its lock."""
    left: dict[int, int] = {}
    for row in acting.agreed:
        _take(acting, row, row.amount_fen, left)


def keep_approved(acting: Acting) -> None:
    """Keep the approved amounts and the reserve that they are committed to."""
    for row in acting.agreed:
        aids(acting)[row.case.pk].approved_fen = row.amount_fen
    _save([aids(acting)[row.case.pk] for row in acting.agreed], "approved_fen", "reserve")


def forget_approved(acting: Acting) -> None:
    """Free the reserve of rows whose approval is taken back or returned; what was handed over stays taken."""
    freed = []
    for row in acting.rows:
        if row.moves and row.verdict == Verdict.RETURN:
            aid = aids(acting)[row.case.pk]
            aid.approved_fen = None
            if not aid.advanced_fen:
                aid.reserve = None
            freed.append(aid)
    _save(freed, "approved_fen", "reserve")


def payable(acting: Acting) -> None:
    """Bar rows whose card is not the household's or whose day cannot be; what is left is paid (XC-33)."""
    left = acting.kept.setdefault("to_pay", {})
    for row in acting.agreed:
        aid = aids(acting)[row.case.pk]
        last4, paid_on = str(row.changes["card_last4"]), row.changes["paid_on"]
        known = aid.household.card_last4
        if aid.approved_fen is None:
            row.barred = _("还没有批准，不能拨付")
        elif len(last4) != 4 or not (last4.isascii() and last4.isdigit()):
            row.barred = _("一卡通后四位要填 4 个数字")
        elif known and last4 != known:
            row.barred = _("卡号后四位和户档里的不一致，请先核对户档")
        elif not isinstance(paid_on, date) or not row.case.may_have_been_on(paid_on):
            row.barred = _("拨付日期要在申请之后、今天之前")
        else:
            row.sealed["card_last4"] = last4
            left[row.case.pk] = aid.approved_fen - (aid.advanced_fen or 0)


def wants_aid_first(row: object) -> bool:
    """Whether the household gets aid before the procedure and has not got it yet: money goes out once."""
    waits = Aid.objects.filter(aid_first=True, advanced_fen=None)
    return waits.filter(Q(case=row.case)).exists()  # type: ignore[attr-defined]


def wants_meeting(row: object) -> bool:
    """Whether a meeting decides on the amount case by case (一事一议); 0 in the setting for never."""
    start = int(value(keys.AID_MEETING_FROM, row.case.area_path))  # type: ignore[attr-defined]
    return bool(start) and row.amount_fen >= start  # type: ignore[attr-defined]


def wants_county(row: object) -> bool:
    """Whether the amount is one that the county decides on; 0 in the setting for never."""
    start = int(value(keys.AID_COUNTY_FROM, row.case.area_path))  # type: ignore[attr-defined]
    return bool(start) and row.amount_fen >= start  # type: ignore[attr-defined]


def wants_payment(row: object) -> bool:
    """Whether something is left to pay after what was handed over first."""
    aid = Aid.objects.get(case=row.case)  # type: ignore[attr-defined]
    return row.amount_fen > (aid.advanced_fen or 0)  # type: ignore[attr-defined]


def _save(touched: list[Aid], *columns: str) -> None:
    if touched:
        Aid.objects.bulk_update(touched, columns)
        written.note(*touched)
