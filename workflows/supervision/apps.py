"""App of the room workflows.supervision."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """The trail of acts, the portal on a date, pictures: reads everything, changes nothing but the ledger."""

    name = "workflows.supervision"
    label = "workflows_supervision"
    verbose_name = "监督"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the events of looking and taking away."""
        from . import events

        events.register()
