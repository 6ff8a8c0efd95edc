"""App of the room portal.files."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Private files, and the image and document models of public media."""

    name = "portal.files"
    label = "portal_files"
    verbose_name = "文件"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's settings and events."""
        from . import events, keys  # noqa: F401
