"""Answers to a programme's form: cleaned once on the way in, shown in words on the way out."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

MAX_FEN = 10**12
MAX_TEXT = 200


class BadAnswers(ValueError):
    """Answers that cannot be taken; `errors` maps field keys to a Chinese sentence each."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__("；".join(errors.values()))


def fen_of(text: str) -> int:
    """Return the fen of an amount typed in yuan (“4,800” or “4800.5”); ValueError for anything else."""
    try:
        fen = Decimal(text.replace(",", "").replace("，", "").strip()) * 100
        whole = fen.is_finite() and 0 <= fen <= MAX_FEN and fen == fen.to_integral_value()
    except ArithmeticError:  # no number, a signalling NaN, an exponent beyond reckoning
        raise ValueError(text) from None
    if not whole:
        raise ValueError(text)
    return int(fen)


def yuan(fen: int) -> str:
    """Return `fen` as yuan with thousands separators, without decimals where they are zero."""
    whole, rest = divmod(abs(fen), 100)
    sign = "-" if fen < 0 else ""
    return f"{sign}{whole:,}.{rest:02d}" if rest else f"{sign}{whole:,}"


def amount_words(definition: Mapping[str, Any]) -> str:
    """Return in a sentence how much the programme grants."""
    amount = definition["amount"]
    said = {"rate": amount["rate_percent"], "ceiling": yuan(amount["ceiling_fen"])}
    return _("按投入的%(rate)s%%补，最多%(ceiling)s元。") % said


def read(fields: Sequence[Mapping[str, Any]], typed: Mapping[str, str]) -> dict[str, Any]:
    """Return what was `typed` by the fields' keys, money in fen; BadAnswers for what is no amount."""
    answers: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in fields:
        said = typed.get(field["key"], "").strip()
        if field["kind"] == "money" and said:
            try:
                answers[field["key"]] = fen_of(said)
            except ValueError:
                errors[field["key"]] = _("“%(label)s”要填数字，单位元，最多两位小数") % {
                    "label": field["label"]
                }
        else:
            answers[field["key"]] = said
    if errors:
        raise BadAnswers(errors)
    return answers


def clean(fields: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers to `fields`, money as int fen; BadAnswers with every error at once."""
    cleaned: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in fields:
        given = answers.get(field["key"])
        if given in (None, ""):
            if field.get("required", True):
                errors[field["key"]] = _("请填写“%(label)s”") % {"label": field["label"]}
            continue
        try:
            cleaned[field["key"]] = _clean_one(field, given)
        except ValueError as error:
            errors[field["key"]] = str(error)
    if errors:
        raise BadAnswers(errors)
    return cleaned


def _clean_one(field: Mapping[str, Any], given: Any) -> Any:
    label = field["label"]
    if field["kind"] == "money":
        if isinstance(given, bool) or not isinstance(given, int) or not 0 < given <= MAX_FEN:
            raise ValueError(_("“%(label)s”要填大于 0 的金额，单位元，最多两位小数") % {"label": label})
        return given
    text = str(given).strip()
    if len(text) > MAX_TEXT:
        raise ValueError(_("“%(label)s”太长了，最多 %(most)s 个字") % {"label": label, "most": MAX_TEXT})
    if field["kind"] == "choice" and text not in field["choices"]:
        raise ValueError(_("“%(label)s”请从给出的选项里选") % {"label": label})
    if field["kind"] == "number":
        if not text.isascii() or not text.isdigit():
            raise ValueError(_("“%(label)s”请填整数") % {"label": label})
        return int(text)
    return text


def in_words(fields: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return label and value of each answered field, money in yuan."""
    rows = []
    for field in fields:
        if field["key"] in answers:
            value = answers[field["key"]]
            rows.append(
                (
                    field["label"],
                    _("%(yuan)s 元") % {"yuan": yuan(value)} if field["kind"] == "money" else str(value),
                )
            )
    return rows
