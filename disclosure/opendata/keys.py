"""Settings of open data: how often one network address may ask."""

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from portal.configuration.services import register

CALLS_A_MINUTE = "opendata.calls_per_minute"
AREAS_AN_HOUR = "opendata.area_files_per_hour"
_SOURCE = "没有查到规定，按一个机房逐页读完全县数据估计（GK）"


def register_all() -> None:
    """Register both; a whole township may reach the net through one address."""
    register(
        CALLS_A_MINUTE,
        240,
        _SOURCE,
        False,
        _("开放数据：一个网络地址一分钟最多读几次"),
        technical=True,
        check=_at_least_one,
    )
    register(
        AREAS_AN_HOUR,
        60,
        _SOURCE,
        False,
        _("开放数据：一个网络地址一小时最多下载几份整个地区的文件"),
        technical=True,
        check=_at_least_one,
    )


def _at_least_one(number: int) -> str | None:
    return None if 1 <= number <= 100_000 else translate("要填1到100000之间的整数")
