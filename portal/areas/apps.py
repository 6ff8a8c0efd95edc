"""App of the room portal.areas."""

from django.apps import AppConfig


class AreasConfig(AppConfig):
    """City, county, township, village: 12-digit codes with validity dates."""

    name = "portal.areas"
    label = "portal_areas"
    verbose_name = "行政区划"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's events."""
        from . import events  # noqa: F401
