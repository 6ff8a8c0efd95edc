"""Checks at the household's home: two people, a note and photos; and which rows must have had one."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.files.access import Owner
from portal.files.models import PrivateFile
from portal.files.services import keep, prepare
from portal.ledger.services import Draft, append, on_day
from portal.people.models import Role, User
from portal.people.scope import scope_of
from workflows.engine.models import Batch, Case
from workflows.engine.numbers import batch_root

from . import events, matters
from .models import Visit

VISITING_ROLES = [Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER]


class VisitRefused(Exception):
    """A visit that could not be recorded; `str()` says what to correct."""


def record_visit(
    *,
    by: User,
    case: Case,
    visited_on: date,
    first_visitor: str,
    second_visitor: str,
    note: str,
    photos: Sequence[Any] = (),
) -> Visit:
    """Record a visit by two different people with at least one photo. Raises VisitRefused, or the file room's
    errors for a picture that cannot be taken.
    """
    office = scope_of(by, fresh=True).holds(VISITING_ROLES, case.area_path, case.line)
    if office is None:
        raise VisitRefused(_("入户核查由乡镇经办登记，您没有这个职务或不管这个村。"))
    first, second = two_visitors(first_visitor, second_visitor)
    if not note.strip():
        raise VisitRefused(_("请写看到的情况，比如面积、数量、是否建成。"))
    if not photos:
        raise VisitRefused(_("请至少附一张现场照片。"))
    if not case.may_have_been_on(visited_on):
        raise VisitRefused(_("入户日期要在申报之后、今天之前，请核对。"))
    # Pictures are written anew before the transaction: nobody waits for the ledger's head meanwhile.
    prepared = [(photo.name, prepare(photo)) for photo in photos]
    with transaction.atomic():
        visit = Visit.objects.create(
            case=case,
            visited_on=visited_on,
            first_visitor=first,
            second_visitor=second,
            note=note.strip(),
            round=case.round,
            recorded_by=by,
        )
        place: Any = {"office": office, "area_code": case.area.code, "line": case.line}
        kept = [keep(one, name=name, reference=f"visit:{visit.pk}", by=by, **place) for name, one in prepared]
        append(
            *(draft for _file, draft in kept),
            Draft(
                events.VISIT_RECORDED,
                "case",
                case.number,
                actor=by,
                office=office,
                area_code=case.area.code,
                line=case.line,
                claimed_at=on_day(visited_on),
                body={"visited_on": visited_on.isoformat(), "files": [file.sha256 for file, _draft in kept]},
                sealed={"note": visit.note},
            ),
        )
    return visit


def two_visitors(first: str, second: str) -> tuple[str, str]:
    """Return the names of two different people as they were typed; raises VisitRefused for fewer."""
    first, second = first.strip(), second.strip()
    if not first or not second or first == second:
        raise VisitRefused(_("入户要两个人一起去，请写两个不同的人。"))
    return first, second


def must_visit(rule: Mapping[str, Any], case: Case) -> bool:
    """Return whether the programme's visit rule asks for a visit to `case`.

    ``all``: every case; ``none``: none. ``risk``: those asking for `over_fen` or more. ``sample``: `percent`
    of the cases, picked by the digest of the batch's and the case's number, so that nobody picks whom to
    visit.
    """
    if rule["mode"] in ("all", "none"):
        return bool(rule["mode"] == "all")
    if rule["mode"] == "risk":
        return case.requested_fen >= rule["over_fen"]
    seed = f"{batch_root(case.batch.number)}:{case.number}"
    return int(hashlib.sha256(seed.encode()).hexdigest(), 16) % 100 < rule["percent"]


def unvisited(batch: Batch, cases: Sequence[Case]) -> set[int]:
    """Return the ids of those of `cases` (of `batch`) that lack a visit in this round.

    One query, whatever the number of rows.
    """
    done = set(Visit.objects.filter(case__in=[case.pk for case in cases]).values_list("case_id", "round"))
    missing = set()
    for case in cases:
        case.batch = batch
        rule = matters.of(case).visit(case)
        if must_visit(rule, case) and (case.pk, case.round) not in done:
            missing.add(case.pk)
    return missing


def photos_of(visits: Sequence[Visit]) -> dict[int, list[PrivateFile]]:
    """Return the photos of each visit by its id, in one query."""
    found: dict[int, list[PrivateFile]] = {visit.pk: [] for visit in visits}
    for file in PrivateFile.objects.filter(reference__in=[f"visit:{pk}" for pk in found]).order_by("pk"):
        found[int(file.reference.removeprefix("visit:"))].append(file)
    return found


def may_open(user: User, reference: str) -> bool:
    """Return whether `user` may open a file of the visit: whoever may see its case."""
    return Case.objects.visible_to(user).filter(visits=reference.removeprefix("visit:")).exists()


def owner(reference: str) -> Owner:
    """Return the case that a photo of the visit belongs to."""
    return case_owner(Visit.objects.values_list("case__number", flat=True).get(pk=int(reference)))


def case_owner(number: str) -> Owner:
    """Return the case that a file of the case belongs to."""
    case = Case.objects.select_related("area").get(number=number)
    return Owner("case", number, _("办件 %(number)s") % {"number": number}, case.area, case.line)


def may_open_case(user: User, reference: str) -> bool:
    """Return whether `user` may open a file of the case: whoever may see it."""
    return Case.objects.visible_to(user).filter(number=reference.removeprefix("case:")).exists()
