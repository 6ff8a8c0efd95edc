"""App of the room disclosure.pages."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Wagtail pages: home, section, notice, policy document, reading."""

    name = "disclosure.pages"
    label = "disclosure_pages"
    verbose_name = "网页"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep what was published, write down what is published and withdrawn, give editors their columns."""
        from portal.clock import jobs

        from . import (  # noqa: F401
            editors,
            events,
            keeping,
            keys,
            left_files,
            log_entries,
            redaction,
            turning,
            upload_log,
            uploads,
        )

        jobs.register("pages.standing", turning.note_standings)
        jobs.register(left_files.JOB, left_files.remove_left)
        keeping.connect()
        events.connect()
        editors.connect()
        log_entries.connect()
        upload_log.connect()
