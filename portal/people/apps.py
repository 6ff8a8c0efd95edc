"""App of the room portal.people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Accounts, offices, recusal."""

    name = "portal.people"
    label = "portal_people"
    verbose_name = "人员"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's events and settings, and what is due on the days that offices begin and end."""
        from portal.clock import jobs

        from . import events, grants, lockout  # noqa: F401

        jobs.register("people.offices", grants.announce_due)
