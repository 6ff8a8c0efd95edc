"""What stands where a personal datum was taken out: what kind of thing it was, and nothing of the thing."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

OPENING, CLOSING = "〔", "〕"


def tombstone(datum: str) -> str:
    """Return the words that stand for a redacted text; `datum` names its kind: 〔已删去：电话号码〕."""
    return f"{OPENING}{_('已删去')}：{datum}{CLOSING}"


def is_tombstone(text: str) -> bool:
    """Return whether `text` is such words."""
    return text.startswith(f"{OPENING}{_('已删去')}：") and text.endswith(CLOSING)


def sentences(redactions: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what was taken out, in words: what kind of thing, when, by which two offices."""
    return [
        _("%(at)s删去了%(what)s：%(asked)s提出，%(decided)s确认。")
        % {**one, "at": date_format(datetime.fromisoformat(one["at"]), "Y年n月j日G时i分")}
        for one in redactions
    ]
