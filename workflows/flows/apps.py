"""App of the room workflows.flows."""

from django.apps import AppConfig


class FlowsConfig(AppConfig):
    """One file for each flow: declarative data and its own rules."""

    name = "workflows.flows"
    label = "workflows_flows"
    verbose_name = "流程"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register every flow and the settings of its steps."""
        from workflows.engine import catalogue, deadlines

        from .fund_application import FUND_APPLICATION

        catalogue.register(FUND_APPLICATION)
        deadlines.register_settings(FUND_APPLICATION)
