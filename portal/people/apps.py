"""App of the room portal.people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Accounts, offices, recusal."""

    name = "portal.people"
    label = "portal_people"
    verbose_name = "人员"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's events and settings."""
        from . import events, lockout  # noqa: F401
