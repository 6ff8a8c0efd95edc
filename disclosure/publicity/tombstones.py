"""What stands where a personal datum was taken out: what kind of thing it was, and nothing of the thing."""

from django.utils.translation import gettext as _

OPENING, CLOSING = "〔", "〕"


def tombstone(datum: str) -> str:
    """Return the words that stand for a redacted text; `datum` names its kind: 〔已删去：电话号码〕."""
    return f"{OPENING}{_('已删去')}：{datum}{CLOSING}"


def is_tombstone(text: str) -> bool:
    """Return whether `text` is such words."""
    return text.startswith(f"{OPENING}{_('已删去')}：") and text.endswith(CLOSING)
