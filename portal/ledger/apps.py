"""App of the room portal.ledger."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """One event for every act, in an RFC 6962 Merkle tree."""

    name = "portal.ledger"
    label = "portal_ledger"
    verbose_name = "账本"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's events; have commits write what waits, and the clock complete the tiles."""
        from portal.clock import jobs

        from . import checks, events, last, tiles  # noqa: F401

        last.connect()
        jobs.register("ledger.tiles", tiles.complete)
