"""What public pages read of lists: few queries at any number of rows, and no more than rule 8 allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from disclosure.deliberations.public import timeline
from disclosure.masking.services import Audience, kind_of, public_row
from portal import clock
from portal.areas.models import Area, path_range
from portal.configuration import services as configuration
from portal.people.models import Office

from .keys import CONTACTS
from .models import ListKind, ListState, Objection, ObjectionState, Posting, PublicList
from .period import names_visible
from .proofs import Proof, proofs_of

ROWS_A_PAGE = 400
# A list of at most so many rows can be read on one page; more make a page that no old phone holds.
ALL_ROWS = 2000
# The number of the page that holds all rows; no address can be written for it.
ALL = -1


@dataclass(frozen=True)
class ListPage:
    """One page of one version of a list, ready for a template.

    `rows` are dictionaries of `masking.policy.SHOWN` with position, id, name (masked or empty) and sent_back
    (an objection to it was upheld); none at all where the programme allows counts and sums only.
    `subjects` are opaque keys of the rows by position, for asking what became of them, never to be shown.
    `postings` have seen_on, note, with_photo, and by and countersigned_by: offices, never names; `proofs`
    say which photos of the board are there, missing or late. `open` says whether the period runs today.
    """

    list: PublicList
    rows: Sequence[dict[str, Any]]
    subjects: Mapping[int, str]
    page: int
    page_count: int
    names: bool
    open: bool
    objection_count: int
    open_objection_count: int
    postings: Sequence[dict[str, Any]]
    proofs: Sequence[Proof]
    timeline: Sequence[dict[str, Any]]
    earlier: PublicList | None
    later: PublicList | None


def newest(limit: int) -> list[PublicList]:
    """Return the newest lists of the whole site with their areas, corrected versions left out (one query)."""
    return [*_current().order_by("-published_at", "-pk")[:limit]]


# What a list is fetched with before `page_of`.
SHOWN_WITH = ("area", "deliberation", "supersedes", "superseded_by")


def for_area(area: Area, limit: int) -> list[PublicList]:
    """Return the newest lists of `area` and all below it, corrected versions left out (one query)."""
    return [*_current().filter(path_range(area.path)).order_by("-published_at", "-pk")[:limit]]


def page(number: str, page: int = 1, *, nameless_rows: bool = True) -> ListPage | None:
    """Return page `page` (from 1, or ALL) of the list `number`, or None where there is no such list or page.

    Six queries at most. Every version stays readable; names are on a running one alone. Without
    `nameless_rows` the rows leave together with the names, but for those of a result: project, money and
    effect stay by row, without name and group (HY-38).
    """
    list = PublicList.objects.published().select_related(*SHOWN_WITH).filter(number=number).first()
    return None if list is None else page_of(list, page, nameless_rows=nameless_rows)


def page_of(list: PublicList, page: int = 1, *, nameless_rows: bool = True) -> ListPage | None:
    """Return what `page` does, of a published `list` that was fetched with SHOWN_WITH: one query less."""
    page_count = max(1, -(-list.row_count // ROWS_A_PAGE)) if has_rows(list) else 1
    if not (1 <= page <= page_count or (page == ALL and fits_one_page(list))):
        return None
    today = clock.today()
    names = names_visible(list, today)
    stay = not names and keeps_rows(list) and (not nameless_rows or not kind_of(list.content).households)
    counts = Objection.objects.filter(list=list, appeal_of=None).aggregate(
        all=Count("pk"), open=Count("pk", filter=Q(state=ObjectionState.OPEN))
    )
    postings = [*_postings(list)]
    rows: Sequence[dict[str, Any]] = []
    subjects: Mapping[int, str] = {}
    if has_rows(list) and (names or nameless_rows or stay):
        rows, subjects = _rows(list, page, names, stay)
    return ListPage(
        list=list,
        rows=rows,
        subjects=subjects,
        page=page,
        page_count=page_count,
        names=names,
        open=list.state == ListState.RUNNING and today <= list.closes_on,
        objection_count=counts["all"],
        open_objection_count=counts["open"],
        postings=[_posting(posting) for posting in postings],
        proofs=proofs_of(list, postings, today),
        timeline=timeline(list.deliberation) if list.deliberation else [],
        earlier=list.supersedes,
        later=getattr(list, "superseded_by", None),
    )


def keeps_rows(list: PublicList) -> bool:
    """Return whether the rows of `list` stay on the web, without name and group, when its days are over.

    Those of a result do where its kind of content says so; those that are no households always do.
    """
    kind = kind_of(list.content)
    if not kind.households:
        return True
    result = list.kind == ListKind.RESULT and list.state != ListState.SUPERSEDED
    return result and list.show_names and bool(kind.stays)


def has_rows(list: PublicList) -> bool:
    """Return whether `list` is read by row at all: where no names are allowed, counts and sums are left."""
    return list.show_names or not kind_of(list.content).households


def fits_one_page(list: PublicList) -> bool:
    """Return whether all rows of `list` may be read on one page, besides page by page."""
    return has_rows(list) and ROWS_A_PAGE < list.row_count <= ALL_ROWS


def contact(area: Area) -> dict[str, str]:
    """Return who takes objections and who supervises at `area`: office, phone, address, supervisor, hotline.

    What the county has not filled in is empty; a page leaves it out.
    """
    return {name: configuration.value(f"contact.{name}", area) for name in CONTACTS}


def _postings(list: PublicList) -> Any:
    offices = ("office__area", "countersign_office__area")
    return Posting.objects.filter(list=list).select_related(*offices).order_by("seen_on", "pk")


def _posting(posting: Posting) -> dict[str, Any]:
    return {
        "seen_on": posting.seen_on,
        "note": posting.note,
        "with_photo": posting.photo_id is not None,
        "by": _office_words(posting.office),
        "countersigned_by": _office_words(posting.countersign_office),
    }


def _office_words(office: Office | None) -> str:
    """Return an office as the public reads it, 菊岭村（村文书）: place and role, never who holds it."""
    if office is None:
        return ""
    return _("%(area)s（%(role)s）") % {"area": office.area.name, "role": office.get_role_display()}


def _current() -> Any:
    return PublicList.objects.published().exclude(state=ListState.SUPERSEDED).select_related("area")


def _rows(
    list: PublicList, page: int, names: bool, without_group: bool
) -> tuple[Sequence[dict[str, Any]], Mapping[int, str]]:
    """Return the rows of a page as the web shows them, and apart from them their subjects by position."""
    first = 1 if page == ALL else (page - 1) * ROWS_A_PAGE + 1
    most = ALL_ROWS if page == ALL else ROWS_A_PAGE
    # Full names are not even read: nothing on the web needs them.
    fields = ["pk", "list", "position", "subject", "shown", *(["masked_name"] if names else [])]
    upheld = Objection.objects.filter(row=OuterRef("pk"), state=ObjectionState.UPHELD)
    rows = (
        list.rows.filter(position__gte=first, position__lt=first + most)
        .order_by("position")
        .only(*fields)
        .annotate(sent_back=Exists(upheld))
    )
    kind = kind_of(list.content)
    found = [*rows]
    shown = [
        {
            **_left(kind.stays if without_group else kind.web, row, names, list.content),
            "id": row.pk,
            "position": row.position,
            "sent_back": row.sent_back,
        }
        for row in found
    ]
    return shown, {row.position: row.subject for row in found}


def _left(keys: Sequence[str], row: Any, names: bool, content: str) -> dict[str, Any]:
    """Return what the web shows of `row` today, cut down to `keys` of those that its content shows."""
    masked = row.masked_name if names else ""
    shown = public_row(Audience.WEB, row.shown, masked_name=masked, names=names, content=content)
    return {key: value for key, value in shown.items() if key in keys or key in ("name", "why")}
