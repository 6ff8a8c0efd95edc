"""App of the room disclosure.mirror."""

from django.apps import AppConfig


class MirrorConfig(AppConfig):
    """Published pages as files, for a plain web server and for days without the database."""

    name = "disclosure.mirror"
    label = "disclosure_mirror"
    verbose_name = "镜像"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the addresses of the middle floor, listen to what changes them, run by the clock."""
        from portal.clock import jobs

        from . import changes, sources
        from .refreshing import refresh_due

        sources.register_all()
        changes.connect()
        jobs.register("mirror.refresh", refresh_due)
