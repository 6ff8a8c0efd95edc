"""The words of a programme that the public reads, wherever they lie in its definition, and writing others.

Keys, rules, figures and anchors are no words, nor are the choices of a field: answers are compared with them,
and what could not be published is refused as one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from disclosure.publicity.withholding import put_back

Change = Callable[[str], str]
# Of a definition, what stands by itself, and what stands in each of its lists.
_ALONE = {
    "summary": lambda: _("简介"),
    "who": lambda: _("谁能申请"),
    "remedy": lambda: _("不同意怎么办"),
    "reason": lambda: _("公示理由"),
}
_PARTS = (("eligibility", ("text",)), ("fields", ("label", "help")))


def words_of(definition: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield key, label and value of each text of a definition; the key holds for this definition alone."""
    for name, label in _ALONE.items():
        yield name, label(), str(definition.get(name, ""))
    for place, line in enumerate(definition.get("how_to_apply", []), 1):
        yield f"how-{place}", _("怎样申请第%(n)s条") % {"n": place}, str(line)
    for place, rule in enumerate(definition.get("eligibility", []), 1):
        yield f"rule-{place}", _("条件第%(n)s条") % {"n": place}, str(rule.get("text", ""))
    for place, field in enumerate(definition.get("fields", []), 1):
        yield f"field-{place}", _("表格第%(n)s项的名称") % {"n": place}, str(field.get("label", ""))
        yield f"help-{place}", _("表格第%(n)s项的说明") % {"n": place}, str(field.get("help", ""))
    for place, citation in enumerate(definition.get("citations", {}).values(), 1):
        yield f"cite-{place}", _("引用的条款"), str(citation.get("label", ""))


def rewritten(definition: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """Return `definition` with every text given to `change`."""
    new = dict(definition)
    new |= {name: change(str(new[name])) for name in _ALONE if name in new}
    if "how_to_apply" in new:
        new["how_to_apply"] = [change(str(line)) for line in new["how_to_apply"]]
    for name, texts in _PARTS:
        if name in new:
            new[name] = [_with(part, texts, change) for part in new[name]]
    if "citations" in new:
        new["citations"] = {key: _with(one, ("label",), change) for key, one in new["citations"].items()}
    return new


def kept_out(definition: Mapping[str, Any], redactions: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return `definition` with tombstones wherever what was redacted of its programme stands again."""
    return rewritten(definition, lambda text: put_back(text, redactions)) if redactions else definition


def _with(part: Mapping[str, Any], texts: Sequence[str], change: Change) -> dict[str, Any]:
    return {**part, **{name: change(str(part[name])) for name in texts if name in part}}
