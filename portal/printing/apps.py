"""App of the room portal.printing."""

from django.apps import AppConfig


class PrintingConfig(AppConfig):
    """Sheets on paper: PDF, QR codes, amounts in words."""

    name = "portal.printing"
    label = "portal_printing"
    verbose_name = "打印"

    def ready(self) -> None:
        """Register the room's checks."""
        from . import checks  # noqa: F401
