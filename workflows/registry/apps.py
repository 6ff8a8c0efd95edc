"""App of the room workflows.registry."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Households, members, helpers, and who is related to an official."""

    name = "workflows.registry"
    label = "workflows_registry"
    verbose_name = "户档"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register events, settings, the rule of recusal, and how a helper's households are handed over."""
        from portal.people import handover, recusal

        from . import events, keys
        from .helpers import hand_over
        from .kinships import related

        events.register()
        keys.register()
        recusal.register(related)
        handover.register(hand_over)
