"""App of the room workflows.engine."""

from django.apps import AppConfig


class EngineConfig(AppConfig):
    """Flows, steps, cases, batches, decisions: knows no programme and no household."""

    name = "workflows.engine"
    label = "workflows_engine"
    verbose_name = "流程引擎"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register events and settings; hear of offices that end."""
        from portal.people.signals import office_ended

        from . import decided, events, keys, replaying, tasks  # noqa: F401

        events.register()
        keys.register()
        office_ended.connect(tasks.release, dispatch_uid="workflows.engine.release")
