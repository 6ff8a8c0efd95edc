"""App of the room disclosure.errata."""

from django.apps import AppConfig


class ErrataConfig(AppConfig):
    """Errors that readers report on public pages, and what editors answer."""

    name = "disclosure.errata"
    label = "disclosure_errata"
    verbose_name = "网页纠错"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register events, settings, the page of a receipt, and what falls due by the clock."""
        from disclosure.site.registry import register_receipts
        from portal.clock import jobs

        from . import events, keys, overdue, public_views  # noqa: F401

        register_receipts(public_views.receipt_page)
        jobs.register("errata.overdue", overdue.escalate)
