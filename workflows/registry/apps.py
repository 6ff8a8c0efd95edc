"""App of the room workflows.registry."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Households, members, helpers, and who is related to an official."""

    name = "workflows.registry"
    label = "workflows_registry"
    verbose_name = "户档"
    default_auto_field = "django.db.models.BigAutoField"
