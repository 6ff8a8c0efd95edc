"""App of the room workflows.assessment."""

from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    """Rounds by county, township, village and helper: computed, scored, appealed, decided, published."""

    name = "workflows.assessment"
    label = "workflows_assessment"
    verbose_name = "考核"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register events, settings, and who opens the files."""
        from portal.files import access

        from . import binding, events, keys, scoring  # noqa: F401

        events.register()
        keys.register()
        access.register(scoring.FILE_KIND, scoring.may_open_file, owner=scoring.file_owner)
        access.register(scoring.APPEAL_FILES, scoring.may_open_appeal_file, owner=scoring.appeal_file_owner)
