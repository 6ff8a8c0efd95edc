"""What is done with a village matter: opened, its list written, deliberated on, withdrawn.

Each service locks the village's row first, which orders the numbers of matters, deliberations and lists,
then the matter.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from disclosure.deliberations import services as deliberations
from disclosure.deliberations.agenda import Agenda, AgendaRow, prefill
from disclosure.deliberations.closing import close_withdrawn
from disclosure.deliberations.models import Assets, Deliberation, DeliberationState, Meeting
from disclosure.deliberations.offices import covers, require_own
from disclosure.masking.services import Content, refuse_private
from disclosure.publicity.models import ListKind
from disclosure.publicity.services import RowDraft, publish
from portal import clock
from portal.areas.models import Area, Level
from portal.ledger import written
from portal.ledger.services import Draft, append
from portal.people.models import Line, Office, Role, User

from .errors import BadMatter, NoSuchMatter, NotNow, StaleMatter
from .events import LISTED, MET, OPENED, RESOLVED, WITHDRAWN
from .models import MatterKind, MatterRow, MatterState, MatterVersion, VillageMatter
from .rows import RowValues, digest_of, read

OPENING_ROLES = [Role.VILLAGE_CLERK, Role.VILLAGE_SECRETARY]
LONGEST_TITLE = 60
# What its lists are about, which decides what their rows may show.
CONTENT_OF = {
    MatterKind.DIVIDENDS: Content.DIVIDENDS,
    MatterKind.WORKS: Content.WORKS,
    MatterKind.ACCOUNTS: Content.ACCOUNTS,
    MatterKind.OTHER: Content.VILLAGE,
}


def open_matter(
    *, by: User, office: Office, area: Area, kind: str, title: str, assets: str = Assets.NONE
) -> VillageMatter:
    """Open a matter of `area`, a village, with no list yet, and return it.

    Dividends always concern the collective's assets (S7). Raises NotYourOffice, NoSuchMatter outside the
    office, BadMatter, NotForThePublic for a title with a personal datum. Source: XC-07, WZ-20.
    """
    with transaction.atomic():
        require_own(by, office, OPENING_ROLES)
        line = Line.ASSISTANCE if office.line == Line.ALL else Line(office.line)
        if area.level != Level.VILLAGE or not covers(office, area.path, line):
            raise NoSuchMatter(_("没有找到这个村，请核对后再办。"))
        title = title.strip()
        if not title or len(title) > LONGEST_TITLE:
            raise BadMatter(_("请写明是什么事，最多%(n)s字。") % {"n": LONGEST_TITLE})
        if kind not in MatterKind.values:
            raise BadMatter(_("请选这是哪一类事。"))
        if assets not in Assets.values:
            raise BadMatter(_("请选涉及不涉及集体资产。"))
        if kind == MatterKind.DIVIDENDS and assets == Assets.NONE:
            assets = Assets.DISTRIBUTION
        refuse_private(_("事项"), [title])
        Area.objects.select_for_update(no_key=True).get(pk=area.pk)
        stem = f"{area.code}-{clock.today().year}-S"
        count = VillageMatter.objects.filter(area=area, number__startswith=stem).count()
        matter = VillageMatter.objects.create(
            number=f"{stem}{count + 1:03d}",
            kind=kind,
            assets=assets,
            title=title,
            area=area,
            area_path=area.path,
            line=line,
            opened_by=by,
            opened_at=clock.now(),
        )
        body = {"kind": kind, "assets": assets}
        append(draft_of(OPENED, matter, by, office, body, title=title))
    return matter


def save_rows(
    *, by: User, office: Office, matter_id: int, seen_version: int, rows: Sequence[Mapping[str, str]]
) -> MatterVersion:
    """Keep `rows` (cells by column key) as the next version of the matter's list, and return it.

    What was voted on before stays as it was; meetings start anew on the new list. Raises BadRows with the
    cells that are wrong, StaleMatter where somebody saved in between, NotNow once it is resolved.
    """
    with transaction.atomic():
        matter = locked(by, office, matter_id)
        _fresh(matter, seen_version)
        if not matter.is_writable:
            raise NotNow(_("村里已经议定，名单不能再改。有错的，在公示名单上更正。"))
        values = read(rows, matter.kind)
        salt = secrets.token_hex(16)
        version = MatterVersion.objects.create(
            matter=matter,
            number=matter.version + 1,
            salt=salt,
            digest=digest_of(salt, values),
            row_count=len(values),
            total_fen=sum(row.amount_fen for row in values),
            saved_by=by,
            saved_at=clock.now(),
        )
        made = [
            MatterRow(version=version, position=place, **vars(row)) for place, row in enumerate(values, 1)
        ]
        written.note(*MatterRow.objects.bulk_create(made), made=True)
        matter.version = version.number
        matter.state = MatterState.DRAFT
        matter.save(update_fields=["version", "state"])
        body = {
            "version": version.number,
            "digest": version.digest,
            "row_count": version.row_count,
            "total_fen": version.total_fen,
        }
        append(draft_of(LISTED, matter, by, office, body))
    return version


def record_meeting(
    *, by: User, office: Office, matter_id: int, seen_version: int, data: Mapping[str, Any]
) -> Meeting:
    """Record the next meeting on the list as it stands; the fourth that passes publishes the resolution.

    `data` are the fields of `MeetingData` but for `prefilled`, which is drawn up here. Raises StaleMatter,
    NotNow, and what `deliberations.record_meeting` and `publish` raise. Source: XC-07, S7.
    """
    with transaction.atomic():
        matter = locked(by, office, matter_id)
        _fresh(matter, seen_version)
        if not matter.is_writable:
            raise NotNow(_("这件事现在不用再开会。"))
        version = standing(matter)
        if version is None:
            raise NotNow(_("名单还没有填，开不了会。请先把名单填好。"))
        agenda = agenda_of(matter, version)
        deliberation = _deliberation(matter, version, by, office)
        meeting = deliberations.record_meeting(
            by=by,
            office=office,
            deliberation_id=deliberation.pk,
            data=deliberations.MeetingData(**data, prefilled=prefill(agenda, str(data["step"]))),
        )
        deliberation.refresh_from_db()
        matter.first_met_on = matter.first_met_on or meeting.held_on
        matter.state = MatterState.DELIBERATING
        if deliberation.state == DeliberationState.FAILED:
            matter.state = MatterState.DRAFT
        if deliberation.state == DeliberationState.PASSED:
            matter.state = MatterState.RESOLVED
            published = publish(
                by=by,
                office=office,
                kind=ListKind.RESOLUTION,
                content=CONTENT_OF[MatterKind(matter.kind)],
                area=matter.area,
                line=matter.line,
                title=_("%(title)s（村决议公开）") % {"title": matter.title},
                rows=_drafts(matter, version),
                reference=matter.reference,
                deliberation=deliberation,
                show_names=matter.has_households,
                with_money=with_money(version),
            )
            body = {"deliberation": deliberation.number, "list": published.number, "voted": version.digest}
            matter.save(update_fields=["first_met_on", "state"])
            append(draft_of(RESOLVED, matter, by, office, body))
        else:
            matter.save(update_fields=["first_met_on", "state"])
            append(draft_of(MET, matter, by, office, {"step": meeting.step, "state": matter.state}))
    return meeting


def withdraw(*, by: User, office: Office, matter_id: int, why: str) -> None:
    """Take a matter down before it is resolved, for a reason that the public reads if it met on it.

    What was being deliberated on it is closed with the same reason; meetings that were held stay. Raises
    NotNow, BadMatter, NotForThePublic, NoSuchMatter, NotYourOffice.
    """
    with transaction.atomic():
        matter = locked(by, office, matter_id)
        if not matter.is_writable:
            raise NotNow(_("村里已经议定的事不能撤下。"))
        why = why.strip()
        if not why or len(why) > 200:
            raise BadMatter(_("请写明为什么撤下，最多200字，村民会看到。"))
        refuse_private(_("撤下的原因"), [why])
        matter.state, matter.withdrawn_why = MatterState.WITHDRAWN, why
        matter.save(update_fields=["state", "withdrawn_why"])
        closed = close_withdrawn(by=by, office=office, reference=matter.reference, why=why)
        append(draft_of(WITHDRAWN, matter, by, office, {}, why=why), *closed)


def standing(matter: VillageMatter) -> MatterVersion | None:
    """Return the version of the list that stands, or None where none was written."""
    return matter.versions.filter(number=matter.version).first()


def values_of(version: MatterVersion) -> list[RowValues]:
    """Return the rows of a version in their order (one query)."""
    return [
        RowValues(row.name, row.group, row.item, row.amount_fen, row.note)
        for row in version.rows.order_by("position")
    ]


def verify(version: MatterVersion) -> bool:
    """Return whether the rows that are kept are those that were voted on."""
    return digest_of(version.salt, values_of(version)) == version.digest


def with_money(version: MatterVersion) -> bool:
    """Return whether amounts stand on the list at all: another matter may have none."""
    return version.matter.kind != MatterKind.OTHER or version.total_fen > 0


def agenda_of(matter: VillageMatter, version: MatterVersion) -> Agenda:
    """Return what the meetings on `version` are about."""
    return Agenda(
        reference=matter.reference,
        matter=matter.title,
        area=matter.area,
        line=matter.line,
        list_digest=version.digest,
        rows=[AgendaRow(row.name, row.group, row.item, row.amount_fen) for row in values_of(version)],
        with_money=with_money(version),
        assets=matter.assets,
        unit=_("户") if matter.has_households else _("项"),
    )


def why_of(matter: VillageMatter) -> dict[str, str]:
    """Return why a row of `matter` is what it is: the village's meetings settled it; where they are read."""
    return {
        "source_label": _("村里的四次会"),
        "source_url": f"/matters/{matter.number}/",
        "level": _("村里开会议定"),
    }


