"""App of the room workflows.rectification."""

from django.apps import AppConfig


class RectificationConfig(AppConfig):
    """Tickets from patrols, spot checks, objections, audits and the radar; the fortnight's report."""

    name = "workflows.rectification"
    label = "workflows_rectification"
    verbose_name = "整改"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register events and settings, who opens the files, and what falls due by the clock."""
        from portal.clock import jobs
        from portal.files import access
        from portal.ledger import evidence

        from . import binding, bundle, events, keys, offices, reminding  # noqa: F401

        events.register()
        keys.register()
        access.register(offices.FILE_KIND, offices.may_open_file, owner=offices.file_owner)
        evidence.register("ticket", bundle.collect)
        jobs.register("rectification.remind", reminding.remind_due)
