"""App of the room portal.outbox."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Messages that are queued in the transaction of the act they tell of."""

    name = "portal.outbox"
    label = "portal_outbox"
    verbose_name = "消息"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register settings and events; have the clock retry what was not delivered and forget the old."""
        from portal.clock import jobs

        from . import events, keys  # noqa: F401
        from .delivery import retry_unfinished
        from .posting import retry_unposted
        from .retention import forget_old

        jobs.register("outbox.retry", retry_unfinished)
        jobs.register("outbox.robots", retry_unposted)
        jobs.register("outbox.forget", forget_old)
