"""App of the room portal.clock."""

from django.apps import AppConfig


class ClockConfig(AppConfig):
    """The one source of time, working days, and jobs due by the clock."""

    name = "portal.clock"
    label = "portal_clock"
    verbose_name = "时钟"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's settings and the check of its calendar."""
        from . import health, keys  # noqa: F401