def locked(by: User, office: Office, matter_id: int) -> VillageMatter:
    """Return the matter, locked after its village, or raise NotYourOffice or NoSuchMatter."""
    require_own(by, office, OPENING_ROLES)
    found = VillageMatter.objects.filter(pk=matter_id).values_list("area_id", flat=True).first()
    if found is not None:
        Area.objects.select_for_update(no_key=True).get(pk=found)
    matter = VillageMatter.objects.select_for_update(of=("self",)).select_related("area")
    matter = matter.filter(pk=matter_id).first()
    if matter is None or not covers(office, matter.area_path, matter.line):
        raise NoSuchMatter(_("没有找到这件事，请核对后再办。"))
    return matter


def draft_of(
    kind: str, matter: VillageMatter, by: User, office: Office, body: dict[str, Any], **sealed: str
) -> Draft:
    """Return the ledger's draft of an act on `matter`; what a village wrote in words is `sealed`."""
    return Draft(
        kind=kind,
        object_type="village",
        object_id=matter.number,
        actor=by,
        office=office,
        area_code=matter.area.code,
        line=matter.line,
        body={key: str(value) if isinstance(value, str) else value for key, value in body.items()},
        sealed=sealed,
    )


def _fresh(matter: VillageMatter, seen_version: int) -> None:
    if matter.version != seen_version:
        raise StaleMatter(_("名单刚才被别人改过，请看看现在的名单，再重新办。您填的还在下面。"))


def _deliberation(matter: VillageMatter, version: MatterVersion, by: User, office: Office) -> Deliberation:
    found = deliberations.current(matter.reference)
    if found and found.state == DeliberationState.OPEN and found.list_digest == version.digest:
        return found
    return deliberations.open_deliberation(
        by=by,
        office=office,
        reference=matter.reference,
        matter=matter.title,
        area=matter.area,
        line=matter.line,
        list_digest=version.digest,
        item_count=version.row_count,
        amount_fen=version.total_fen,
        handed_in_on=clock.day_of(version.saved_at),
        assets=matter.assets,
    )


def _drafts(matter: VillageMatter, version: MatterVersion) -> list[RowDraft]:
    """Return the public rows of the resolution."""
    return [
        RowDraft(
            subject=f"{matter.reference}:{place}",
            name=row.name,
            group=row.group,
            item=row.item,
            amount_fen=row.amount_fen,
            note=row.note or _("村里议定"),
            why=why_of(matter),
        )
        for place, row in enumerate(values_of(version), 1)
    ]
