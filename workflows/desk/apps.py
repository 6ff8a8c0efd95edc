"""App of the room workflows.desk."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Officials' screens in the Wagtail admin."""

    name = "workflows.desk"
    label = "workflows_desk"
    verbose_name = "工作台"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the engine where a batch is looked at."""
        from django.urls import reverse

        from portal.outbox import robots
        from workflows.engine import links

        from . import events

        events.register()
        from . import objection_messages

        from portal.files import access

        from . import more_acts

        access.register(more_acts.FILE_KIND, more_acts.may_open_file)
        links.register(lambda number: reverse("desk:batch", args=[number]))
        robots.register_screen(lambda: reverse("desk:robots"))
        objection_messages.listen()
