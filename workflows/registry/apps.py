"""App of the room workflows.registry."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Households, members, helpers, and who is related to an official."""

    name = "workflows.registry"
    label = "workflows_registry"
    verbose_name = "户档"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register events, settings and the rule by which officials are recused."""
        from portal.people import recusal

        from . import events, keys
        from .kinships import related

        events.register()
        keys.register()
        recusal.register(related)
