"""App of the room workflows.flows."""

from django.apps import AppConfig


class FlowsConfig(AppConfig):
    """One file for each flow: declarative data and its own rules."""

    name = "workflows.flows"
    label = "workflows_flows"
    verbose_name = "流程"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register every flow, the settings of its steps, and which change takes which."""
        from workflows.changes import keys, variants
        from workflows.engine import catalogue, deadlines

        from . import beneficiary_change, exit_review
        from .fund_application import FUND_APPLICATION
        from .fund_ranked import FUND_APPLICATION_2
        from .temporary_aid import BASIS, TEMPORARY_AID

        catalogue.register(FUND_APPLICATION)
        deadlines.register_settings(FUND_APPLICATION)
        catalogue.register(FUND_APPLICATION_2)
        deadlines.register_settings(FUND_APPLICATION_2)
        for takes in (*beneficiary_change.TAKES, *exit_review.TAKES):
            catalogue.register(takes.flow)
            deadlines.register_settings(takes.flow)
            variants.register(takes)
        catalogue.register(TEMPORARY_AID)
        deadlines.register_settings(TEMPORARY_AID)
        keys.register_flow(
            TEMPORARY_AID.key,
            TEMPORARY_AID.name,
            publicity=7,
            basis=BASIS,
            source=TEMPORARY_AID.source,
        )
