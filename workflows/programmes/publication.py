"""What a batch publishes, whatever it is about: the village's resolution, the reviewed list, the result."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from disclosure.deliberations import services as deliberations
from disclosure.deliberations.agenda import Agenda, AgendaRow, prefill
from disclosure.deliberations.errors import DeliberationError
from disclosure.deliberations.models import Deliberation, DeliberationKind, DeliberationState
from disclosure.masking.services import NotForThePublic
from disclosure.publicity import services as publicity
from disclosure.publicity.errors import PublicityError
from disclosure.publicity.models import ListKind, PublicList
from portal import clock
from portal.ledger.canonical import canonical
from workflows.engine.acting import Acting, Row
from workflows.engine.errors import BadAct
from workflows.engine.models import Batch

from . import matters
from .matters import SUBJECT as SUBJECT


@contextmanager
def told_plainly() -> Iterator[None]:
    """Let what the disclosure rooms refuse reach the official as the engine's refusal."""
    try:
        yield
    except (DeliberationError, PublicityError, NotForThePublic) as error:
        raise BadAct(str(error)) from error


def reference(batch: Batch) -> str:
    """Return the opaque key by which deliberations and lists name a batch."""
    return f"batch:{batch.number}"


def digest_of(rows: list[Row]) -> str:
    """Return the digest of the list that a village votes on: its cases, rounds and amounts, in order.

    The round stands in it so that a list that was returned is deliberated again, even where it comes back
    as it was.
    """
    said = [[row.case.number, row.case.round, row.case.amount_fen] for row in rows]
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def agenda_of(batch: Batch, rows: list[Row]) -> Agenda:
    """Return what the meetings on `rows` of `batch` are about, with the digest of the list as it stands."""
    matter = matters.of(batch)
    return Agenda(
        reference=reference(batch),
        matter=batch.title,
        area=batch.area,
        line=batch.line,
        list_digest=digest_of(rows),
        rows=[
            AgendaRow(draft.name, draft.group, draft.item, draft.amount_fen)
            for draft in matter.drafts(rows, ListKind.RESOLUTION, "")
        ],
        with_money=matter.pays,
    )


def whole_list(acting: Acting) -> None:
    """A village votes on the whole list: no row is left out at the meetings."""
    if not acting.agreed:
        return  # rows are sent back to filing, no meeting is recorded
    acting.need(
        all(row.agreed for row in acting.rows),
        _("%(step)s要对整批表决。要去掉哪一户，请先退回申报环节撤下。") % {"step": acting.step.name},
    )
    acting.need(acting.payload, _("请填写这次会议的日期、应到、实到和票数。"))


def record_meeting(acting: Acting) -> None:
    """Record one of the four meetings; the fourth that passes publishes the resolution and ends the step.

    A meeting that fails stays here: the village may deliberate again or take rows out (domain.md 2).
    """
    deliberation = _meet(acting)
    if deliberation is None:
        return
    with told_plainly():
        published = _publish(acting, ListKind.RESOLUTION, _("村决议公开"), deliberation, note=_("村里议定"))
    acting.notes["list"] = published.number


def record_appraisal(acting: Acting) -> None:
    """Record one of the four meetings of an appraisal (民主评议); the fourth that passes ends the step.

    Nothing is published of it: what is appraised has one publicity only, a later one (domain.md 3, S18).
    """
    _meet(acting)


def record_one_appraisal(acting: Acting) -> None:
    """Record the one meeting of an appraisal (民主评议) on the list as it stands; passed, it ends the step.

    Nothing is published of it, as of one by four meetings. WZ-06, S17, S21, S22.
    """
    _meet(acting, DeliberationKind.APPRAISAL)


