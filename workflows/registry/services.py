"""Registering households; later changes of category and membership go through the flows alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.areas.models import Area, Level
from portal.files.models import PrivateFile
from portal.ledger.services import Draft, append
from portal.people.models import Line, Office, Role, User
from portal.people.scope import scope_of
from portal.sealing.keys import keyed_hash

from . import duplicates, events
from .checking import NewMember, all_wrong, plain_number, tidy
from .errors import RegisterRefused
from .id_numbers import sex_of
from .models import Category, ChangeKind, Household, Member, RegisterChange
from .rows import with_rows

__all__ = ["REGISTERING_ROLES", "NewMember", "RegisterRefused", "register_household", "registrar"]

REGISTERING_ROLES = [Role.VILLAGE_CLERK, Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER]


@dataclass(frozen=True)
class NewHousehold:
    """A household to be registered, all of it checked; the first of `members` is its head."""

    area: Area
    group_name: str
    category: str
    members: Sequence[NewMember]
    phone: str = ""
    bank_card: str = ""
    cause: str = ""
    helper: User | None = None


def register_household(
    *,
    by: User,
    area: Area,
    group_name: str,
    category: Category,
    members: Sequence[NewMember],
    phone: str = "",
    bank_card: str = "",
    helper: User | None = None,
    cause: str = "",
) -> Household:
    """Register a household of the village `area`; the first of `members` is its head.

    Members who may be registered already under the same name and birth in this village go to a person
    (`duplicates`). Raises RegisterRefused with every field that is wrong, for somebody who is in a household
    already, for an area that is no village and for an actor without an office that registers there.
    """
    if area.level != Level.VILLAGE:
        raise RegisterRefused(_("农户要登记在村里，请选到村"))
    members = [tidy(member) for member in members]
    phone, bank_card = plain_number(phone), plain_number(bank_card)
    wrong = all_wrong(group_name, members, phone, bank_card)
    if wrong:
        raise RegisterRefused("；".join(dict.fromkeys(wrong.values())), wrong)
    new = NewHousehold(area, group_name.strip(), category, members, phone, bank_card, cause, helper)
    with transaction.atomic():
        office = registrar(by, area)
        household, drafts = create(new, by=by, office=office)
        append(*drafts)
    return household


def registrar(by: User, area: Area) -> Office:
    """Return the office by which `by` registers at `area`; RegisterRefused where there is none."""
    office = scope_of(by, fresh=True).holds(REGISTERING_ROLES, area.path, Line.ASSISTANCE)
    if office is None:
        raise RegisterRefused(_("您没有登记这个村农户的职务，请找村文书或乡镇经办"))
    return office


def create(
    new: NewHousehold, *, by: User, office: Office, evidence: PrivateFile | None = None
) -> tuple[Household, list[Draft]]:
    """Write a household that was checked, inside the caller's transaction; return it and its events.

    Raises RegisterRefused for somebody who is in a household already.
    """
    household = Household.objects.create(
        area=new.area,
        area_path=new.area.path,
        group_name=new.group_name,
        category=new.category,
        cause=new.cause,
        head_name=new.members[0].name,
        phone=new.phone,
        bank_card=new.bank_card,
        helper=new.helper,
    )
    members = [_add(household, member, place) for place, member in enumerate(new.members)]
    change = RegisterChange.objects.create(
        household=household, kind=ChangeKind.REGISTERED, after=new.category, evidence=evidence, by=by
    )
    registered = Draft(
        events.HOUSEHOLD_REGISTERED,
        "household",
        str(household.pk),
        actor=by,
        office=office,
        area_code=new.area.code,
        body={"category": str(new.category), "members": len(new.members)},
        sealed={"head": new.members[0].name, "card": new.bank_card},
    )
    registered = with_rows(registered, household, *members, change)
    return household, [registered, *duplicates.look(household, by=by, office=office)]


def _add(household: Household, new: NewMember, place: int) -> Member:
    member = Member(
        household=household,
        name=new.name,
        id_number=new.id_number,
        relation=new.relation,
        sex=sex_of(new.id_number) or new.sex,
        labour=new.labour,
        able_to_work=new.works,
        born_on=new.birth,
    )
    said = _("有一位成员已经登记在别的户里，请先查明再登记")
    taken = RegisterRefused(said, {f"members-{place}-id_number": said})
    if new.id_number and is_taken(new.id_number):
        raise taken
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError:
        # Somebody registered the same person a moment ago; the database lets only one stand.
        raise taken from None
    return member


def is_taken(id_number: str) -> bool:
    """Return whether somebody with this number is a member of a household now."""
    return Member.objects.present().filter(id_hash=keyed_hash(id_number, "id")).exists()
