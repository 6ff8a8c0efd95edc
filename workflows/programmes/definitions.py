"""What the definition of a programme version must hold, checked before it is made.

A definition is a mapping of:
    summary, who, how_to_apply (list of lines), remedy: words for the villager
    fields: list of {key, label, kind: text|money|choice|number, required, choices, help}
    item_field: the field whose value names the project in a public row
    eligibility: list of {rule, values, text}; rules are named in `eligibility`
    amount: {of: money field, rate_percent, ceiling_fen}
    visit: {mode: all|sample|risk, percent, over_fen}
    reason: the public "why" of a row, with {rate} and {ceiling}; names no person
    window (may be left out): {opens, closes}, the days between which it is filed
    ranking (may be left out): list of {by: category|income|no_labour, values}, the neediest first
    filers (may be left out): who files: roles, ``household`` for the household itself
    deliberation (may be left out): whether the village deliberates
    show_names: whether lists carry names at all (design.md rule 8)
    citations: {basis|amount|visit: {anchor, label}} into the version's policy document
"""

from collections.abc import Mapping, Sequence
from string import Formatter
from typing import Any

from django.utils.translation import gettext as _

from disclosure.masking.services import NotForThePublic, refuse_private
from portal.people.models import Role
from workflows.registry.models import Category

from . import ranking, shapes
from .answers import MAX_FEN
from .eligibility import RULES

FILERS = (Role.VILLAGE_CLERK, Role.HELPER, Role.RESIDENT_TEAM)
# In `filers`: the household itself, on the web; an official makes sure whose form it is before it is filed.
HOUSEHOLD = "household"
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
    found = shapes.problems(definition)
    if found:
        # What follows reads the parts as what they should be.
        raise BadDefinition("；".join(found))
    fields = {field["key"]: field for field in definition["fields"]}
    found += _wrong_fields(definition, fields)
    amount = definition["amount"]
    if fields.get(amount["of"], {}).get("kind") != "money":
        found.append(_("补助按哪个字段算，那个字段要是金额"))
    if not 0 < amount["rate_percent"] <= 100 or not 0 < amount["ceiling_fen"] <= MAX_FEN:
        found.append(_("补助比例要在 1 到 100 之间，封顶要大于 0"))
    found += ranking.problems(definition)
    found += _wrong_filers(definition)
    found += _wrong_visit(definition["visit"])
    found += _wrong_rules(definition["eligibility"])
    for name, citation in definition["citations"].items():
        if citation["anchor"] not in anchors:
            found.append(
                _("引用“%(name)s”在政策文件里找不到：%(label)s") % {"name": name, "label": citation["label"]}
            )
    if "basis" not in definition["citations"]:
        found.append(_("没有写依据哪一条政策"))
    found += _wrong_words(definition)
    if found:
        raise BadDefinition("；".join(found))


def _wrong_fields(definition: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]]) -> list[str]:
    found = []
    if len(fields) < len(definition["fields"]):
        found.append(_("有两个字段用了同一个 key"))
    for field in fields.values():
        if field["kind"] not in FIELD_KINDS:
            found.append(_("字段“%(label)s”的类型不认识") % {"label": field["label"]})
        if field["kind"] == "choice" and not field.get("choices"):
            found.append(_("字段“%(label)s”没有选项") % {"label": field["label"]})
    if definition["item_field"] not in fields:
        found.append(_("item_field 不在字段里"))
    # Lists show the one and the amount is made of the other.
    for key in (definition["item_field"], definition["amount"]["of"]):
        if key in fields and not fields[key].get("required", True):
            found.append(_("字段“%(label)s”公示或算补助要用，不能是选填的") % {"label": fields[key]["label"]})
    return found


def _wrong_filers(definition: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with who files, and with whether the village deliberates."""
    found = []
    filers = definition.get("filers", [])
    known = [*(str(role) for role in FILERS), HOUSEHOLD]
    if not isinstance(filers, list) or not set(map(str, filers)) <= set(known):
        found.append(_("“filers”只能写：%(all)s") % {"all": "、".join(known)})
    if not isinstance(definition.get("deliberation", True), bool):
        found.append(_("“deliberation”要写是（true）或否（false）"))
    return found


def _wrong_visit(visit: Mapping[str, Any]) -> list[str]:
    if visit["mode"] not in VISIT_MODES:
        return [_("入户核查方式不认识")]
    if visit["mode"] == "sample" and not 0 < visit.get("percent", 0) <= 100:
        return [_("抽查要写抽百分之几（percent，1 到 100）")]
    if visit["mode"] == "risk" and visit.get("over_fen", 0) <= 0:
        return [_("按金额核查要写从多少起（over_fen，大于 0）")]
    return []


def _wrong_rules(eligibility: Sequence[Mapping[str, Any]]) -> list[str]:
    found = []
    for rule in eligibility:
        if rule["rule"] not in RULES:
            found.append(_("资格规则“%(rule)s”不认识") % {"rule": rule["rule"]})
        elif rule["rule"] == "category_in" and not set(rule.get("values", [])) <= set(Category.values):
            found.append(
                _("资格规则 category_in 的类别不认识，可以用：%(all)s") % {"all": "、".join(Category.values)}
            )
        elif rule["rule"] == "category_in" and not rule.get("values"):
            found.append(_("资格规则 category_in 没有写类别"))
    return found


def _wrong_words(definition: Mapping[str, Any]) -> list[str]:
    """Return what in the public reason cannot be filled in or could not be published."""
    try:
        said = definition["reason"].format(rate=1, ceiling=1)
        # A field of a figure, or a width, would print what nobody looked at.
        parts = list(Formatter().parse(definition["reason"]))
        if any(name not in (None, "rate", "ceiling") or spec or how for _text, name, spec, how in parts):
            raise ValueError(said)
    except (ValueError, LookupError, AttributeError):
        return [_("公示理由里的花括号只能写 {rate}（比例）和 {ceiling}（封顶）")]
    shown = [said, *(choice for field in definition["fields"] for choice in field.get("choices", []))]
    try:
        refuse_private(_("公示理由或选项"), shown)
    except NotForThePublic as error:
        return [str(error)]
    return []


def takes_own(definition: Mapping[str, Any]) -> bool:
    """Return whether a household files by itself (HY-34 names the helper; a county may let the household)."""
    return HOUSEHOLD in definition.get("filers", [])


def filing_roles(definition: Mapping[str, Any]) -> list[Role]:
    """Return the roles that file for a household; empty where every role that files anywhere does."""
    return [Role(one) for one in definition.get("filers", []) if one != HOUSEHOLD]


def granted_fen(definition: Mapping[str, Any], answers: Mapping[str, Any]) -> int:
    """Return what the programme grants for `answers`, in fen: the rate of the investment, up to the ceiling.

    Rounded down to whole yuan, so that no household is promised a part of one (XC-16).
    """
    amount = definition["amount"]
    share = int(answers[amount["of"]]) * amount["rate_percent"] // 100
    return min(share // 100 * 100, amount["ceiling_fen"])
