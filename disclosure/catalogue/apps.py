"""App of the room disclosure.catalogue."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """The standard catalogue (基层政务公开标准目录) for assistance."""

    name = "disclosure.catalogue"
    label = "disclosure_catalogue"
    verbose_name = "公开标准目录"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register how often each entry is to be renewed, and what the middle floor publishes."""
        from . import fillings, keys

        keys.register_all()
        fillings.register_all()
