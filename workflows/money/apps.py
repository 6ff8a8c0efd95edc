"""App of the room workflows.money."""

from django.apps import AppConfig


class MoneyConfig(AppConfig):
    """Payments."""

    name = "workflows.money"
    label = "workflows_money"
    verbose_name = "资金"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register events, and answer for payments."""
        from . import binding, events  # noqa: F401

        events.register()
