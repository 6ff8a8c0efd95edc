"""App of the room workflows.radar."""

from django.apps import AppConfig


class RadarConfig(AppConfig):
    """Rules that point at what should be looked at; feedback, switches, lists from outside."""

    name = "workflows.radar"
    label = "workflows_radar"
    verbose_name = "雷达"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register events, settings and rules, and have the clock run them."""
        from portal.clock import jobs
        from workflows.desk import origins, todo_lines
        from workflows.supervision import reach

        from . import binding, events, keys, objects, registry, running, waiting  # noqa: F401
        from .outside.comparing import RULES
        from .rules import ALL

        events.register()
        keys.register()
        for rule in [*ALL, *RULES]:
            registry.register(rule)
        origins.register("flag", objects.origin)
        todo_lines.register("clues", waiting.clues)
        reach.keep_back(objects.about)
        jobs.register("radar.run", running.run_due)
