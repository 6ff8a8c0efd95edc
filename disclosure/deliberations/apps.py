"""App of the room disclosure.deliberations."""

from django.apps import AppConfig


class DeliberationsConfig(AppConfig):
    """The four meetings, their pass rules and their publication."""

    name = "disclosure.deliberations"
    label = "disclosure_deliberations"
    verbose_name = "四议"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the events and the settings of the room, and who may open its files."""
        from . import access, binding, events, keys  # noqa: F401
