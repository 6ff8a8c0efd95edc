"""App of the room workflows.desk."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Officials' screens in the Wagtail admin."""

    name = "workflows.desk"
    label = "workflows_desk"
    verbose_name = "工作台"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the engine where a batch is looked at; register settings, and what falls due by the clock."""
        from django.urls import reverse

        from disclosure.errata import links as errata_links
        from portal.clock import jobs
        from portal.outbox import robots
        from workflows.assessment import telling as round_links
        from workflows.engine import links
        from workflows.rectification import links as ticket_links

        from . import events

        events.register()
        from portal.files import access

        from . import everyday, keeping, keys, more_acts, objection_messages, report_lines, todo_lines

        access.register(more_acts.FILE_KIND, more_acts.may_open_file, owner=more_acts.owner)
        keys.register()
        everyday.register()
        jobs.register("desk.drafts", keeping.drop_expired)
        links.register(lambda number: reverse("desk:batch", args=[number]))
        round_links.register(lambda number: reverse("desk:assessment", args=[number]))
        ticket_links.register(lambda number: reverse("desk:ticket", args=[number]))
        errata_links.register(lambda pk: reverse("desk:erratum", args=[pk]))
        robots.register_screen(lambda: reverse("desk:robots"))
        objection_messages.listen()
        todo_lines.register("reports", report_lines.waiting)
