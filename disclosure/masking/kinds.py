"""What the lists of each kind of content may show, on the web and on the board, and which reasons: one table.

The kind of content (what a list is about) is one thing, the stage at which it is published (resolution,
reviewed list, result, announcement) another. A programme may take away from what its kind allows (no names),
never add to it (design.md rule 8, domain.md section 3).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Content(TextChoices):
    """What a public list is about."""

    ADDITIONS = "additions", _("纳入帮扶对象")
    EXITS = "exits", _("退出帮扶对象")
    CHANGES = "changes", _("户档变更")
    APPLICATIONS = "applications", _("项目申请")
    AID = "aid", _("临时救助")
    ALLOCATIONS = "allocations", _("资金分配")
    PAYMENTS = "payments", _("资金发放")
    DIVIDENDS = "dividends", _("收益分红")
    WORKS = "works", _("工程项目")
    ASSESSMENTS = "assessments", _("考核结果")
    ACCOUNTS = "accounts", _("村级账目")
    VILLAGE = "village", _("其他村务")


class Reasons(TextChoices):
    """Which reasons a row may give."""

    FIXED = "fixed", _("只能用写好的那几句")
    COMPOSED = "composed", _("由项目的条款拼成，不写个人情况")
    NONE = "none", _("不写理由，只写依据")


@dataclass(frozen=True)
class Kind:
    """The rule of one kind of content.

    `households` says whether a row is a household: its name (`names`) and group stand while the list runs and
    leave with it. Rows of other things (a township, a works, an entry of accounts) name nobody and stay.
    `money` says whether amounts may stand on it at all. `web` and `board` are the keys that each may show.
    `stays` are those that remain by row on the web once the days of a result are over. `unit` counts rows.
    """

    households: bool
    names: bool
    money: bool
    web: tuple[str, ...]
    board: tuple[str, ...]
    stays: tuple[str, ...]
    reasons: Reasons
    unit: Any
    source: str


_PERSON = ("group", "item", "note", "why")
_MONEY = ("amount_fen", "reduced_fen")
_ALL = ("group", "item", "amount_fen", "note", "reduced_fen", "why", "effect")
_RESULT = ("item", "amount_fen", "note", "reduced_fen", "why", "effect")
_THING = ("item", "amount_fen", "note", "why", "effect")
HOUSEHOLDS, ENTRIES, WORKS_UNIT, UNITS = _("户"), _("笔"), _("项"), _("个单位")

KINDS: Mapping[str, Kind] = {
    Content.ADDITIONS: Kind(
        True, True, False, _PERSON, _PERSON, (), Reasons.FIXED, HOUSEHOLDS, "S17, S18, WZ-06"
    ),
    Content.EXITS: Kind(
        True, True, False, _PERSON, _PERSON, (), Reasons.FIXED, HOUSEHOLDS, "S21, S22, WZ-07"
    ),
    Content.CHANGES: Kind(True, True, False, _PERSON, _PERSON, (), Reasons.FIXED, HOUSEHOLDS, "S17, S18"),
    Content.APPLICATIONS: Kind(
        True, True, True, _ALL, _ALL, _RESULT, Reasons.COMPOSED, HOUSEHOLDS, "HY-34, S13, S14"
    ),
    Content.AID: Kind(
        True,
        False,
        True,
        ("item", "amount_fen", "why"),
        ("item", "amount_fen", "why"),
        (),
        Reasons.NONE,
        HOUSEHOLDS,
        "design.md 8",
    ),
    Content.ALLOCATIONS: Kind(
        False, False, True, _THING, _THING, _THING, Reasons.COMPOSED, UNITS, "S11, S12"
    ),
    Content.PAYMENTS: Kind(
        True, True, True, _ALL, _ALL, _RESULT, Reasons.COMPOSED, HOUSEHOLDS, "HY-38, XC-33"
    ),
    Content.DIVIDENDS: Kind(
        True,
        True,
        True,
        ("group", "item", *_MONEY, "note", "why"),
        ("group", "item", *_MONEY, "note", "why"),
        (),
        Reasons.COMPOSED,
        HOUSEHOLDS,
        "WZ-20",
    ),
    Content.WORKS: Kind(False, False, True, _THING, _THING, _THING, Reasons.COMPOSED, WORKS_UNIT, "S14"),
    Content.ASSESSMENTS: Kind(
        False,
        False,
        False,
        ("item", "note", "why", "effect"),
        ("item", "note", "why", "effect"),
        ("item", "note", "why", "effect"),
        Reasons.COMPOSED,
        UNITS,
        "XY-38",
    ),
    Content.ACCOUNTS: Kind(False, False, True, _THING, _THING, _THING, Reasons.NONE, ENTRIES, "S3"),
    # Whatever else a village settles (a rule, a lease, a repair): points of what was resolved, not entries.
    Content.VILLAGE: Kind(False, False, True, _THING, _THING, _THING, Reasons.NONE, WORKS_UNIT, "S3, XC-07"),
}

# What put a household on the register is nobody's business: these sentences are all that may be said of it.
CHECKED = _("情况经入户核实、信息比对、村里评议。")
EXIT_CHECKED = _("收入、生活等退出条件经两人入户核查、村里评议。")
SAFE_REASONS: Mapping[str, tuple[Any, ...]] = {
    Content.ADDITIONS: (CHECKED,),
    Content.CHANGES: (CHECKED,),
    Content.EXITS: (EXIT_CHECKED,),
}


def kind_of(content: str) -> Kind:
    """Return the rule of `content`; KeyError for one that the table does not hold."""
    return KINDS[content]


def may_name(content: str, programme_names: bool) -> bool:
    """Return whether a list carries names: its kind allows them and so does its programme."""
    return KINDS[content].names and programme_names


def is_safe_reason(content: str, text: str) -> bool:
    """Return whether `text` may stand as a row's reason in a list of `content`; an empty one always may."""
    kind = KINDS[content]
    if not text or kind.reasons == Reasons.COMPOSED:
        return True
    return kind.reasons == Reasons.FIXED and text in {str(one) for one in SAFE_REASONS[content]}
