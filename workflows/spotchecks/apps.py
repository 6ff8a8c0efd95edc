"""App of the room workflows.spotchecks."""

from django.apps import AppConfig


class SpotChecksConfig(AppConfig):
    """Samples that nobody can choose and anyone can draw again; visits; findings become tickets."""

    name = "workflows.spotchecks"
    label = "workflows_spotchecks"
    verbose_name = "抽查"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register events and settings, who opens the files, and the evidence bundle."""
        from portal.files import access
        from portal.ledger import evidence

        from . import binding, bundle, events, keys, visits  # noqa: F401

        events.register()
        keys.register()
        access.register(visits.FILE_KIND, visits.may_open_file, owner=visits.file_owner)
        evidence.register("spot_check", bundle.collect)
