"""App of the room disclosure.site."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The public's pages that are no Wagtail pages: areas, lists, programmes, receipts."""

    name = "disclosure.site"
    label = "disclosure_site"
    verbose_name = "公开网站"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let pages carry the stylesheet, put lists on the home page, drop kept pages on changes."""
        from disclosure.pages.registry import register_newest
        from portal.running.policy import allow_script, allow_style

        from . import changes, keys, newest  # noqa: F401
        from .aloud import SCRIPT_HASH
        from .style import STYLE_HASH

        allow_style(STYLE_HASH)
        allow_script(SCRIPT_HASH)
        register_newest(newest.newest)
        changes.connect()
