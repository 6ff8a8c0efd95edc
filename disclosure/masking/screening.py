"""What must never stand in a text that the public reads (design.md rule 8)."""

import re
import unicodedata
from collections.abc import Iterable

from django.utils.translation import gettext as _


class NotForThePublic(ValueError):
    """A text that was to be shown holds a personal number or a private circumstance.

    The message says what kind of thing it is and where, never the thing itself.
    """


# Separators people put into long numbers; the number is the same with them.
_JOINERS = r"[\s\-‐‑–—_.·]?"


def _digits(count: int) -> str:
    return _JOINERS.join([r"\d"] * count)


# An ID has 18 characters (15 before 1999), a card 16 to 19 digits, a mobile phone 11 that begin with 1.
_NUMBERS = [
    ("id", re.compile(rf"(?<!\d){_digits(17)}{_JOINERS}[\dXx×](?!\d)")),
    ("card", re.compile(rf"(?<!\d)\d(?:{_JOINERS}\d){{14,}}(?!\d)")),
    ("phone", re.compile(rf"(?<!\d)(?:\+?86{_JOINERS})?1{_JOINERS}[3-9]{_JOINERS}{_digits(9)}(?!\d)")),
    ("phone", re.compile(r"(?<!\d)0\d{2,3}[\s\-—)）]{1,2}\d{7,8}(?!\d)")),
]
# A household's health, disability and drug use, said of a person rather than of a policy.
_CIRCUMSTANCES = re.compile(
    r"因病|患病|患有|生病|重病|病人|病号|癌|肿瘤|白血病|尿毒症|透析|精神病|精神障碍|艾滋|肝炎|肺结核|"
    r"残疾证|[一二三四]级残|重残|因残|肢残|智残|智力残疾|肢体残疾|视力残疾|听力残疾|精神残疾|"
    r"吸毒|戒毒|涉毒|社区矫正|刑满"
)
_HOUSE_NUMBER = re.compile(
    r"门牌|\d+\s*号(?:院|楼|房|宅|门)|\d+\s*(?:栋|幢)\s*\d+|\d+\s*单元|\d{3,4}\s*室|(?:路|街|巷|弄|组|队|村)\s*\d+\s*号"
)
# The portal's own numbers are long too: an area code and a count, joined by hyphens.
_OWN_NUMBER = re.compile(r"(?<!\d)\d{12}-\d{4}-[A-Z]?\d{1,4}(?:-\d{1,2})?(?!\d)")
# Two dates in a row have as many digits as a card.
_DATE = re.compile(r"(?<!\d)(?:19|20)\d{2}([-./])\d{1,2}\1\d{1,2}(?!\d)")


def normal(text: str) -> str:
    """Return `text` with full-width characters as their plain forms and invisible ones taken out."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def personal_number(text: str) -> str:
    """Return what kind of personal number `text` seems to hold (id, card, phone), or an empty text."""
    plain = _DATE.sub("日期", _OWN_NUMBER.sub("编号", normal(text)))
    return next((kind for kind, pattern in _NUMBERS if pattern.search(plain)), "")


def private_circumstance(text: str) -> str:
    """Return what `text` seems to tell of a household that is nobody's business (health, house), or empty."""
    plain = normal(text)
    if _CIRCUMSTANCES.search(plain):
        return "health"
    return "house" if _HOUSE_NUMBER.search(plain) else ""


def refuse_numbers(where: str, texts: Iterable[str]) -> None:
    """Raise NotForThePublic where a text holds an ID, phone or card number; `where` names it (列表第3行)."""
    names = {"id": _("身份证号"), "card": _("银行卡号"), "phone": _("电话号码")}
    for text in texts:
        if kind := personal_number(text):
            raise NotForThePublic(
                _("%(where)s里像是有%(what)s，不能公开。请删掉号码再提交。")
                % {"where": where, "what": names[kind]}
            )


def refuse_private(where: str, texts: Iterable[str]) -> None:
    """Raise NotForThePublic for numbers and for health, disability, drug use or a house number."""
    texts = list(texts)
    refuse_numbers(where, texts)
    names = {"health": _("健康、残疾等个人情况"), "house": _("门牌号")}
    for text in texts:
        if kind := private_circumstance(text):
            raise NotForThePublic(
                _("%(where)s里写了%(what)s，不能公开。请改成只说项目和标准。")
                % {"where": where, "what": names[kind]}
            )
