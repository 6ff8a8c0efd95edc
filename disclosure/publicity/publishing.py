"""Publishing a list and correcting one: the only ways in which a public list comes to be."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from disclosure.deliberations.models import Deliberation, DeliberationState
from disclosure.deliberations.offices import covers, require_own
from disclosure.masking.services import Content, kind_of, may_name, refuse_numbers
from portal import clock
from portal.areas.models import Area
from portal.configuration import services as configuration
from portal.ledger import written
from portal.ledger.services import Draft, append
from portal.people.models import Office, Role, User

from . import differences, digest, owed, withholding
from .allocations import Allocation, facts_of
from .drafts import RowDraft, build, check_rows
from .errors import BadRow, NotDeliberated, NotToBeCorrected, ReasonMissing
from .events import CORRECTED, PUBLISHED
from .incident_keys import board_days, least_days
from .keys import DAY_KIND, days_key
from .models import KINDS_WITH_CLOCK, ListKind, ListRow, ListState, PublicList
from .period import last_day
from .reach import locked_series, missing, require_reach
from .signals import list_published, tell


def publish(
    *,
    by: User,
    office: Office,
    kind: str,
    area: Area,
    line: str,
    title: str,
    rows: Sequence[RowDraft],
    reference: str,
    scheme: str = "",
    deliberation: Deliberation | None = None,
    show_names: bool = True,
    with_money: bool = True,
    days: int | None = None,
    supersedes: PublicList | None = None,
    reason: str = "",
    content: str = Content.APPLICATIONS,
    allocation: Allocation | None = None,
) -> PublicList:
    """Publish `rows` as a list of `area` and return it; the day of posting is not one of its days.

    `kind` is the stage, `content` what it is about, which decides what a row may show (`masking.kinds`); an
    allocation of funds brings its facts, whose sums must reconcile. `days` are of the kind that the area's
    configuration says (calendar or working) and come from it unless given. Without `with_money` no amount
    may stand on it. What was redacted of a case is withheld. With `supersedes` the list is a new version of
    that one, which `reason` explains. Raises
    NotYourOffice, NoSuchList outside the office, EmptyList, BadRow, NotForThePublic, BadPeriod,
    NotDeliberated (a resolution needs a deliberation that passed), ReasonMissing, NotToBeCorrected. Source:
    XC-07, HY-34, HY-38.
    """
    with transaction.atomic():
        require_own(by, office)
        if not covers(office, area.path, line):
            raise missing()
        _check_deliberation(kind, area, deliberation)
        show_names = may_name(content, show_names)
        with_money = with_money and kind_of(content).money
        rows = withholding.withheld(rows)
        check_rows(rows, names=show_names, money=with_money, content=content)
        refuse_numbers(_("标题或更正原因"), [title, reason])
        old = _replaced(supersedes, kind, area, reason) if supersedes else None
        # The village's row orders its numbers; nothing is ever deleted, so counting is safe.
        Area.objects.select_for_update(no_key=True).get(pk=area.pk)
        built = build(rows, names=show_names)
        for row in built:
            digest.seal(row)
        day_kind = configuration.value(DAY_KIND, area)
        days = configuration.value(days_key(kind), area) if days is None else days
        days = max(days, least_days(content, area))
        today = clock.today()
        if content == Content.ALLOCATIONS and allocation is None:
            raise BadRow(_("公布资金分配要写明按哪份文件、一共多少钱、哪天下达。"))
        number = _next_number(area, today.year) if old is None else f"{old.series}-{old.version + 1}"
        new = PublicList.objects.create(
            number=number,
            kind=kind,
            title=title.strip(),
            area=area,
            area_path=area.path,
            line=line,
            reference=reference,
            scheme=scheme,
            deliberation=deliberation,
            series=old.series if old else number,
            version=old.version + 1 if old else 1,
            supersedes=old,
            correction_reason=reason.strip() if old else "",
            show_names=show_names,
            with_money=with_money,
            days=days,
            day_kind=day_kind,
            published_at=clock.now(),
            starts_on=today,
            closes_on=last_day(today, days, day_kind, area),
            board_until=last_day(today, max(days, board_days(content, area)), day_kind, area),
            content=content,
            facts=facts_of(allocation, area, rows, today) if allocation else {},
            row_count=len(built),
            total_fen=sum(row.amount_fen for row in built),
            digest=digest.root(row.commitment for row in built),
            published_by=by,
        )
        new.changes = differences.since_last(new, built)
        for row in built:
            row.list = new
        ListRow.objects.bulk_create(built)
        if old:
            old.state = ListState.SUPERSEDED
            old.save(update_fields=["state"])
        settled = owed.settle(new)
        written.note(new)
        follow = tell(list_published, PublicList, list=new)
        new.event = append(_draft(new, by, office, settled), *follow)[0].sequence
        PublicList.objects.filter(pk=new.pk).update(changes=new.changes, event=new.event)
    return new


def correcting_roles(kind: str) -> list[Role]:
    """Return who may correct a list of `kind`: the level that published it, and the township in any case."""
    village = [Role.VILLAGE_CLERK, Role.VILLAGE_SECRETARY] if kind not in KINDS_WITH_CLOCK else []
    return [*village, Role.TOWNSHIP_REVIEWER]


def correct(*, by: User, office: Office, list_id: int, rows: Sequence[RowDraft], reason: str) -> PublicList:
    """Publish a new version of a list with `rows`; its clock starts again and it links to the old one.

    The days are those of the old version: a correction does not shorten what was promised. Raises what
    `publish` raises, and NoSuchList. Source: domain.md section 3, design.md rule 6.
    """
    with transaction.atomic():
        old, _latest = locked_series(list_id)
        require_reach(by, office, old, correcting_roles(old.kind))
        return publish(
            by=by,
            office=office,
            kind=old.kind,
            area=old.area,
            line=old.line,
            title=old.title,
            rows=rows,
            reference=old.reference,
            scheme=old.scheme,
            deliberation=old.deliberation,
            show_names=old.show_names,
            with_money=old.with_money,
            days=old.days,
            supersedes=old,
            reason=reason,
            content=old.content,
            allocation=allocation_of(old),
        )


def allocation_of(list: PublicList) -> Allocation | None:
    """Return the facts of the allocation that `list` publishes, or None where it is of something else."""
    facts = list.facts
    if list.content != Content.ALLOCATIONS:
        return None
    return Allocation(facts["document"], facts["total_fen"], date.fromisoformat(facts["handed_down_on"]))


def _replaced(supersedes: PublicList, kind: str, area: Area, reason: str) -> PublicList:
    """Return the list to be replaced, locked, or raise why it cannot be."""
    old, latest = locked_series(supersedes.pk)
    if not reason.strip():
        raise ReasonMissing(_("更正名单要写明原因，村民会看到。"))
    if old.pk != latest.pk:
        raise NotToBeCorrected(
            _("这份名单已经更正过，请在最新的一版（%(number)s）上更正。") % {"number": latest.number}
        )
    if old.kind != kind or old.area_id != area.pk:
        raise NotToBeCorrected(_("更正的名单要和原来的是同一个村、同一种公示。"))
    return old


def _check_deliberation(kind: str, area: Area, deliberation: Deliberation | None) -> None:
    if deliberation is None:
        if kind == ListKind.RESOLUTION:
            raise NotDeliberated(_("村决议公开要有通过了的四议，请先把会议记完。"))
        return
    if deliberation.area_id != area.pk:
        raise NotDeliberated(_("这次四议不是这个村的，请核对。"))
    if deliberation.state != DeliberationState.PASSED:
        raise NotDeliberated(_("四议还没有通过，不能公示。请先把会议记完。"))


def _next_number(area: Area, year: int) -> str:
    stem = f"{area.code}-{year}-"
    count = PublicList.objects.filter(area=area, version=1, number__startswith=stem).count()
    return f"{stem}{count + 1:04d}"


def _draft(new: PublicList, by: User, office: Office, settled: list[int]) -> Draft:
    body: dict[str, Any] = {
        "kind": str(new.kind),
        "content": str(new.content),
        "digest": new.digest,
        "row_count": new.row_count,
        "total_fen": new.total_fen,
        "days": new.days,
        "day_kind": new.day_kind,
        "starts_on": new.starts_on.isoformat(),
        "closes_on": new.closes_on.isoformat(),
        "reference": new.reference,
        "scheme": new.scheme,
        "show_names": new.show_names,
        "with_money": new.with_money,
        "deliberation": new.deliberation.number if new.deliberation else None,
        # The very list that was voted on: the digest that stands in the minutes of its meetings.
        "voted_digest": new.deliberation.list_digest if new.deliberation else None,
    }
    if new.facts:
        body["facts"] = new.facts
    if new.supersedes:
        body |= {"supersedes": new.supersedes.number}
    if settled:
        body["settles"] = settled
    return Draft(
        kind=CORRECTED if new.supersedes else PUBLISHED,
        object_type="list",
        object_id=new.number,
        actor=by,
        office=office,
        area_code=new.area.code,
        line=new.line,
        body=body,
        # A name may stand in either; a redaction erases their salts.
        sealed={"title": new.title} | ({"reason": new.correction_reason} if new.supersedes else {}),
    )
