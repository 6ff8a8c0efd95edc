"""Settings of the public forms: how many objections and tries before a plain question, or a pause, comes."""

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from portal.configuration.services import register

LIST_HOUR = "site.objections_per_list_hour"
ADDRESS_HOUR = "site.objections_per_address_hour"
ADDRESS_MOST = "site.objections_per_address_most"
RECEIPT_TRIES = "site.receipt_tries"
ADDRESS_TRIES = "site.receipt_tries_per_address"

_SOURCE = "没有查到规定，按一村几百户估计（GK）"


def _at_least_one(number: int) -> str | None:
    return None if 1 <= number <= 100_000 else translate("要填1到100000之间的整数")


register(
    LIST_HOUR,
    60,
    _SOURCE,
    False,
    _("一份名单一小时收到多少件异议后要先答一道小题"),
    technical=True,
    check=_at_least_one,
)
register(
    ADDRESS_HOUR,
    20,
    # A whole township may reach the net through one address.
    _SOURCE,
    False,
    _("一个网络地址一小时提多少件异议后要先答一道小题"),
    technical=True,
    check=_at_least_one,
)
register(
    ADDRESS_MOST,
    60,
    _SOURCE,
    False,
    _("一个网络地址一小时最多收多少件异议（答了小题也不再收，请打电话或写纸条）"),
    technical=True,
    check=_at_least_one,
)
register(
    RECEIPT_TRIES,
    6,
    _SOURCE,
    False,
    _("一个回执号一刻钟内密码可以输错几次"),
    technical=True,
    check=_at_least_one,
)
register(
    ADDRESS_TRIES,
    60,
    _SOURCE,
    False,
    _("一个网络地址一刻钟内可以输错几次回执"),
    technical=True,
    check=_at_least_one,
)
