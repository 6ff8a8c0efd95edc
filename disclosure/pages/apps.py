"""App of the room disclosure.pages."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Wagtail pages: home, section, notice, policy document, reading."""

    name = "disclosure.pages"
    label = "disclosure_pages"
    verbose_name = "网页"
    default_auto_field = "django.db.models.BigAutoField"
