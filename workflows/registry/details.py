"""Corrections that no flow is needed for: group, telephone and cause, and the card with its evidence."""

from dataclasses import dataclass
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from portal.files import services as files
from portal.files.access import Owner
from portal.files.models import PrivateFile
from portal.ledger.services import Draft, append
from portal.people.models import Line, Office, Role, User
from portal.people.scope import scope_of

from . import events
from .checking import card_wrong, household_wrong, plain_number
from .errors import RegisterRefused
from .models import Cause, ChangeKind, Household, RegisterChange
from .rows import with_rows
from .services import registrar

# A first card is registered by those who register; to put another in its place takes the level above.
CHANGING_ROLES = [Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER]
FILE_KIND = "household"


@dataclass(frozen=True)
class Details:
    """What may be put right without a case."""

    group_name: str
    phone: str
    cause: str


def correct(*, by: User, household: Household, details: Details) -> list[str]:
    """Put `details` in the place of what stands; return the fields that changed.

    Raises RegisterRefused with the fields that are wrong, and for an actor who does not register there.
    """
    details = Details(details.group_name.strip(), plain_number(details.phone), details.cause)
    wrong = household_wrong(details.group_name, details.phone, "")
    if details.cause and details.cause not in Cause.values:
        wrong["cause"] = _("请从列出的致贫原因里选")
    if wrong:
        raise RegisterRefused("；".join(dict.fromkeys(wrong.values())), wrong)
    with transaction.atomic():
        office = registrar(by, household.area)
        locked = _locked(household)
        changed, draft = write(locked, details, by=by, office=office)
        if draft:
            append(draft)
    return changed


def write(
    household: Household,
    details: Details,
    *,
    by: User,
    office: Office,
    evidence: PrivateFile | None = None,
) -> tuple[list[str], Draft | None]:
    """Write details that were checked, in the caller's transaction; no event where nothing is new."""
    given: dict[str, Any] = {
        "group_name": details.group_name,
        "phone": details.phone,
        "cause": details.cause,
    }
    changed = [name for name, new in given.items() if getattr(household, name) != new]
    if not changed:
        return [], None
    before = _words(household, changed)
    for name in changed:
        setattr(household, name, given[name])
    household.save()
    change = RegisterChange.objects.create(
        household=household,
        kind=ChangeKind.DETAILS,
        before=before,
        after=_words(household, changed),
        evidence=evidence,
        by=by,
    )
    draft = Draft(
        events.DETAILS_CORRECTED,
        "household",
        str(household.pk),
        actor=by,
        office=office,
        area_code=household.area.code,
        body={"fields": changed},
        sealed={name: str(given[name]) for name in changed},
    )
    return changed, with_rows(draft, household, change)


def register_card(*, by: User, household: Household, number: str, evidence: File) -> Household:
    """Register the household's 一卡通 with a picture of the card or the bank's slip, and record the change.

    Raises RegisterRefused for a number that is none, for an actor whose office does not cover it (a card in
    the place of another is for township and county), and RefusedFile for evidence that is not taken.
    """
    number = plain_number(number)
    wrong = card_wrong(number) or ("" if number else _("请填写一卡通卡号"))
    if wrong:
        raise RegisterRefused(wrong, {"bank_card": wrong})
    _card_office(by, household)
    # Stored before the transaction of the act, which must lock the ledger last.
    file = files.store(
        evidence,
        name=evidence.name or _("一卡通"),
        reference=f"{FILE_KIND}:{household.pk}",
        by=by,
        area_code=household.area.code,
        line=Line.ASSISTANCE,
    )
    with transaction.atomic():
        locked = _locked(household)
        office = _card_office(by, locked)
        if locked.bank_card == number:
            raise RegisterRefused(_("户档里就是这张卡，不用再登记"))
        draft = write_card(locked, number, by=by, office=office, evidence=file)
        append(draft)
    return locked


def write_card(
    household: Household, number: str, *, by: User, office: Office, evidence: PrivateFile | None
) -> Draft:
    """Write a card that was checked, in the caller's transaction; records keep the last four digits."""
    before = household.card_last4
    household.bank_card = number  # type: ignore[assignment]
    household.save()
    change = RegisterChange.objects.create(
        household=household,
        kind=ChangeKind.CARD,
        before=before,
        after=household.card_last4,
        evidence=evidence,
        by=by,
    )
    draft = Draft(
        events.CARD_REGISTERED,
        "household",
        str(household.pk),
        actor=by,
        office=office,
        area_code=household.area.code,
        body={"replaces": bool(before), "evidence": evidence.sha256 if evidence else ""},
        sealed={"card": number},
    )
    return with_rows(draft, household, change)


def may_open_file(user: User, household_id: str) -> bool:
    """Return whether `user` may open the evidence of a household: those who register or pay there."""
    household = Household.objects.visible_to(user).filter(pk=household_id).first()
    roles = [*CHANGING_ROLES, Role.VILLAGE_CLERK, Role.TOWNSHIP_HEAD, Role.COUNTY_FINANCE, Role.SUPERVISOR]
    return household is not None and scope_of(user).holds(roles, household.area_path, None) is not None


def owner(household_id: str) -> Owner:
    """Return the household that its evidence belongs to."""
    area = Household.objects.select_related("area").get(pk=int(household_id)).area
    return Owner("household", household_id, _("户档 %(n)s") % {"n": household_id}, area, Line.ASSISTANCE)


def _card_office(by: User, household: Household) -> Office:
    office = registrar(by, household.area)
    if household.bank_card and office.role not in CHANGING_ROLES:
        raise RegisterRefused(_("户档里已经有一张卡，换卡要由乡镇或县的帮扶经办登记"))
    return office


def _locked(household: Household) -> Household:
    found: Household = (
        Household.objects.select_for_update(of=("self",)).select_related("area").get(pk=household.pk)
    )
    return found


def _words(household: Household, fields: list[str]) -> str:
    """Return what stands in `fields` as people read it."""
    said = {
        "group_name": household.group_name,
        "phone": household.phone or _("没有"),
        "cause": Cause(household.cause).label if household.cause else _("没有填"),
    }
    return "；".join(str(said[name]) for name in fields)
