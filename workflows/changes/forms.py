"""What each change asks of its filer, as data; cleaned once on the way in, told in words on the way out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.areas.models import Area, Level, path_range
from portal.configuration.services import value as setting
from portal.people.models import User
from workflows.programmes.answers import MAX_FEN, yuan
from workflows.registry.changes import HEAD, refuse_helper, refuse_number
from workflows.registry.models import MONITORED_CATEGORIES, Category, Household, Member
from workflows.registry.services import RegisterRefused

from . import keys
from .errors import ChangeRefused
from .models import Wanted

LONGEST = 500
# City and county.
COUNTY_DEPTH = 2
ENTERED = [*MONITORED_CATEGORIES, Category.LOW_INCOME]
RELATIONS = ["配偶", "儿子", "女儿", "儿媳", "女婿", "父亲", "母亲", "孙子", "孙女", "其他"]


@dataclass(frozen=True)
class Asked:
    """One input. `kind`: text, long, date, money, choice, category, member, members, helper, village, id."""

    key: str
    label: str | Promise
    kind: str = "text"
    required: bool = True
    choices: tuple[str, ...] = ()
    help: str | Promise = ""


EVIDENCE = Asked(
    "evidence", _("有什么依据"), "long", help=_("比如：户口簿、出生证明、村里的证明；原件照片附在下面")
)
_NEW_MEMBER = (
    Asked("name", _("姓名")),
    Asked("relation", _("与户主关系"), "choice", choices=tuple(RELATIONS)),
)
_ENTRY = (
    Asked("category", _("纳入为"), "category"),
    Asked("situation", _("困难情况"), "long", help=_("发生了什么、什么时候、花了多少、家里还有什么收入")),
    Asked("income_fen", _("近 12 个月全家纯收入"), "money"),
)
FIELDS: dict[str, tuple[Asked, ...]] = {
    Wanted.ENTER: _ENTRY,
    Wanted.REENTER: _ENTRY,
    Wanted.CATEGORY: _ENTRY,
    Wanted.BIRTH: (
        *_NEW_MEMBER,
        Asked("on", _("出生或收养日期"), "date"),
        Asked("id_number", _("身份证号"), "id", required=False),
    ),
    Wanted.DEATH: (
        Asked("member", _("谁去世了"), "member"),
        Asked("on", _("去世日期"), "date"),
        Asked("new_head", _("新户主"), "member", required=False, help=_("去世的是户主时要选")),
    ),
    Wanted.MARRY_IN: (
        *_NEW_MEMBER,
        Asked("id_number", _("身份证号"), "id"),
        Asked("on", _("入户日期"), "date"),
    ),
    Wanted.MARRY_OUT: (Asked("member", _("谁离户"), "member"), Asked("on", _("离户日期"), "date")),
    Wanted.MOVE_OUT: (Asked("member", _("谁迁出"), "member"), Asked("on", _("迁出日期"), "date")),
    Wanted.MOVE: (
        Asked("village", _("迁到哪个村"), "village", help=_("写村名，或者 12 位区划代码")),
        Asked("group_name", _("村民小组")),
    ),
    Wanted.SPLIT: (
        Asked("members", _("分出去的人"), "members"),
        Asked("head", _("新户的户主"), "member"),
        Asked("group_name", _("新户的村民小组"), required=False),
        Asked("on", _("分户日期"), "date"),
    ),
    Wanted.HEAD: (Asked("member", _("新户主"), "member"),),
    Wanted.HELPER: (Asked("helper", _("新的帮扶责任人"), "helper"),),
    Wanted.EXIT: (
        Asked("income_year", _("哪一年的收入"), "year"),
        Asked("income_fen", _("全家这一年的纯收入"), "money"),
        Asked(
            "income_reason",
            _("和户档记的不一样的，为什么"),
            "long",
            required=False,
            help=_("户档里有这一年收入的，改了要写理由，以后各级都看得到"),
        ),
        Asked("living", _("现在的生活情况"), "long"),
    ),
}


def fields_of(wanted: str) -> tuple[Asked, ...]:
    """Return what `wanted` asks, the evidence last; an exit gives evidence for each criterion instead."""
    return FIELDS[wanted] if wanted == Wanted.EXIT else (*FIELDS[wanted], EVIDENCE)


def clean(wanted: str, household: Household, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the details of a change as they are kept: ids for people, fen for money, ISO for dates.

    Raises ChangeRefused with a sentence for every input that is wrong.
    """
    details: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for asked in fields_of(wanted):
        value = given.get(asked.key)
        if value in (None, "", []):
            if asked.required:
                wrong[asked.key] = translate("请填写“%(label)s”") % {"label": asked.label}
            continue
        try:
            details[asked.key] = _clean_one(asked, household, value)
        except (ValueError, RegisterRefused) as error:
            wrong[asked.key] = str(error)
    if not wrong:
        wrong = _together(wanted, household, details)
    if wrong:
        raise ChangeRefused("；".join(dict.fromkeys(wrong.values())), wrong)
    return details


