"""What the definition of a programme version must hold, checked before it is made.

A definition is a mapping of:
    summary, who, how_to_apply (list of lines), remedy: words for the villager
    fields: list of {key, label, kind: text|money|choice|number, required, choices, help}
    item_field: the field whose value names the project in a public row
    eligibility: list of {rule, values, text}; rules are named in `eligibility`
    amount: {of: money field, rate_percent, ceiling_fen}
    visit: {mode: all|sample|risk, percent, over_fen}
    reason: the public "why" of a row, with {rate} and {ceiling}; names no person
    show_names: whether lists carry names at all (design.md rule 8)
    citations: {basis|amount|visit: {anchor, label}} into the version's policy document
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from .eligibility import RULES

FIELD_KINDS = ("text", "money", "choice", "number")
VISIT_MODES = ("all", "sample", "risk")
NEEDED = (
    "summary",
    "who",
    "how_to_apply",
    "remedy",
    "fields",
    "item_field",
    "eligibility",
    "amount",
    "visit",
)
ALSO_NEEDED = ("reason", "show_names", "citations")


class BadDefinition(ValueError):
    """A definition that cannot be used; `str()` lists what is wrong, in Chinese."""


def check(definition: Mapping[str, Any], anchors: set[str]) -> None:
    """Raise BadDefinition unless `definition` is whole and cites only `anchors` of its policy document."""
    missing = [key for key in (*NEEDED, *ALSO_NEEDED) if key not in definition]
    if missing:
        raise BadDefinition(_("项目定义缺少：%(keys)s") % {"keys": "、".join(missing)})
    found: list[str] = []
    fields = {field["key"]: field for field in definition["fields"]}
    found += [
        f"字段“{field['label']}”的类型不认识" for field in fields.values() if field["kind"] not in FIELD_KINDS
    ]
    found += [
        f"字段“{field['label']}”没有选项"
        for field in fields.values()
        if field["kind"] == "choice" and not field["choices"]
    ]
    if definition["item_field"] not in fields:
        found.append("item_field 不在字段里")
    amount = definition["amount"]
    if fields.get(amount["of"], {}).get("kind") != "money":
        found.append("补助按哪个字段算，那个字段要是金额")
    if not 0 < amount["rate_percent"] <= 100 or amount["ceiling_fen"] <= 0:
        found.append("补助比例要在 1 到 100 之间，封顶要大于 0")
    if definition["visit"]["mode"] not in VISIT_MODES:
        found.append("入户核查方式不认识")
    found += [
        f"资格规则“{rule['rule']}”不认识" for rule in definition["eligibility"] if rule["rule"] not in RULES
    ]
    for name, citation in definition["citations"].items():
        if citation["anchor"] not in anchors:
            found.append(f"引用“{name}”在政策文件里找不到：{citation['label']}")
    if "basis" not in definition["citations"]:
        found.append("没有写依据哪一条政策")
    if found:
        raise BadDefinition("；".join(found))


def granted_fen(definition: Mapping[str, Any], answers: Mapping[str, Any]) -> int:
    """Return what the programme grants for `answers`, in fen: the rate of the investment, up to the ceiling.

    Rounded down to whole yuan, so that no household is promised a part of one (XC-16).
    """
    amount = definition["amount"]
    share = int(answers[amount["of"]]) * amount["rate_percent"] // 100
    return min(share // 100 * 100, amount["ceiling_fen"])
