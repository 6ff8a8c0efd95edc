"""Settings of requests: by when they are filed or answered, in working days, and how one goes further."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.configuration import keys

DAYS = "request.days"
URGENT_DAYS = "request.urgent_days"
ESCALATE_EVERY = "request.escalate_every_days"
REMEDY = "request.remedy"


def _days(value: Any) -> str | None:
    return None if type(value) is int and 1 <= value <= 60 else gettext("要填 1 到 60 之间的整数")


def _words(value: Any) -> str | None:
    fine = isinstance(value, str) and 4 <= len(value.strip()) <= 300
    return None if fine else gettext("要写 4 到 300 个字")


def register() -> None:
    """Register every setting of this room."""
    source = _("县级自定，待县确认；信访事项15日内告知（S3 信访工作条例）")
    keys.register(DAYS, 10, source, False, _("申请几个工作日内立案或答复"), check=_days)
    keys.register(
        URGENT_DAYS,
        3,
        _("县级自定，待县确认；急事先帮（S20）"),
        False,
        _("急难求助几个工作日内立案或答复"),
        check=_days,
    )
    keys.register(
        ESCALATE_EVERY,
        3,
        _("督办的通行做法，没有查到规定（GK）"),
        False,
        _("申请超期当天报上一级，以后每隔几个工作日再往上报一级"),
        check=_days,
    )
    keys.register(
        REMEDY,
        "对答复不服，可以拿着回执到上一级（村里的找乡镇，乡镇的找县里）再提一次，也可以打监督电话。",
        _("县级自定，待县确认"),
        False,
        _("答复里写的：不服怎么办"),
        check=_words,
    )
