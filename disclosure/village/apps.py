"""App of the room disclosure.village."""

from django.apps import AppConfig


class VillageConfig(AppConfig):
    """Village matters: dividends, works, accounts and others, deliberated and published."""

    name = "disclosure.village"
    label = "disclosure_village"
    verbose_name = "村务事项"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register events, the public pages with mirror and search, and what a correction may not do."""
        from disclosure.publicity.signals import list_published
        from disclosure.site.registry import register_matter

        from . import events, mirrored, public, results, searched  # noqa: F401

        register_matter(public.of_list)
        list_published.connect(results.refuse_other_amounts, dispatch_uid="village")
        mirrored.connect()
        searched.connect()
