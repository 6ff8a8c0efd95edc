"""Startup checks of the sheets: a server without a Chinese font is told before anybody prints."""

from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register

from . import fonts
from .errors import NoChineseFont


@register(Tags.compatibility, deploy=True)
def chinese_font(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn where no sheet could be printed; reading and approving go on without one."""
    try:
        fonts.chosen()
    except NoChineseFont as error:
        return [Warning(str(error), id="portal_printing.W001")]
    return []
