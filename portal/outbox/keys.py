"""Settings of messages: they belong to the installation's machine, not to an area."""

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.configuration.services import register

KEPT_DAYS = "outbox.kept_days"
DIGEST_HOUR = "outbox.digest_hour"
ROBOT_HOSTS = "outbox.robot_hosts"
PRIVATE_HOSTS = "outbox.private_robot_hosts"
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")


def _days(value: Any) -> str | None:
    """Return a complaint unless `value` is a whole number of at least 30 (calendar days)."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 30:
        return None
    return _("要填 30 以上的整数")


def _hour(value: Any) -> str | None:
    """Return a complaint unless `value` is a full hour of the day."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 23:
        return None
    return _("要填 0 到 23 的整数")


def _hosts(value: Any) -> str | None:
    """Return a complaint unless `value` is a list of host names in small letters, with a port at most."""
    if isinstance(value, list) and all(isinstance(one, str) and _HOST.fullmatch(one) for one in value):
        return None
    return _("每行填一个域名（小写），可以带端口，例如 qyapi.weixin.qq.com")


register(KEPT_DAYS, 365, "部署约定", True, gettext_lazy("读过的消息保留多少天"), technical=True, check=_days)
register(DIGEST_HOUR, 8, "部署约定", True, gettext_lazy("每天一封的邮件几点发"), technical=True, check=_hour)
register(
    ROBOT_HOSTS,
    ["qyapi.weixin.qq.com", "oapi.dingtalk.com"],
    "企业微信、钉钉群机器人公开文档",
    True,
    gettext_lazy("群机器人可以用的域名"),
    technical=True,
    check=_hosts,
)
register(
    PRIVATE_HOSTS,
    [],
    "部署约定",
    True,
    gettext_lazy("解析到内网地址也可以用的群机器人域名"),
    technical=True,
    check=_hosts,
)
