"""App of the room portal.configuration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save


class ConfigurationConfig(AppConfig):
    """Settings by area and date, each with its source and a second person."""

    name = "portal.configuration"
    label = "portal_configuration"
    verbose_name = "配置"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's events; drop kept settings when one is saved or the tables were emptied."""
        from . import binding, events, services  # noqa: F401
        from .models import Setting

        post_save.connect(services.note_change, sender=Setting, dispatch_uid="settings_saved")
        post_migrate.connect(services.forget, sender=self, dispatch_uid="settings_emptied")
