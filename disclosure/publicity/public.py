"""What public pages read of lists: few queries at any number of rows, and no more than rule 8 allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from disclosure.deliberations.public import timeline
from disclosure.masking.services import Audience, public_row
from portal import clock
from portal.areas.models import Area, path_range
from portal.configuration import services as configuration
from portal.people.models import Office

from .keys import CONTACTS
from .models import ListKind, ListState, Objection, ObjectionState, Posting, PublicList
from .period import names_visible
from .proofs import Proof, proofs_of

ROWS_A_PAGE = 400


@dataclass(frozen=True)
class ListPage:
    """One page of one version of a list, ready for a template.

    `rows` are dictionaries of `masking.policy.SHOWN` with position, id, name (masked or empty) and sent_back
    (an objection to it was upheld); none at all where the programme allows counts and sums only.
    `postings` have seen_on, note, with_photo, and by and countersigned_by: offices, never names; `proofs`
    say which photos of the board are there, missing or late. `open` says whether the period runs today.
    """

    list: PublicList
    rows: Sequence[dict[str, Any]]
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


def for_area(area: Area, limit: int) -> list[PublicList]:
    """Return the newest lists of `area` and all below it, corrected versions left out (one query)."""
    return [*_current().filter(path_range(area.path)).order_by("-published_at", "-pk")[:limit]]


def page(number: str, page: int = 1, *, nameless_rows: bool = True) -> ListPage | None:
    """Return page `page` (from 1) of the list `number`, or None where there is no such list or page.

    Six queries at most. Every version stays readable; names are on a running one alone. Without
    `nameless_rows` the rows leave together with the names, but for those of a result: project, money and
    effect stay by row, without name and group (HY-38).
    """
    lists = PublicList.objects.published()
    related = ("area", "deliberation", "supersedes", "superseded_by")
    list = lists.select_related(*related).filter(number=number).first()
    if list is None:
        return None
    page_count = max(1, -(-list.row_count // ROWS_A_PAGE)) if list.show_names else 1
    if not 1 <= page <= page_count:
        return None
    today = clock.today()
    names = names_visible(list, today)
    stay = not names and not nameless_rows and keeps_rows(list)
    counts = Objection.objects.filter(list=list, appeal_of=None).aggregate(
        all=Count("pk"), open=Count("pk", filter=Q(state=ObjectionState.OPEN))
    )
    postings = [*_postings(list)]
    return ListPage(
        list=list,
        rows=_rows(list, page, names, stay) if list.show_names and (names or nameless_rows or stay) else [],
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
    """Return whether the rows of `list` stay on the web, without name and group, when its days are over."""
    return list.kind == ListKind.RESULT and list.show_names and list.state != ListState.SUPERSEDED


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


def _rows(list: PublicList, page: int, names: bool, without_group: bool) -> list[dict[str, Any]]:
    first = (page - 1) * ROWS_A_PAGE + 1
    # Full names are not even read: nothing on the web needs them.
    fields = ["pk", "list", "position", "shown", *(["masked_name"] if names else [])]
    upheld = Objection.objects.filter(row=OuterRef("pk"), state=ObjectionState.UPHELD)
    rows = (
        list.rows.filter(position__gte=first, position__lt=first + ROWS_A_PAGE)
        .order_by("position")
        .only(*fields)
        .annotate(sent_back=Exists(upheld))
    )
    return [
        {
            **public_row(Audience.WEB, row.shown, masked_name=row.masked_name if names else "", names=names),
            "id": row.pk,
            "position": row.position,
            "sent_back": row.sent_back,
            **({"group": ""} if without_group else {}),
        }
        for row in rows
    ]
