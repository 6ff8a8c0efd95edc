"""App of the room workflows.demo."""

from collections.abc import Iterable

from django.apps import AppConfig
from django.conf import settings


class DemoConfig(AppConfig):
    """The demo county, played through the engine."""

    name = "workflows.demo"
    label = "workflows_demo"
    verbose_name = "演示"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the demo's logins when the portal starts."""
        from portal.running import greetings

        greetings.register(logins)


def logins(address: str) -> Iterable[str]:
    """Return the lines that tell how to get into the demo; none where it is not loaded."""
    from .build import OPENING_KEY, PASSWORD
    from .loading import is_loaded

    if not settings.DEMO_ALLOWED or not is_loaded():
        return []
    strict = settings.SIGN_IN_SECOND_FACTOR
    return [
        f"演示账号，口令都是 {PASSWORD}，在 {address}/admin/ 登录：",
        "  clerk7 菊岭村文书 · helper7 帮扶责任人 · watch7 村务监督委员会",
        "  reviewer1 杉坞镇经办 · head1 杉坞镇负责人 · reviewer2、head2 蕨溪乡",
        "  county 县级经办 · countyhead 县级负责人 · finance 县财政 · editor 网页编辑",
        "  supervisor、inspector 监督员 · security 安全管理员 · sysadmin 系统管理员 · audit 审计管理员",
        "第二道验证已经打开：第一次登录要用手机验证器登记。"
        if strict
        else "为了好进，演示里没有打开第二道验证（正式环境默认打开）；要看它：SECOND_FACTOR=on make demo",
        f"监督检索记录的开封钥匙（演示用）：{OPENING_KEY}",
    ]
