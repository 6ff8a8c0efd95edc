"""App of the room workflows.registry."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Households, members, helpers, and who is related to an official."""

    name = "workflows.registry"
    label = "workflows_registry"
    verbose_name = "户档"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register events, settings, who opens files, and how households are handed over."""
        from portal.clock import jobs
        from portal.files import access
        from portal.people import handover

        from . import binding, details, events, keys, labels, reveals, rows  # noqa: F401
        from .helpers import hand_over
        from .imports import services as imports

        events.register()
        keys.register()
        labels.register()
        reveals.register()
        rows.connect()
        access.register(details.FILE_KIND, details.may_open_file, owner=details.owner)
        access.register(imports.FILE_KIND, imports.may_open_file, owner=imports.owner)
        jobs.register("registry.imports", imports.expire)
        handover.register(hand_over)
