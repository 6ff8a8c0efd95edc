"""Reading the parameters of a question: each is known, or the answer says what may stand there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from .errors import BadQuestion

# Deeper than this nobody pages: whole areas are files.
LAST_PAGE = 10_000


@dataclass(frozen=True)
class Paging:
    """Which page is asked for and how many there are on one."""

    page: int
    per_page: int

    @property
    def first(self) -> int:
        """The place of the first, from 0."""
        return (self.page - 1) * self.per_page


def known(request: HttpRequest, names: Collection[str]) -> Mapping[str, str]:
    """Return the parameters; BadQuestion for one that is not in `names`, twice there, or no text."""
    found = {}
    for name, values in request.GET.lists():
        if name not in names:
            raise BadQuestion(
                _("不认识参数“%(name)s”。可以用的是：%(names)s。")
                % {"name": name[:40], "names": "、".join(names)}
            )
        if len(values) != 1 or "\x00" in values[0]:
            raise BadQuestion(_("参数“%(name)s”只能写一次，写普通的文字。") % {"name": name})
        found[name] = values[0]
    return found


def paging(asked: Mapping[str, str], usual: int, most: int) -> Paging:
    """Return which page is asked for; `usual` on a page unless told otherwise, `most` at the utmost."""
    page = _whole(asked, "page", 1, LAST_PAGE)
    return Paging(page, _whole(asked, "per_page", usual, most))


def choice(asked: Mapping[str, str], name: str, choices: Collection[str]) -> str:
    """Return the value of `name`, empty where it is not given; BadQuestion for none of `choices`."""
    value = asked.get(name, "")
    if value and value not in choices:
        raise BadQuestion(
            _("参数“%(name)s”只能是：%(choices)s。") % {"name": name, "choices": "、".join(choices)}
        )
    return value


def day(asked: Mapping[str, str], name: str) -> date | None:
    """Return the day that `name` gives, as 2026-11-22."""
    value = asked.get(name, "")
    if not value:
        return None
    try:
        if len(value) != 10:
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise BadQuestion(_("参数“%(name)s”要写成2026-11-22这样的日期。") % {"name": name}) from None


def _whole(asked: Mapping[str, str], name: str, usual: int, most: int) -> int:
    value: Any = asked.get(name, "")
    if not value:
        return usual
    if not (value.isascii() and value.isdecimal() and len(value) < 7 and 1 <= int(value) <= most):
        raise BadQuestion(_("参数“%(name)s”要写1到%(most)s之间的整数。") % {"name": name, "most": most})
    return int(value)
