"""The columns of the table: one row a person, what belongs to the household on the head's row."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from workflows.registry import labels
from workflows.registry.models import Cause, Labour, Sex

SHEET = "农户"
NOTES = "填写说明"
HEAD = "户主"
RELATIONS = [HEAD, "配偶", "子女", "父母", "儿媳", "女婿", "孙子女", "兄弟姐妹", "其他"]


@dataclass(frozen=True)
class Column:
    """A column: its title in row 1, what to write in it, and whether it belongs to the household."""

    key: str
    title: str
    help: Any
    width: int = 12
    of_household: bool = False
    choices: dict[str, str] = field(default_factory=dict)


_AREA = Column("area", "村代码", _("12 位区划代码，每行都填"), 15)
_FAMILY = Column("family", "户序号", _("同一户的人填同一个号，例如 1、2、3"), 8)
PLAIN = [
    _AREA,
    _FAMILY,
    Column("group_name", "村民小组", _("例如：一组。只在户主那一行填"), 10, of_household=True),
    Column("name", "姓名", _("照身份证或户口簿"), 10),
    Column("relation", "与户主关系", _("一户要有一个，也只能有一个“户主”"), 12),
    Column("id_number", "身份证号", _("18 位；没有的空着，但要填出生日期"), 21),
    Column("born_on", "出生日期", _("写成 1965-03-02；有身份证号的可以不填"), 12),
    Column("sex", "性别", _("男或者女；有身份证号的可以不填"), 6),
    Column("labour", "劳动能力", _("从列出的里选"), 16),
    Column("category", "类别", _("从列出的里选。只在户主那一行填"), 14, of_household=True),
    Column("cause", "致贫原因", _("从列出的里选，可以不填。只在户主那一行填"), 16, of_household=True),
    Column("phone", "联系电话", _("可以不填。只在户主那一行填"), 14, of_household=True),
    Column("bank_card", "一卡通卡号", _("可以不填。只在户主那一行填"), 22, of_household=True),
    Column("helper", "帮扶责任人账号", _("登录用的账号，可以不填。只在户主那一行填"), 15, of_household=True),
    Column("year", "收入年度", _("例如 2025；不填收入的空着。只在户主那一行填"), 10, of_household=True),
    Column("operating_fen", "经营性收入（元）", _("全户一年的纯收入，可以是负数"), 16, of_household=True),
    Column("wage_fen", "工资性收入（元）", _("全户一年，单位元"), 16, of_household=True),
    Column("property_fen", "财产性收入（元）", _("全户一年，单位元"), 16, of_household=True),
    Column("transfer_fen", "转移性收入（元）", _("全户一年，单位元"), 16, of_household=True),
]
INCOME = ["operating_fen", "wage_fen", "property_fen", "transfer_fen"]
# Excel keeps 15 digits of a number: longer codes are lost unless the cell is text.
TEXT_ONLY = {"id_number", "bank_card"}


def columns() -> list[Column]:
    """Return the columns with the choices that hold today."""
    choices: dict[str, dict[str, str]] = {
        "relation": {word: word for word in RELATIONS},
        "sex": {str(label): value for value, label in Sex.choices},
        "labour": {str(label): value for value, label in Labour.choices},
        "category": {word: code for code, word in labels.labels_on()},
        "cause": {str(label): value for value, label in Cause.choices},
    }
    return [
        Column(one.key, one.title, one.help, one.width, one.of_household, choices.get(one.key, {}))
        for one in PLAIN
    ]


def letter(place: int) -> str:
    """Return the letter of the column at `place`, 0 for A."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


PLACES = {column.key: place for place, column in enumerate(PLAIN)}


def address(key: str, row: int) -> str:
    """Return the cell address of the column `key` in the row `row`, 1 for the first."""
    return f"{letter(PLACES[key])}{row}"