def _clean_one(asked: Asked, household: Household, value: Any) -> Any:
    said = {"label": asked.label}
    if asked.kind == "money":
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_FEN:
            raise ValueError(translate("“%(label)s”要填金额，单位元，最多两位小数") % said)
        return value
    if asked.kind == "date":
        day = value if isinstance(value, date) else _day(str(value))
        if day is None or day > clock.today():
            raise ValueError(translate("“%(label)s”要填今天或以前的一天，写成 2026-11-21 这样") % said)
        return day.isoformat()
    if asked.kind == "year":
        if not str(value).isdecimal() or not 2000 <= int(value) <= clock.today().year:
            raise ValueError(translate("“%(label)s”要填四位年份") % said)
        return int(value)
    if asked.kind in ("member", "members"):
        return _members(asked, household, value)
    if asked.kind == "helper":
        helper = User.objects.filter(username=str(value).strip(), is_active=True).first()
        if helper is None:
            raise ValueError(translate("请从能帮扶这个村的人里选；没有的，请先任职再变更"))
        refuse_helper(household, helper, clock.today())
        return helper.pk
    if asked.kind == "village":
        return _village(household, str(value).strip()).code
    text = str(value).strip()
    if len(text) > LONGEST:
        raise ValueError(translate("“%(label)s”太长了，最多 %(most)s 个字") % {**said, "most": LONGEST})
    if asked.kind == "category" and text not in [choice.value for choice in ENTERED]:
        raise ValueError(translate("请选纳入哪一类；不再帮扶的请走“退出”"))
    if asked.kind == "choice" and text not in asked.choices:
        raise ValueError(translate("“%(label)s”请从给出的选项里选") % said)
    if asked.kind == "id":
        text = text.upper()
        refuse_number(text)
    return text


def _village(household: Household, said: str) -> Area:
    """Return the village that `said` names by its code, or by its name within the household's county."""
    villages = Area.objects.in_force(clock.today()).filter(level=Level.VILLAGE)
    county = household.area_path[: Area.steplen * COUNTY_DEPTH]
    found = list(
        villages.filter(code=said)
        if said.isascii() and said.isdecimal()
        else villages.filter(path_range(county, "path"), name=said)
    )
    if len(found) > 1:
        raise ValueError(translate("本县有几个叫%(name)s的，请写 12 位区划代码") % {"name": said})
    if not found or found[0].pk == household.area_id:
        raise ValueError(translate("没有这个村，或者就是现在的村，请核对村名或者区划代码"))
    return found[0]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        return None


def _members(asked: Asked, household: Household, value: Any) -> Any:
    wanted = {str(one) for one in (value if isinstance(value, list | tuple) else [value])}
    found = [member.pk for member in household.present_members if str(member.pk) in wanted]
    if len(found) != len(wanted):
        raise ValueError(translate("“%(label)s”请从这户现在的家人里选") % {"label": asked.label})
    return found if asked.kind == "members" else found[0]


def _together(wanted: str, household: Household, details: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with inputs that are right alone."""
    heads = {member.pk for member in household.present_members if member.relation == HEAD}
    others = {member.pk for member in household.present_members} - heads
    orphaned = wanted == Wanted.DEATH and details["member"] in heads and bool(others)
    if orphaned and details.get("new_head") in (None, details["member"]):
        return {"new_head": translate("去世的是户主，请选谁当新户主")}
    if wanted in (Wanted.MARRY_OUT, Wanted.MOVE_OUT) and details["member"] in heads and others:
        return {"member": translate("户主离户前，请先变更户主")}
    if wanted == Wanted.HEAD and details["member"] in heads:
        return {"member": translate("这个人已经是户主")}
    if wanted == Wanted.SPLIT:
        if details["head"] not in details["members"]:
            return {"head": translate("新户的户主要在分出去的人里面")}
        if heads & set(details["members"]):
            return {"members": translate("户主留在原来的户里；要分出户主请先变更户主")}
    if wanted in (Wanted.ENTER, Wanted.REENTER, Wanted.CATEGORY):
        return _category(wanted, household, details["category"])
    return {}


def _category(wanted: str, household: Household, category: str) -> dict[str, str]:
    now = household.get_category_display()
    if category == household.category:
        return {"category": translate("这户已经是%(now)s") % {"now": now}}
    if wanted == Wanted.CATEGORY and household.category not in ENTERED:
        return {"category": translate("这户现在是%(now)s，请选“纳入”或“返贫再纳入”") % {"now": now}}
    if wanted != Wanted.CATEGORY and household.category in ENTERED:
        return {"category": translate("这户现在是%(now)s，请选“变更类别”") % {"now": now}}
    return {}


def criteria_of(details: Mapping[str, Any], household: Household) -> dict[str, Mapping[str, str]]:
    """Return the criteria that an exit was filed under, in the order in which the county names them today."""
    filed: dict[str, Mapping[str, str]] = details.get("criteria", {})
    named = details.get("criteria_set")
    order = list(setting(keys.criteria_key(named), household.area_path)) if named else []
    return dict(sorted(filed.items(), key=lambda one: [*order, one[0]].index(one[0])))


def in_words(wanted: str, details: Mapping[str, Any], people: Mapping[int, str]) -> list[tuple[str, str]]:
    """Return label and value of each answer; `people` names the household's members by id."""
    said = []
    for asked in fields_of(wanted):
        if asked.key in details:
            said.append((str(asked.label), _word(asked, details[asked.key], people)))
    return said


def _word(asked: Asked, value: Any, people: Mapping[int, str]) -> str:
    if asked.kind == "money":
        return translate("%(yuan)s 元") % {"yuan": yuan(value)}
    if asked.kind == "category":
        return str(Category(value).label)
    if asked.kind == "member":
        return people.get(value, "")
    if asked.kind == "members":
        return "、".join(people.get(one, "") for one in value)
    if asked.kind == "helper":
        return str(User.objects.filter(pk=value).first() or "")
    if asked.kind == "village":
        return str(Area.objects.filter(code=value).first() or value)
    if asked.kind == "id":
        return translate("已填（加密保存）")
    return str(value)


def people_of(household: Household) -> dict[int, str]:
    """Return the names of everyone who is or was in the household, by id."""
    found: Sequence[Member] = list(household.members.all())
    return {member.pk: member.name for member in found}
