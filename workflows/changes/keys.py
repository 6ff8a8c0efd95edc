"""Settings of changes, exits and aid: criteria, lines, limits and tiers, each dated, with its source."""

from typing import Any

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from portal.configuration import keys
from workflows.programmes.answers import fen_of
from workflows.registry.models import MONITORED_CATEGORIES

from . import paragraphs

URGENT_DAYS = "changes.urgent_days"
REMEDY = "changes.remedy"
AID_ADVANCE = "aid.advance_ceiling_fen"
AID_AFTER_DAYS = "aid.after_days"
AID_MEETING_FROM = "aid.case_by_case_from_fen"
AID_COUNTY_FROM = "aid.county_from_fen"
MONITORED, LOW_INCOME = "monitored", "low_income"
NOT_FOUND = _("县级自定，待县确认")

# The named sets of criteria: what each is called, and the evidence that a filer gives for it.
CRITERIA: dict[str, dict[str, str]] = {
    MONITORED: {
        "income": "年人均纯收入稳定超过监测线",
        "no_worries": "不愁吃、不愁穿（两不愁）",
        "schooling": "义务教育有保障，没有失学辍学",
        "medical": "基本医疗有保障，家人都参保",
        "housing": "住房安全有保障",
        "water": "饮水安全有保障",
        "risk_gone": "致贫返贫的风险已经稳定消除",
    },
    LOW_INCOME: {
        "income": "年人均收入超过低保边缘标准",
        "stable": "有稳定的收入来源",
        "living": "生活状况明显改善",
    },
}


def criteria_key(named: str) -> str:
    """Return the setting that holds the criteria of exit of the set `named`."""
    return f"exit.criteria.{named}"


def line_key(named: str) -> str:
    """Return the setting that holds the line of income a person and year, in fen, of the set `named`."""
    return f"exit.income_line_fen.{named}"


def lines_key(named: str) -> str:
    """Return the setting that holds the lines by year, one a text of year and yuan, of the set `named`."""
    return f"exit.income_lines.{named}"


def set_of(category: str) -> str:
    """Return which set of criteria a household of `category` leaves by."""
    return MONITORED if category in MONITORED_CATEGORIES else LOW_INCOME


def publicity_key(flow: str) -> str:
    """Return the setting that holds the days for which lists of `flow` hang."""
    return f"flow.{flow}.publicity_days"


def basis_key(flow: str) -> str:
    """Return the setting that holds, in words, the rule that `flow` rests on."""
    return f"flow.{flow}.basis"


def paragraph_key(flow: str) -> str:
    """Return the setting that holds the address of the paragraph that `flow` rests on; empty where none."""
    return f"flow.{flow}.paragraph"


def register() -> None:
    """Register every setting of this room that is of no single flow."""
    sources = {MONITORED: "风险消除的通行条件（S21）；两不愁三保障（HY-05）", LOW_INCOME: "WZ-07"}
    names = {MONITORED: _("监测对象"), LOW_INCOME: _("低收入农户和其他帮扶户")}
    for named, criteria in CRITERIA.items():
        keys.register(
            criteria_key(named),
            default=criteria,
            source=sources[named],
            verified=False,
            label=_("%(who)s退出要符合哪些条件") % {"who": names[named]},
            check=_bad_criteria,
        )
    keys.register(
        line_key(MONITORED),
        default=750_000,
        source="XY-06：2023年7500元，每年调整",
        verified=False,
        label=_("监测对象退出：年人均纯收入要超过多少（元）"),
        check=_bad_amount,
    )
    keys.register(
        line_key(LOW_INCOME),
        default=900_000,
        source="WZ-07：低保边缘标准，数额由县里填当年的",
        verified=False,
        label=_("低收入农户退出：年人均收入要超过多少（元）"),
        check=_bad_amount,
    )
    for named, known in ((MONITORED, ["2023 7500"]), (LOW_INCOME, [])):
        keys.register(
            lines_key(named),
            default=known,
            source="XY-06：2023年7500元，每年调整；以后各年由县里填当年公布的",
            verified=False,
            label=_("%(who)s退出：各年的人均收入标准，一行一年，先写年份再写元，例如 2025 8200")
            % {"who": names[named]},
            check=_bad_lines,
        )
    for name, default, source, label, check in (
        (
            URGENT_DAYS,
            10,
            _("先帮后补（S20），期限没有查到，待县确认"),
            _("紧急纳入：几个工作日内补完手续"),
            _bad_days,
        ),
        (
            AID_AFTER_DAYS,
            10,
            _("先行救助后补办手续（BZ-23），期限待县确认"),
            _("先行救助：几个工作日内补办审批"),
            _bad_days,
        ),
        (AID_ADVANCE, 200_000, NOT_FOUND, _("先行救助一次最多多少（元）"), _bad_amount),
        (
            AID_MEETING_FROM,
            300_000,
            _("一事一议（XY-32），起点待县确认"),
            _("临时救助多少起要一事一议（元，0 表示不用）"),
            _bad_amount,
        ),
        (
            AID_COUNTY_FROM,
            500_000,
            _("分级审批（BZ-23），起点待县确认"),
            _("临时救助多少起由县里审批（元，0 表示不用）"),
            _bad_amount,
        ),
    ):
        keys.register(name, default=default, source=source, verified=False, label=label, check=check)
    keys.register(
        REMEDY,
        default="您觉得不对，可以在收到告知书后向乡镇帮扶办提出，也可以在公示期内在网上、打电话或者写纸条提异议；"
        "对答复不服，可以向县里的主管部门反映一次。",
        source=NOT_FOUND,
        verified=False,
        label=_("告知书上怎么提异议"),
    )


def register_flow(flow: str, name: str, *, publicity: int, basis: str, source: str) -> None:
    """Register what an area sets for `flow`: days of publicity, its basis in words, and its paragraph."""
    keys.register(
        publicity_key(flow),
        default=publicity,
        source=source,
        verified=False,
        label=f"{name}·公示天数",
        check=_bad_days,
    )
    keys.register(
        basis_key(flow), default=basis, source=source, verified=False, label=f"{name}·告知书上写的依据"
    )
    keys.register(
        paragraph_key(flow),
        default="",
        source=NOT_FOUND,
        verified=False,
        label=f"{name}·依据哪一条政策",
        check=paragraphs.complaint,
        clean=paragraphs.address_of,
        hint=_("填文号和段号，比如“枫政办〔2026〕8号 二、（一）”；告知书、公开的名单会链到这一段"),
    )


def _bad_criteria(value: Any) -> str | None:
    fits = (
        isinstance(value, dict) and value and all(isinstance(text, str) and text for text in value.values())
    )
    if not fits or "income" not in value:
        return translate("要一条一条写，收入（income）那一条不能少")
    return None


def _bad_amount(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        return translate("要填金额，单位分，不能是负数")
    return None


def line_entry(text: str) -> tuple[int, int]:
    """Return year and fen of a line written as ``2025 8200`` (yuan); ValueError for anything else."""
    year, amount = text.replace("：", " ").replace(":", " ").split()
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        raise ValueError(text)
    return int(year), fen_of(amount)


def _bad_lines(value: Any) -> str | None:
    try:
        years = [line_entry(one)[0] for one in value]
    except (AttributeError, TypeError, ValueError):
        return translate("一行一年，先写四位年份，空一格，再写多少元，例如 2025 8200")
    return None if len(set(years)) == len(years) else translate("同一年写了两次，请只留一行")


def _bad_days(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 365:
        return translate("天数要在 0 到 365 之间")
    return None
