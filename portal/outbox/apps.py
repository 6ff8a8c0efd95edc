"""App of the room portal.outbox."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Messages that are queued in the transaction of the act they tell of."""

    name = "portal.outbox"
    label = "portal_outbox"
    verbose_name = "消息"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the clock retry what was not delivered."""
        from portal.clock import jobs

        from .delivery import retry_unfinished

        jobs.register("outbox.retry", retry_unfinished)
