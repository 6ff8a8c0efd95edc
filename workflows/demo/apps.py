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
    from .build import PASSWORD
    from .loading import is_loaded

    if not settings.DEMO_ALLOWED or not is_loaded():
        return []
    return [
        f"演示账号，口令都是 {PASSWORD}，在 {address}/admin/ 登录：",
        "  clerk7 菊岭村文书 · helper7 帮扶责任人 · watch7 村务监督委员会",
        "  reviewer1 杉坞镇经办 · head1 杉坞镇负责人 · reviewer2、head2 蕨溪乡",
        "  county 县级经办 · countyhead 县级负责人 · finance 县财政 · supervisor 监督员 · editor 网页编辑",
    ]
