"""Making notices of refusal and reduction, and recording that they were served."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.ledger import written
from portal.ledger.services import Draft, append, on_day
from portal.people.models import Role, User
from portal.people.scope import scope_of
from workflows.engine.models import Case

from . import events
from .models import HouseholdNotice, NoticeKind, ServiceMethod

SERVING_ROLES = [
    Role.VILLAGE_CLERK,
    Role.HELPER,
    Role.RESIDENT_TEAM,
    Role.GRID_WORKER,
    Role.TOWNSHIP_REVIEWER,
]


class ServiceRefused(Exception):
    """A service that could not be recorded; `str()` says what to correct."""


def make(
    *,
    case: Case,
    kind: NoticeKind,
    reason: str,
    basis: str,
    basis_url: str,
    remedy: str,
    before_fen: int,
    after_fen: int,
) -> HouseholdNotice:
    """Write a notice inside the transaction of the act that refused or reduced; the act's event covers it."""
    return HouseholdNotice.objects.create(
        case=case,
        kind=kind,
        reason=reason,
        basis=basis,
        basis_url=basis_url,
        remedy=remedy,
        before_fen=before_fen,
        after_fen=after_fen,
    )


def void(cases: Sequence[Case], *, since: datetime | None = None) -> dict[int, HouseholdNotice]:
    """Void and return, by case id, the notices of `cases` made from `since` that nobody was served yet.

    The act that made them is taken back, or another has taken its place.
    """
    open_notices = HouseholdNotice.objects.filter(case__in=cases, served_on=None, voided_at=None)
    if since:
        open_notices = open_notices.filter(made_at__gte=since)
    voided = {notice.case_id: notice for notice in open_notices}
    if voided:
        open_notices.update(voided_at=clock.now())
        written.note_again(HouseholdNotice, voided.values())
    return voided


def served(cases: Sequence[Case], *, since: datetime) -> bool:
    """Return whether a notice of one of `cases`, made from `since` on, has reached its household."""
    return HouseholdNotice.objects.filter(case__in=cases, made_at__gte=since).exclude(served_on=None).exists()


def serve(
    *, by: User, notice_id: int, served_on: date, how: ServiceMethod, served_to: str
) -> HouseholdNotice:
    """Record that a notice reached the household: on which day, how, and who signed or witnessed.

    Raises ServiceRefused with what to correct; a hidden notice answers like a missing one.
    """
    with transaction.atomic():
        notice = (
            HouseholdNotice.objects.select_for_update(of=("self",))
            .select_related("case__area")
            .filter(pk=notice_id, case__in=Case.objects.visible_to(by))
            .first()
        )
        if notice is None:
            raise ServiceRefused(_("没有找到这份告知书。"))
        office = scope_of(by, fresh=True).holds(SERVING_ROLES, notice.case.area_path, notice.case.line)
        if office is None:
            raise ServiceRefused(_("送达由村里或乡镇登记，您没有这个职务。"))
        if notice.served_on or notice.voided_at:
            raise ServiceRefused(_("这份告知书已经登记过，不用再登记。"))
        if not served_to.strip():
            raise ServiceRefused(_("请写谁签收的，或者谁在场见证。"))
        if not clock.day_of(notice.made_at) <= served_on <= clock.today():
            raise ServiceRefused(_("送达日期要在告知书作出之后、今天之前，请核对。"))
        notice.served_on, notice.served_how, notice.served_to = served_on, how, served_to.strip()
        notice.served_by, notice.recorded_at = by, clock.now()
        notice.save()
        append(
            Draft(
                events.NOTICE_SERVED,
                "case",
                notice.case.number,
                actor=by,
                office=office,
                area_code=notice.case.area.code,
                line=notice.case.line,
                claimed_at=on_day(served_on),
                body={
                    "notice": notice.pk,
                    "kind": notice.kind,
                    "how": str(how),
                    "served_on": served_on.isoformat(),
                },
                sealed={"served_to": notice.served_to},
            )
        )
    return notice
