"""App of the room disclosure.publicity."""

from django.apps import AppConfig


class PublicityConfig(AppConfig):
    """Public lists: frozen rows, clock, proof of posting, objections."""

    name = "disclosure.publicity"
    label = "disclosure_publicity"
    verbose_name = "公示"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the events, settings and due job of the room, and who may open its files."""
        from . import (  # noqa: F401
            access,
            allocations,
            binding,
            events,
            incident_keys,
            jobs,
            keys,
            objection_keys,
        )
        from .evidence import connect

        connect()
