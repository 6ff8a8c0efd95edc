"""App of the room workflows.changes."""

from django.apps import AppConfig


class ChangesConfig(AppConfig):
    """What a case asks of the register: changes, exits, and temporary aid."""

    name = "workflows.changes"
    label = "workflows_changes"
    verbose_name = "对象变更和救助"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register events and settings, and answer for lists, notices and the desk."""
        from workflows.programmes import matters

        from . import events, keys
        from .matter import AID_PREFIX, PREFIX, AidMatter, ChangeMatter

        events.register()
        keys.register()
        matters.register(PREFIX, ChangeMatter(), ("change__household",))
        matters.register(AID_PREFIX, AidMatter(), ("aid__household",))