def _meet(acting: Acting, kind: str = DeliberationKind.FOUR) -> Deliberation | None:
    """Record a meeting and return the deliberation where it passed by it; else the batch stays."""
    if not acting.agreed:
        return None
    try:
        drawn = prefill(agenda_of(acting.batch, acting.rows), str(acting.payload.get("step", "")))
        data = deliberations.MeetingData(**{**acting.payload, "prefilled": drawn})
    except (TypeError, ValueError) as error:
        raise BadAct(_("会议记录填得不全，请填写会议、日期、应到、实到和赞成票数。")) from error
    with told_plainly():
        deliberation = _deliberation(acting, kind)
        meeting = deliberations.record_meeting(
            by=acting.official, office=acting.seat, deliberation_id=deliberation.pk, data=data
        )
    deliberation.refresh_from_db()
    acting.notes |= {
        "deliberation": deliberation.number,
        "meeting": str(meeting.step),
        "passed": meeting.passed,
    }
    if deliberation.state != DeliberationState.PASSED:
        acting.stays = meeting.explanation
        return None
    return deliberation


def _deliberation(acting: Acting, kind: str) -> Deliberation:
    """Return the open deliberation of `kind` on the batch as it stands, opening one where there is none."""
    batch, digest = acting.batch, digest_of(acting.rows)
    found = deliberations.current(reference(batch))
    if found and found.state == DeliberationState.OPEN and (found.list_digest, found.kind) == (digest, kind):
        return found
    return deliberations.open_deliberation(
        by=acting.official,
        office=acting.seat,
        reference=reference(batch),
        kind=kind,
        matter=batch.title,
        area=batch.area,
        line=batch.line,
        list_digest=digest,
        item_count=len(acting.rows),
        amount_fen=sum(row.case.amount_fen for row in acting.rows),
        handed_in_on=clock.day_of(batch.entered_at),
    )


def publish_list(acting: Acting) -> None:
    """Publish the reviewed list; the batch then waits for its clock (HY-34)."""
    if not acting.agreed:
        return  # rows are sent back, nothing is published
    with told_plainly():
        deliberation = _passed_deliberation(acting.batch)
        published = _publish(acting, ListKind.APPLICATION, _("名单公示"), deliberation, note=_("乡里核定"))
    acting.notes["list"] = published.number
    acting.stays = _("正在公示")
    acting.waits = published.number


def publish_result(acting: Acting) -> None:
    """Publish project, money and effect of each row: the second publication (HY-38)."""
    with told_plainly():
        published = _publish(
            acting, ListKind.RESULT, _("结果公开"), _passed_deliberation(acting.batch), note=""
        )
    acting.notes["list"] = published.number


def announce(acting: Acting) -> None:
    """Announce what was decided of each row (公告): a final result, whose clock moves nothing."""
    if not acting.agreed:
        return
    with told_plainly():
        published = _publish(acting, ListKind.ANNOUNCEMENT, _("公告"), None, note="")
    acting.notes["list"] = published.number


def _passed_deliberation(batch: Batch) -> Deliberation | None:
    """Return the deliberation that passed on this batch, or else on what it fell out of, as it was then."""
    until = clock.now()
    found, member = None, batch
    while found is None:
        passed = Deliberation.objects.filter(reference=reference(member), state=DeliberationState.PASSED)
        found = passed.filter(opened_at__lte=until).order_by("-round").first()
        if member.parent is None:
            break
        until, member = member.opened_at, member.parent
    return found


def _publish(
    acting: Acting, kind: ListKind, word: str, deliberation: Deliberation | None, *, note: str
) -> PublicList:
    batch = acting.batch
    matter = matters.of(batch)
    return publicity.publish(
        by=acting.official,
        office=acting.seat,
        kind=kind,
        area=batch.area,
        line=batch.line,
        title=matter.title(batch, word),
        rows=matter.drafts(acting.agreed, kind, note),
        reference=reference(batch),
        scheme=batch.scheme,
        deliberation=deliberation,
        show_names=matter.names(batch),
        with_money=matter.pays,
        days=matter.days(batch, kind),
        content=matter.content(acting.agreed, kind),
    )


def list_rows(rows: list[Row]) -> list[publicity.RowDraft]:
    """Return the rows of the reviewed list as it would be published, for the official who is about to."""
    return matters.of(rows[0].case).drafts(rows, ListKind.APPLICATION, _("乡里核定"))
