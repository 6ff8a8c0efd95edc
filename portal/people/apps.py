"""App of the room portal.people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Accounts, offices, recusal."""

    name = "portal.people"
    label = "portal_people"
    verbose_name = "人员"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's events, settings, look, and what is due when offices begin and end."""
        from django.template.loader import get_template

        from portal.clock import jobs
        from portal.running.policy import allow_style, digest

        from . import binding, comparing, events, excluding, grants, leave, lockout  # noqa: F401

        allow_style(digest(get_template("account/style.css").render()))
        comparing.register(excluding.findings)
        jobs.register("people.offices", grants.announce_due)
