"""App of the room disclosure.opendata."""

from django.apps import AppConfig


class OpenDataConfig(AppConfig):
    """Public lists and areas as data: files and a versioned API, without names."""

    name = "disclosure.opendata"
    label = "disclosure_opendata"
    verbose_name = "开放数据"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register how often data may be asked for, have the page about it kept in the mirror,
        and programs told in JSON while the database is down."""
        from disclosure.mirror.registry import Source, register, register_unreachable

        from . import kept, keys, unreachable

        keys.register_all()
        register(Source(kept.every, kept.behind))
        register_unreachable(unreachable.answer)
