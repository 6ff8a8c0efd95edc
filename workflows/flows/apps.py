"""App of the room workflows.flows."""

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from workflows.engine.definitions import Flow


def shipped() -> "list[Flow]":
    """Return every flow of this room, in the order in which they are registered."""
    from . import beneficiary_change, exit_review
    from .fund_application import FUND_APPLICATION
    from .fund_ranked import FUND_APPLICATION_2
    from .temporary_aid import TEMPORARY_AID, TEMPORARY_AID_2

    # Running cases keep their version: earlier ones stay registered.
    earlier = [
        beneficiary_change.MONITORED_ENTRY,
        beneficiary_change.MONITORED_ENTRY_2,
        beneficiary_change.LISTED_ENTRY,
        beneficiary_change.LISTED_ENTRY_2,
        beneficiary_change.HOUSEHOLD_CHANGE,
        exit_review.EXIT_REVIEW,
        exit_review.EXIT_REVIEW_2,
    ]
    taken = [takes.flow for takes in (*beneficiary_change.TAKES, *exit_review.TAKES)]
    return [FUND_APPLICATION, FUND_APPLICATION_2, *earlier, *taken, TEMPORARY_AID, TEMPORARY_AID_2]


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
        from workflows.programmes import rules

        from . import beneficiary_change, exit_review
        from .fund_application import FUND_APPLICATION
        from .temporary_aid import BASIS, TEMPORARY_AID

        for flow in shipped():
            catalogue.register(flow)
            deadlines.register_settings(flow)
        catalogue.read_along(FUND_APPLICATION.key, *rules.ALONG)
        for takes in (*beneficiary_change.TAKES, *exit_review.TAKES):
            variants.register(takes)
        keys.register_flow(
            TEMPORARY_AID.key,
            TEMPORARY_AID.name,
            publicity=7,
            basis=BASIS,
            source=TEMPORARY_AID.source,
        )
