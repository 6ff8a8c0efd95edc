"""Tables that leave the desk as XLSX: masked by role, marked, and recorded with filter, rows and digest."""

import hashlib
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.db import transaction
from django.db.models import QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from disclosure.masking.services import mask_card, mask_id, mask_name, mask_phone
from portal import clock
from portal.ledger.services import Draft, append
from portal.people.models import User
from portal.people.scope import Scope, scope_of
from workflows.engine.models import Batch, Case
from workflows.programmes import matters
from workflows.registry.models import Household

from . import events, gates
from .paper import serial
from .spreadsheet import Column, Mark, write
from .words import step_name

# More than anybody reads; a list that long is narrowed first.
MOST_ROWS = 20_000
CHUNK = 500
# Only what can be no name is told in the ledger; a search may be one.
_CODE = re.compile(r"[\w.-]{1,40}", re.ASCII)
SEARCHES = ("q", "n", "name", "words")

BATCHES = [
    Column(_("批号"), 24, "code"),
    Column(_("名称"), 36),
    Column(_("村"), 14),
    Column(_("环节"), 14),
    Column(_("期限"), 12, "day"),
    Column(_("户数"), 8, "count"),
    Column(_("金额（元）"), 14, "yuan"),
    Column(_("状态"), 10),
]
CASES = [
    Column(_("办件号"), 24, "code"),
    Column(_("批号"), 24, "code"),
    Column(_("户主"), 12),
    Column(_("村"), 14),
    Column(_("小组"), 10),
    Column(_("类别"), 14),
    Column(_("身份证号"), 22, "code"),
    Column(_("电话"), 14, "code"),
    Column(_("一卡通"), 12, "code"),
    Column(_("项目"), 24),
    Column(_("申报（元）"), 13, "yuan"),
    Column(_("现在金额（元）"), 13, "yuan"),
    Column(_("状态"), 10),
    Column(_("环节"), 14),
]
HOUSEHOLDS = [
    Column(_("户主"), 12),
    Column(_("村"), 14),
    Column(_("小组"), 10),
    Column(_("类别"), 16),
    Column(_("身份证号"), 22, "code"),
    Column(_("电话"), 14, "code"),
    Column(_("一卡通"), 12, "code"),
    Column(_("人口"), 8, "count"),
    Column(_("能干活"), 8, "count"),
    Column(_("登记日期"), 12, "day"),
]


class ExportRefused(Exception):
    """A table that was not made; `str()` says what to do."""


@dataclass(frozen=True)
class Exported:
    """A table that was made: an open file at its start, its name (numbers only) and how many rows it has."""

    file: IO[bytes]
    name: str
    rows: int


class Sight:
    """What a person may read of households in a table: no whole number, names only where they do business."""

    def __init__(self, user: User) -> None:
        self.scope: Scope = scope_of(user)
        self._known: dict[tuple[str, str | None], bool] = {}

    def works_on(self, area_path: str, line: str | None) -> bool:
        """Return whether an office of the person does business there; supervisors and assessors only read."""
        key = (area_path, line)
        if key not in self._known:
            self._known[key] = self.scope.holds(gates.OFFICIALS, area_path, line) is not None
        return self._known[key]

    def of(self, household: Household, line: str | None) -> dict[str, str]:
        """Return name, ID, phone and card as they may stand in the table (domain.md section 3)."""
        if not self.works_on(household.area_path, line):
            return {"name": mask_name(household.head_name), "id": "", "phone": "", "card": ""}
        head = next((one for one in household.present_members if one.name == household.head_name), None)
        return {
            "name": household.head_name,
            "id": mask_id(head.id_number) if head and head.id_number else "",
            "phone": mask_phone(household.phone),
            "card": mask_card(household.bank_card),
        }


def export_batches(
    *, by: User, box: str, title: str, batches: QuerySet[Batch], filters: Mapping[str, str]
) -> Exported:
    """Return the batches of a list of the desk and, on a second sheet, their cases as `by` may see them.

    `batches` are already narrowed to what `by` sees. Raises ExportRefused for more than MOST_ROWS rows.
    """
    ids = list(batches.values_list("pk", flat=True)[: MOST_ROWS + 1])
    _require_few(len(ids))
    chosen = Batch.objects.filter(pk__in=ids)
    cases = Case.objects.visible_to(by).filter(batch__in=chosen)
    _require_few(cases.count())
    # Only schemes differ in whether they pay: a few, however many batches there are.
    money = any(not scheme.startswith(matters.unpaid()) for scheme in _schemes(chosen))
    sheets = [
        (translate("批次"), *_without_sums(BATCHES, _batch_rows(batches), money)),
        (translate("户"), *_without_sums(CASES, _case_rows(by, cases), money)),
    ]
    return _make(by, title, sheets, kind=f"list.{box}", filters=filters, subject=("list", box))


def export_batch(*, by: User, batch: Batch) -> Exported:
    """Return the rows of `batch`."""
    cases = Case.objects.visible_to(by).filter(batch=batch)
    sheets = [(translate("户"), *_without_sums(CASES, _case_rows(by, cases), matters.pays(batch)))]
    subject = ("batch", batch.number)
    return _make(by, batch.title, sheets, kind="batch", filters={}, subject=subject, about=batch)


