"""Registering households; later changes of category and membership go through the flows alone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area, Level
from portal.ledger.services import Draft, append
from portal.people.models import Line, Office, Role, User
from portal.people.scope import scope_of
from portal.sealing.keys import keyed_hash

from . import events
from .id_numbers import birth_of, is_valid
from .models import Category, Household, Member

LONGEST = 20
_SPACES = re.compile(r"\s+")
_PHONE = re.compile(r"[0-9]{7,12}|0[0-9]{2,3}-[0-9]{7,8}")
_CARD = re.compile(r"[0-9]{12,19}")
REGISTERING_ROLES = [Role.VILLAGE_CLERK, Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER]


class RegisterRefused(Exception):
    """A household that could not be registered; `str()` says what to correct.

    `fields` names what is wrong where: ``group_name``, ``phone``, ``bank_card``, ``members-0-id_number``.
    """

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        self.fields = dict(fields or {})
        super().__init__(message)


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

    Raises RegisterRefused with every field that is wrong, for somebody who is in a household already, for an
    area that is no village and for an actor without an office that registers there.
    """
    if area.level != Level.VILLAGE:
        raise RegisterRefused(_("农户要登记在村里，请选到村"))
    members = [_tidy(member) for member in members]
    phone, bank_card = _SPACES.sub("", phone), _SPACES.sub("", bank_card)
    wrong = _wrong(group_name, members, phone, bank_card)
    if wrong:
        raise RegisterRefused("；".join(dict.fromkeys(wrong.values())), wrong)
    with transaction.atomic():
        office = _registrar(by, area)
        household = Household.objects.create(
            area=area,
            area_path=area.path,
            group_name=group_name.strip(),
            category=category,
            head_name=members[0].name,
            phone=phone,
            bank_card=bank_card,
            helper=helper,
        )
        for place, member in enumerate(members):
            _add(household, member, place)
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


def _tidy(new: NewMember) -> NewMember:
    """Return the member without stray spaces, the check character X written large: one person, one hash."""
    number = _SPACES.sub("", new.id_number).upper()
    return replace(new, name=new.name.strip(), relation=new.relation.strip(), id_number=number)


def _wrong(group_name: str, members: Sequence[NewMember], phone: str, bank_card: str) -> dict[str, str]:
    """Return what is wrong with what was typed, by field, all of it at once."""
    wrong: dict[str, str] = {}
    if not 0 < len(group_name.strip()) <= LONGEST:
        wrong["group_name"] = _("请填写村民小组，最多 20 个字")
    if phone and not _PHONE.fullmatch(phone):
        wrong["phone"] = _("联系电话只填数字，座机可以带区号和短横线")
    if bank_card and not _CARD.fullmatch(bank_card):
        wrong["bank_card"] = _("一卡通卡号只填数字，请照卡面核对")
    if not members:
        wrong["members-0-name"] = _("请填写户主和每位成员的姓名")
    numbers: set[str] = set()
    for place, member in enumerate(members):
        if not 0 < len(member.name) <= 2 * LONGEST:
            wrong[f"members-{place}-name"] = _("请填写户主和每位成员的姓名")
        if len(member.relation) > LONGEST or not member.relation:
            wrong[f"members-{place}-relation"] = _("请填写与户主的关系，最多 20 个字")
        number = member.id_number
        born_on = birth_of(number)
        if number and (not is_valid(number) or (born_on and born_on > clock.today())):
            wrong[f"members-{place}-id_number"] = _("第%(place)s位成员的身份证号校验不对，请核对") % {
                "place": place + 1
            }
        elif number in numbers:
            wrong[f"members-{place}-id_number"] = _("这个身份证号在本户填了两次，请核对")
        numbers |= {number} - {""}
    return wrong


def _add(household: Household, new: NewMember, place: int) -> None:
    member = Member(
        household=household,
        name=new.name,
        id_number=new.id_number,
        relation=new.relation,
        able_to_work=new.able_to_work,
        born_on=birth_of(new.id_number),
    )
    said = _("有一位成员已经登记在别的户里，请先查明再登记")
    taken = RegisterRefused(said, {f"members-{place}-id_number": said})
    if new.id_number and Member.objects.filter(id_hash=keyed_hash(new.id_number, "id")).exists():
        raise taken
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError:
        # Somebody registered the same person a moment ago; the database lets only one stand.
        raise taken from None
