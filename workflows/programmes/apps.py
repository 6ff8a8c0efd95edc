"""App of the room workflows.programmes."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    """Programmes and their versions, forms, eligibility, budgets, applications."""

    name = "workflows.programmes"
    label = "workflows_programmes"
    verbose_name = "项目"
    default_auto_field = "django.db.models.BigAutoField"