def export_households(*, by: User, filters: Mapping[str, str]) -> Exported:
    """Return the households of the register that `by` may see."""
    found = Household.objects.visible_to(by)
    _require_few(found.count())
    sheets = [(translate("农户"), HOUSEHOLDS, _household_rows(by, found))]
    return _make(
        by, translate("农户名册"), sheets, kind="households", filters=filters, subject=("list", "households")
    )


def _require_few(count: int) -> None:
    if count > MOST_ROWS:
        said = {"count": count, "most": MOST_ROWS}
        raise ExportRefused(translate("有 %(count)s 行，一次最多导出 %(most)s 行。请先筛选，再导出。") % said)


def _batch_rows(batches: QuerySet[Batch]) -> Iterator[Sequence[Any]]:
    for batch in batches.select_related("area").iterator(chunk_size=CHUNK):
        yield (
            batch.number,
            batch.title,
            str(batch.area),
            step_name(batch),
            batch.due_on,
            batch.row_count,
            batch.amount_fen if matters.pays(batch) else None,
            batch.get_state_display(),
        )


def _schemes(batches: QuerySet[Batch]) -> list[str]:
    return list(batches.order_by().values_list("scheme", flat=True).distinct())


def _without_sums(
    columns: list[Column], rows: Iterator[Sequence[Any]], money: bool
) -> tuple[list[Column], Iterator[Sequence[Any]]]:
    """Return the table as it is, or where nothing in it pays without its columns of amounts."""
    if money:
        return columns, rows
    kept = [place for place, column in enumerate(columns) if column.kind != "yuan"]
    return [columns[place] for place in kept], ([row[place] for place in kept] for row in rows)


def _case_rows(by: User, cases: QuerySet[Case]) -> Iterator[Sequence[Any]]:
    sight = Sight(by)
    for chunk in _chunks(cases.select_related("area", "batch", *matters.related()).order_by("pk")):
        faces = [(case, matters.of(case).face(case)) for case in chunk]
        _with_members([face.household for _case, face in faces])
        for case, face in faces:
            household, seen = face.household, sight.of(face.household, case.line)
            yield (
                case.number,
                case.batch.number,
                seen["name"],
                str(case.area),
                household.group_name,
                household.get_category_display(),
                seen["id"],
                seen["phone"],
                seen["card"],
                face.item,
                case.requested_fen if face.has_money else None,
                case.amount_fen if face.has_money else None,
                case.get_state_display(),
                step_name(case),
            )


def _household_rows(by: User, found: QuerySet[Household]) -> Iterator[Sequence[Any]]:
    sight = Sight(by)
    for chunk in _chunks(found.select_related("area").in_order()):
        _with_members(chunk)
        for household in chunk:
            seen, members = sight.of(household, None), household.present_members
            yield (
                seen["name"],
                str(household.area),
                household.group_name,
                household.get_category_display(),
                seen["id"],
                seen["phone"],
                seen["card"],
                len(members),
                sum(member.able_to_work for member in members),
                household.registered_on,
            )


def _chunks(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """Yield rows in lists of CHUNK, so that no more than that stands in memory."""
    chunk: list[Any] = []
    for row in rows.iterator(chunk_size=CHUNK):
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _with_members(households: list[Household]) -> None:
    prefetch_related_objects(households, "members")


def told(filters: Mapping[str, str]) -> dict[str, str]:
    """Return the filters as the ledger may hold them: codes as they are, of a search that there was one."""
    said = {}
    for key, value in filters.items():
        if not value:
            continue
        if key in SEARCHES:
            said["searched"] = "yes"
        elif _CODE.fullmatch(key) and _CODE.fullmatch(value):
            said[key] = value
    return said


def _make(
    by: User,
    title: str,
    sheets: list[tuple[str, list[Column], Iterator[Sequence[Any]]]],
    *,
    kind: str,
    filters: Mapping[str, str],
    subject: tuple[str, str],
    about: Batch | None = None,
) -> Exported:
    """Write the table to a file without a name, then append the event with the digest of its very bytes."""
    with transaction.atomic():
        number = serial("export")
    path, line = (about.area_path, about.line) if about else ("", None)
    scope = scope_of(by)
    offices = [held for held in scope.offices if held.role in gates.READERS]
    office = (scope.holds(gates.READERS, path, line) if about else None) or (offices[0] if offices else None)
    now = clock.now()
    mark = Mark(title, f"{office or ''} {by}", f"{timezone.localtime(now):%Y-%m-%d %H:%M}", number)
    file = tempfile.TemporaryFile()  # noqa: SIM115 — handed on open; it goes when the answer is closed
    rows = write(file, mark, sheets, made_at=timezone.localtime(now).replace(tzinfo=None))
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    with transaction.atomic():
        append(
            Draft(
                kind=events.EXPORTED,
                object_type=subject[0],
                object_id=subject[1],
                actor=by,
                office=office,
                area_code=about.area.code if about else "",
                line=about.line if about else "",
                body={
                    "table": kind,
                    "number": number,
                    "filters": told(filters),
                    "rows": rows,
                    "sha256": digest,
                },
            )
        )
    return Exported(file, f"{number}.xlsx", rows)
