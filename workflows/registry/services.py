"""Registering households; later changes of category and membership go through the flows alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.areas.models import Area, Level
from portal.ledger.services import Draft, append
from portal.people.models import Line, Office, Role, User
from portal.people.scope import scope_of
from portal.sealing.keys import keyed_hash

from . import events
from .id_numbers import birth_of, is_valid
from .models import Category, Household, Member

REGISTERING_ROLES = [Role.VILLAGE_CLERK, Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER]


class RegisterRefused(Exception):
    """A household that could not be registered; `str()` says what to correct."""


@dataclass(frozen=True)
class NewMember:
    """A member to be registered. `id_number` is 18 characters or empty where the person has none."""

    name: str
    relation: str
    id_number: str = ""
    able_to_work: bool = True


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
) -> Household:
    """Register a household of the village `area`; the first of `members` is its head.

    Raises RegisterRefused for a wrong ID number, for somebody who is in a household already, for an area
    that is no village and for an actor without an office that registers there.
    """
    if area.level != Level.VILLAGE:
        raise RegisterRefused(_("农户要登记在村里，请选到村"))
    if not members or not all(member.name.strip() for member in members):
        raise RegisterRefused(_("请填写户主和每位成员的姓名"))
    for member in members:
        if member.id_number and not is_valid(member.id_number):
            raise RegisterRefused(
                _("第%(place)s位成员的身份证号校验不对，请核对") % {"place": members.index(member) + 1}
            )
    with transaction.atomic():
        office = _registrar(by, area)
        household = Household.objects.create(
            area=area,
            area_path=area.path,
            group_name=group_name,
            category=category,
            head_name=members[0].name,
            phone=phone,
            bank_card=bank_card,
            helper=helper,
        )
        for member in members:
            _add(household, member)
        append(
            Draft(
                events.HOUSEHOLD_REGISTERED,
                "household",
                str(household.pk),
                actor=by,
                office=office,
                area_code=area.code,
                body={"category": Category(category).value, "members": len(members)},
                sealed={"head": members[0].name, "card": bank_card},
            )
        )
    return household


def _registrar(by: User, area: Area) -> Office:
    office = scope_of(by, fresh=True).holds(REGISTERING_ROLES, area.path, Line.ASSISTANCE)
    if office is None:
        raise RegisterRefused(_("您没有登记这个村农户的职务，请找村文书或乡镇经办"))
    return office


def _add(household: Household, new: NewMember) -> None:
    member = Member(
        household=household,
        name=new.name,
        id_number=new.id_number,
        relation=new.relation,
        able_to_work=new.able_to_work,
        born_on=birth_of(new.id_number),
    )
    taken = RegisterRefused(_("有一位成员已经登记在别的户里，请先查明再登记"))
    if new.id_number and Member.objects.filter(id_hash=keyed_hash(new.id_number, "id")).exists():
        raise taken
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError:
        # Somebody registered the same person a moment ago; the database lets only one stand.
        raise taken from None
