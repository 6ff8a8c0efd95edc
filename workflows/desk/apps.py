"""App of the room workflows.desk."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Officials' screens in the Wagtail admin."""

    name = "workflows.desk"
    label = "workflows_desk"
    verbose_name = "工作台"
    default_auto_field = "django.db.models.BigAutoField"
