"""App of the room workflows.demo."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo county, played through the engine."""

    name = "workflows.demo"
    label = "workflows_demo"
    verbose_name = "演示"
    default_auto_field = "django.db.models.BigAutoField"
