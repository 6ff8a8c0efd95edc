"""Notices that the acts of a flow make for households: refused, reduced, sent back, off the register."""

from django.utils.translation import gettext as _

from workflows.engine.acting import Acting, Row
from workflows.engine.definitions import MEETING_KINDS, Verdict
from workflows.engine.models import CaseState
from workflows.notices import services as notices
from workflows.notices.models import HouseholdNotice, NoticeKind

from . import matters


def give_notices(acting: Acting) -> None:
    """Make a notice for each household that is refused, reduced or sent back to filing.

    A notice of an earlier amount that nobody was served yet no longer tells the truth and is voided; the new
    one tells of both, so that the household learns of every cut.
    """
    refused = [row for row in acting.rows if not row.barred and row.verdict == Verdict.REFUSE]
    returned = [row for row in acting.rows if not row.barred and _to_filing(acting, row)]
    changed = [row for row in acting.agreed if row.amount_fen != row.case.amount_fen]
    told_of = notices.void([row.case for row in [*refused, *changed]]) if refused or changed else {}
    for row in refused:
        tell(row, NoticeKind.REFUSED, earlier=told_of.get(row.case.pk))
    for row in returned:
        tell(row, NoticeKind.RETURNED)
    for row in changed:
        earlier = told_of.get(row.case.pk)
        if row.amount_fen < (earlier.before_fen if earlier else row.case.amount_fen):
            tell(row, NoticeKind.REDUCED, earlier=earlier)


def give_exit_notices(acting: Acting) -> None:
    """Make a notice for each household that leaves the register by this act, whatever it said of it."""
    for row in acting.agreed:
        tell(row, NoticeKind.EXITED, reason=_("核查符合退出条件，经评议、公示和审批，退出帮扶名单"))


def void_notices(acting: Acting) -> None:
    """Void the unserved notices of the act that is taken back; a refusal that was served stands."""
    if acting.undoes:
        refused = [row.case for row in acting.rows if row.case.state != CaseState.ACTIVE]
        acting.need(
            not notices.served(refused, since=acting.undoes.at),
            _("有的户已经收到不予批准的告知书，这一步不能撤回了。要改请让这户提出异议，查清后更正。"),
        )
        notices.void([row.case for row in acting.rows], since=acting.undoes.at)


def tell(
    row: Row, kind: NoticeKind, *, reason: str = "", earlier: HouseholdNotice | None = None
) -> HouseholdNotice:
    """Make one notice: what was decided of `row`, why, on which basis, how to object."""
    basis = matters.of(row.case).basis(row.case)
    return notices.make(
        case=row.case,
        kind=kind,
        reason="；".join(filter(None, [earlier.reason if earlier else "", reason or row.reason])),
        basis=basis.label,
        basis_url=basis.url,
        remedy=basis.remedy,
        before_fen=earlier.before_fen if earlier else row.case.amount_fen,
        after_fen=0 if kind == NoticeKind.REFUSED else row.amount_fen,
    )


def _to_filing(acting: Acting, row: Row) -> bool:
    """Tell whether the row goes back to where it was filed: the household has something to bring.

    Where offices hand a row back among themselves, or a meeting's list is changed by the village that made
    it, there is nothing to tell the household.
    """
    if row.verdict != Verdict.RETURN or acting.step.kind in MEETING_KINDS:
        return False
    return (row.to_step or acting.step.returns_to[-1]) == acting.flow.steps[0].key
