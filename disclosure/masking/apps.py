"""App of the room disclosure.masking."""

from django.apps import AppConfig


class MaskingConfig(AppConfig):
    """What each audience may see."""

    name = "disclosure.masking"
    label = "disclosure_masking"
    verbose_name = "脱敏"
    default_auto_field = "django.db.models.BigAutoField"
