"""Settings of the catalogue: after how many days without anything new an entry counts as stale."""

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from portal.configuration.services import register

from .entries import ENTRIES

PREFIX = "catalogue.renewed_days."


def _days(number: int) -> str | None:
    return None if 0 <= number <= 3650 else translate("要填0到3650之间的整数；0是不限")


def register_all() -> None:
    """Register one key for each entry."""
    for entry in ENTRIES:
        register(
            PREFIX + entry.key,
            entry.renewed_days,
            "没有查到规定；S30 只查出“信息不更新”（GK）",
            False,
            _("公开目录“%(title)s”多少天没有新内容就算过时（0是不限）") % {"title": entry.title},
            check=_days,
        )
