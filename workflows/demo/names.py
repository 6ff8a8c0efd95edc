"""Invented people and numbers: they fail no checksum rule and belong to nobody.

Every ID number begins with 99, a code that no province has; phones and cards are as plainly invented.
"""

from dataclasses import dataclass
from datetime import date

from workflows.registry.id_numbers import check_character

FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"
GIVEN = [
    *("大山", "秀花", "为民", "桂兰", "长根", "凤英", "水生", "玉珍", "满仓", "春梅", "有田", "秋菊"),
    *("金宝", "素芬", "石头", "冬莲", "富贵", "翠云", "来福", "月娥", "根旺", "银杏", "树林", "巧玲"),
    *("青山", "玉兰", "月明", "桂芳", "志勇", "彩霞"),
]
MIDDLE = "守永正立怀居安同继望"
CHILD = "禾苗果豆米麦叶朵星月"


@dataclass(frozen=True)
class Person:
    """An invented villager with a valid but impossible ID number."""

    name: str
    id_number: str


def id_number(born: date, sequence: int) -> str:
    """Return an ID number of the impossible area 990101 with a right check character."""
    first = f"990101{born:%Y%m%d}{sequence % 1000:03d}"
    return first + check_character(first)


def person(sequence: int, *, born_year: int = 1962) -> Person:
    """Return the invented person number `sequence`; the same number gives the same person."""
    born = date(born_year + sequence % 25, 1 + sequence % 12, 1 + sequence % 28)
    return Person(_name(sequence), id_number(born, sequence))


def child(sequence: int, *, years: int, on: date) -> Person:
    """Return an invented child who was `years` old on the day `on`, with a name that no other person has."""
    family = FAMILY[sequence * 7 % len(FAMILY)]
    name = family + "小" + CHILD[sequence // len(FAMILY) % len(CHILD)]
    return Person(name, id_number(date(on.year - years, 1, 1 + sequence % 28), 700 + sequence))


def _name(sequence: int) -> str:
    """Return the name of person number `sequence`; no two of the first nine thousand share one."""
    families, givens = len(FAMILY), len(GIVEN)
    family = sequence * 7 % families
    given = (sequence * 7 // families * 11 + family) % givens
    turn = sequence // (families * givens)
    middle = MIDDLE[turn % len(MIDDLE)] if turn else ""
    return FAMILY[family] + middle + GIVEN[given]


def phone(sequence: int) -> str:
    """Return an invented mobile number."""
    return f"199000{sequence:05d}"


def bank_card(sequence: int) -> str:
    """Return an invented 19-digit card number that passes the Luhn check."""
    first = f"990000000000{sequence:06d}"
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(first))]
    total = sum(value - 9 if value > 9 else value for value in doubled)
    return f"{first}{-total % 10}"
