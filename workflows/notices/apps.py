"""App of the room workflows.notices."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices to households and the record of their service."""

    name = "workflows.notices"
    label = "workflows_notices"
    verbose_name = "告知"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register events and settings, and answer for the service of notices."""
        from . import binding, events, keys  # noqa: F401

        events.register()
        keys.register()
