"""App of the room portal.configuration."""

from django.apps import AppConfig


class ConfigurationConfig(AppConfig):
    """Settings by area and date, each with its source and a second person."""

    name = "portal.configuration"
    label = "portal_configuration"
    verbose_name = "配置"
    default_auto_field = "django.db.models.BigAutoField"
