"""App of the room portal.running."""

from django.apps import AppConfig


class RunningConfig(AppConfig):
    """How the portal runs: processes, logs, content policy, error pages, health."""

    name = "portal.running"
    label = "portal_running"
    verbose_name = "运行"

    def ready(self) -> None:
        """Keep the words of the portal's language at hand."""
        from . import wording

        wording.keep()
