"""App of the room portal.inquiries."""

from django.apps import AppConfig


class InquiriesConfig(AppConfig):
    """The sealed log of what inspectors search."""

    name = "portal.inquiries"
    label = "portal_inquiries"
    verbose_name = "密封检索"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's events, and hold the sealed rows against the ledger at every verification."""
        from . import binding, events  # noqa: F401
