"""App of the room portal.sealing."""

from django.apps import AppConfig


class SealingConfig(AppConfig):
    """Encryption of personal fields, keyed hashes, salted commitments."""

    name = "portal.sealing"
    label = "portal_sealing"
    verbose_name = "密封"
    default_auto_field = "django.db.models.BigAutoField"
