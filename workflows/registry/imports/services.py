"""An upload becomes a preview, and a confirmed preview becomes the register, all of it or nothing."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area, Level, path_range
from portal.configuration.services import value
from portal.files import services as files
from portal.files import storage
from portal.files.access import Owner
from portal.files.models import PrivateFile
from portal.ledger.services import Draft, append
from portal.people.models import Line, Office, Role, User
from portal.people.scope import scope_of
from workflows.registry import details, events, incomes, services
from workflows.registry.errors import RegisterRefused, StaleImport, TableRefused
from workflows.registry.keys import PENDING_HOURS
from workflows.registry.models import (
    ChangeKind,
    Household,
    HouseholdImport,
    ImportState,
    IncomeSource,
    RegisterChange,
)
from workflows.registry.rows import with_rows
from workflows.registry.services import REGISTERING_ROLES, NewHousehold

from . import workbook
from .plan import Change, Plan, compare, digest
from .table import Errors, Family, families, header_errors

FILE_KIND = "household_import"


def preview(*, by: User, upload: File) -> HouseholdImport:
    """Look through an uploaded table and keep it, privately, with what it would change; nothing is written.

    Raises TableRefused where the file is not taken as a whole, RegisterRefused for an actor without an
    office that registers.
    """
    office = _office(by)
    if said := workbook.too_large(upload.size or 0):
        raise TableRefused(said)
    upload.seek(0)
    data = upload.read()
    plan = _plan(data, office.area)
    sha256 = hashlib.sha256(data).hexdigest()
    # Stored before the transaction of the act, which must lock the ledger last.
    file = files.store(
        ContentFile(data),
        name=upload.name or _("农户表格"),
        reference=f"{FILE_KIND}:{sha256[:40]}",
        by=by,
        office=office,
        area_code=office.area.code,
        line=Line.ASSISTANCE,
    )
    with transaction.atomic():
        pending = HouseholdImport.objects.create(
            area=office.area,
            area_path=office.area.path,
            file=file,
            plan=json.dumps(plan.shown(), ensure_ascii=False),
            plan_digest=digest(plan, sha256),
            counts=plan.counts(),
            uploaded_by=by,
            uploaded_at=clock.now(),
            expires_at=clock.now() + timedelta(hours=value(PENDING_HOURS)),
        )
        append(_draft(events.IMPORT_PREVIEWED, pending, by, office))
    return pending


def confirm(*, by: User, pending: HouseholdImport, seen_digest: str) -> dict[str, int]:
    """Write the table that was previewed, in one transaction; return the counts of what was done.

    Only who uploaded it confirms. The file is looked through again: raises StaleImport where that no longer
    gives what was seen (`seen_digest`), TableRefused for one with errors, RegisterRefused.
    """
    with transaction.atomic():
        office = _office(by)
        locked = HouseholdImport.objects.select_for_update().get(pk=pending.pk)
        if locked.uploaded_by_id != by.pk:
            raise RegisterRefused(_("谁上传的由谁确认，请转告上传的人"))
        if locked.state != ImportState.PENDING or locked.expires_at <= clock.now():
            raise StaleImport(_("这次上传已经办过或者过期了，请重新上传"))
        if locked.file is None or office.area.pk != locked.area_id:
            raise StaleImport(_("您的职务在上传以后有变动，请重新上传"))
        # The households of the area stand still until the table is written.
        list(Household.objects.select_for_update().filter(path_range(locked.area_path)).values_list("pk"))
        plan = _plan(storage.get(locked.file.original_sha256), office.area)
        if not digest(plan, locked.file.original_sha256) == locked.plan_digest == seen_digest:
            raise StaleImport(
                _("户档在您预览以后有变动，结果和您看到的不一样了：什么都没有写入，请重新上传核对")
            )
        if plan.errors:
            raise TableRefused(_("表里还有错误，改好后重新上传，什么都没有写入"))
        drafts = _write(plan, locked.file, by, office)
        locked.state, locked.closed_at, locked.plan = ImportState.CONFIRMED, clock.now(), ""
        locked.save()
        append(*drafts, _draft(events.IMPORT_CONFIRMED, locked, by, office))
    return plan.counts()


def withdraw(*, by: User, pending: HouseholdImport) -> None:
    """Give up an upload; its preview is erased, the file stays on record."""
    with transaction.atomic():
        locked = HouseholdImport.objects.select_for_update().get(pk=pending.pk)
        if locked.uploaded_by_id != by.pk or locked.state != ImportState.PENDING:
            raise RegisterRefused(_("这次上传已经办过了，或者不是您上传的"))
        locked.state, locked.closed_at, locked.plan = ImportState.WITHDRAWN, clock.now(), ""
        locked.save()
        append(_draft(events.IMPORT_CLOSED, locked, by, None))


def expire() -> int:
    """End the uploads that nobody confirmed in time and erase their previews; return how many."""
    due = HouseholdImport.objects.filter(state=ImportState.PENDING, expires_at__lte=clock.now())
    ended = 0
    for pk in due.values_list("pk", flat=True):
        with transaction.atomic():
            locked = HouseholdImport.objects.select_for_update().get(pk=pk)
            if locked.state != ImportState.PENDING:
                continue
            locked.state, locked.closed_at, locked.plan = ImportState.EXPIRED, clock.now(), ""
            locked.save()
            append(_draft(events.IMPORT_CLOSED, locked, None, None))
            ended += 1
    return ended


def may_open_file(user: User, reference_id: str) -> bool:
    """Return whether `user` may open an uploaded table: who uploaded it, and the reviewers over its area."""
    imports = HouseholdImport.objects.visible_to(user).filter(file__reference=f"{FILE_KIND}:{reference_id}")
    scope = scope_of(user)
    reviewers = [Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER]
    return any(
        one.uploaded_by_id == user.pk or scope.holds(reviewers, one.area_path, Line.ASSISTANCE) is not None
        for one in imports
    )


def owner(reference_id: str) -> Owner:
    """Return the upload that a table belongs to; of one sent twice the newer."""
    found = HouseholdImport.objects.filter(file__reference=f"{FILE_KIND}:{reference_id}").order_by("pk")
    pending = found.select_related("area").last()
    if pending is None:
        raise HouseholdImport.DoesNotExist
    said = _("批量登记 %(n)d") % {"n": pending.pk}
    return Owner("import", str(pending.pk), said, pending.area, Line.ASSISTANCE)


def _office(by: User) -> Office:
    """Return the widest office by which `by` registers."""
    offices = [
        one
        for one in scope_of(by, fresh=True).offices
        if one.role in REGISTERING_ROLES and one.line in (Line.ALL, Line.ASSISTANCE)
    ]
    if not offices:
        raise RegisterRefused(_("您没有登记农户的职务，请找村文书或乡镇经办"))
    return min(offices, key=lambda one: (len(one.area.path), one.pk))


def _plan(data: bytes, area: Area) -> Plan:
    sheet = workbook.read(data)
    errors: Errors = dict(sheet.obstacles)
    if wrong := header_errors(sheet.rows):
        # Under other titles every cell would be wrong.
        return Plan(errors={**errors, **wrong})
    villages = Area.objects.in_force(clock.today()).filter(path_range(area.path, "path"), level=Level.VILLAGE)
    found = families(sheet.rows, {one.code: one for one in villages}, errors)
    if not found and not errors:
        raise TableRefused(_("表里没有农户，请填好后再上传"))
    return compare(found, errors)


def _write(plan: Plan, file: PrivateFile, by: User, office: Office) -> list[Draft]:
    drafts: list[Draft] = []
    for family in plan.new:
        household, told = services.create(_new(family), by=by, office=office, evidence=file)
        drafts += told
        drafts += _write_income(household, family, by, office)
    for change in plan.changed:
        drafts += _write_change(change, file, by, office)
    return drafts


def _new(family: Family) -> NewHousehold:
    return NewHousehold(
        area=family.area,
        group_name=family.group_name,
        category=family.category,
        members=family.members,
        phone=family.phone,
        bank_card=family.bank_card,
        cause=family.cause,
        helper=family.helper,
    )


def _write_change(change: Change, file: PrivateFile, by: User, office: Office) -> list[Draft]:
    household, family = change.household, change.family
    drafts: list[Draft | None] = []
    given = details.Details(
        group_name=family.group_name,
        phone=family.phone or household.phone,
        cause=family.cause or household.cause,
    )
    drafts.append(details.write(household, given, by=by, office=office, evidence=file)[1])
    if family.bank_card and not household.bank_card:
        drafts.append(details.write_card(household, family.bank_card, by=by, office=office, evidence=file))
    if family.helper and not household.helper_id:
        household.helper = family.helper
        household.save()
        changed = RegisterChange.objects.create(
            household=household, kind=ChangeKind.HELPER, after=str(family.helper), evidence=file, by=by
        )
        draft = _of(household, events.HELPER_ASSIGNED, by, office, {"to": family.helper.username})
        drafts.append(with_rows(draft, household, changed))
    if change.labour:
        for member, labour in change.labour:
            member.labour = labour
            member.save()
        draft = _of(household, events.DETAILS_CORRECTED, by, office, {"fields": ["labour"]})
        drafts.append(with_rows(draft, *(member for member, _labour in change.labour)))
    return [one for one in drafts if one] + _write_income(household, family, by, office)


def _write_income(household: Household, family: Family, by: User, office: Office) -> list[Draft]:
    if family.figures is None:
        return []
    _income, draft = incomes.write(household, family.figures, IncomeSource.TABLE, by=by, office=office)
    return [draft] if draft else []


def _of(household: Household, kind: str, by: User, office: Office, body: dict[str, Any]) -> Draft:
    return Draft(
        kind,
        "household",
        str(household.pk),
        actor=by,
        office=office,
        area_code=household.area.code,
        body=body,
    )


def _draft(kind: str, pending: HouseholdImport, by: User | None, office: Office | None) -> Draft:
    return Draft(
        kind,
        "import",
        str(pending.pk),
        actor=by,
        office=office,
        area_code=pending.area.code,
        body={"counts": pending.counts, "plan": pending.plan_digest, "state": str(pending.state)},
    )
