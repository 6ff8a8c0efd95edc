"""App of the room portal.files."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Private files, and the image and document models of public media."""

    name = "portal.files"
    label = "portal_files"
    verbose_name = "文件"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's settings and events; have the ledger's verification look at the files."""
        from . import binding, events, keys  # noqa: F401
