"""App of the room workflows.deadlines."""

from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    """Stays at steps, reminders, escalation, total limits: tells and records, and never moves a case."""

    name = "workflows.deadlines"
    label = "workflows_deadlines"
    verbose_name = "期限"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register events and settings, follow every batch, and have the clock remind."""
        from django.db.models.signals import post_save

        from portal.clock import jobs
        from workflows.engine.models import Batch

        from . import events, keys, owed, reminding, stays

        events.register()
        keys.register()
        post_save.connect(stays.on_saved, sender=Batch, dispatch_uid="workflows_deadlines.follow")
        jobs.register("deadlines.follow", stays.follow_missing)
        jobs.register("deadlines.remind", reminding.remind_due)
        jobs.register("deadlines.owed", owed.remind_owed)
