"""What may stand in the register: each field of a person and of a household, checked one by one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from portal import clock

from .id_numbers import birth_of, complaint, is_valid, sex_of
from .models.choices import ABLE_TO_WORK, Sex

LONGEST = 20
WORKING_AGE = 16
_SPACES = re.compile(r"\s+")
_PHONE = re.compile(r"[0-9]{7,12}|0[0-9]{2,3}-[0-9]{7,8}")
_CARD = re.compile(r"[0-9]{12,19}")


@dataclass(frozen=True)
class NewMember:
    """A member to be registered. `id_number` is 18 characters or empty where the person has none.

    Birth and sex are read from the number; where they are given too, they must agree with it.
    """

    name: str
    relation: str
    id_number: str = ""
    able_to_work: bool = True
    born_on: date | None = None
    sex: str = ""
    labour: str = ""

    @property
    def birth(self) -> date | None:
        """Return the date of birth: that of the number before what was said."""
        return birth_of(self.id_number) or self.born_on

    @property
    def works(self) -> bool:
        """Return whether the person counts as able to work; a child never does."""
        if self.labour:
            return self.labour in ABLE_TO_WORK
        return self.able_to_work and not is_child(self.birth)


def is_child(born_on: date | None) -> bool:
    """Return whether somebody born on that day is under 16 today; no where it is not known."""
    if born_on is None:
        return False
    today = clock.today()
    years = today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))
    return years < WORKING_AGE


def plain_number(text: str) -> str:
    """Return a number without spaces, the check character X written large: one person, one hash."""
    return _SPACES.sub("", text).upper()


def tidy(new: NewMember) -> NewMember:
    """Return the member without stray spaces."""
    number = plain_number(new.id_number)
    return replace(new, name=new.name.strip(), relation=new.relation.strip(), id_number=number)


def member_wrong(member: NewMember) -> dict[str, str]:
    """Return what is wrong with a tidy member, by field; what is told of a number says what to do."""
    wrong: dict[str, str] = {}
    if not 0 < len(member.name) <= 2 * LONGEST:
        wrong["name"] = _("请填写户主和每位成员的姓名")
    if len(member.relation) > LONGEST or not member.relation:
        wrong["relation"] = _("请填写与户主的关系，最多 20 个字")
    if said := complaint(member.id_number):
        wrong["id_number"] = said
    known = is_valid(member.id_number)
    if known and member.born_on and member.born_on != birth_of(member.id_number):
        wrong["born_on"] = _("出生日期和身份证号里的不一样，请核对")
    elif member.born_on and member.born_on > clock.today():
        wrong["born_on"] = _("出生日期还没有到，请核对")
    if known and member.sex and member.sex != sex_of(member.id_number):
        said_sex = Sex(sex_of(member.id_number)).label
        wrong["sex"] = _("性别和身份证号里的不一样（号码里是%(sex)s），请核对") % {"sex": said_sex}
    if member.labour in ABLE_TO_WORK and is_child(member.birth):
        wrong["labour"] = _("不满 16 周岁，不能算有劳动能力，请改成“无劳动力”")
    return wrong


def household_wrong(group_name: str, phone: str, bank_card: str) -> dict[str, str]:
    """Return what is wrong with what belongs to the household as a whole, by field."""
    wrong: dict[str, str] = {}
    if not 0 < len(group_name.strip()) <= LONGEST:
        wrong["group_name"] = _("请填写村民小组，最多 20 个字")
    if phone and not _PHONE.fullmatch(phone):
        wrong["phone"] = _("联系电话只填数字，座机可以带区号和短横线")
    if card := card_wrong(bank_card):
        wrong["bank_card"] = card
    return wrong


def card_wrong(bank_card: str) -> str:
    """Return what is wrong with a card number; empty where nothing is or none is given."""
    if bank_card and not _CARD.fullmatch(bank_card):
        return _("一卡通卡号只填数字，12 到 19 位，请照卡面核对")
    return ""


def all_wrong(group_name: str, members: Sequence[NewMember], phone: str, bank_card: str) -> dict[str, str]:
    """Return what is wrong with a new household, by field, all of it at once (``members-0-name``)."""
    wrong = household_wrong(group_name, phone, bank_card)
    if not members:
        wrong["members-0-name"] = _("请填写户主和每位成员的姓名")
    numbers: set[str] = set()
    for place, member in enumerate(members):
        for field, said in member_wrong(member).items():
            where = _("第%(place)s位成员：") % {"place": place + 1} if field == "id_number" else ""
            wrong[f"members-{place}-{field}"] = where + said
        if member.id_number and member.id_number in numbers:
            wrong[f"members-{place}-id_number"] = _("这个身份证号在本户填了两次，请核对")
        numbers.add(member.id_number)
    return wrong
