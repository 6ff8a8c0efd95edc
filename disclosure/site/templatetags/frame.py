"""Tags of the frame that every public page stands in: stylesheet, county's name, footer."""

from typing import Any

from django import template
from django.urls import get_script_prefix
from django.utils.safestring import SafeString, mark_safe

from disclosure.pages.models import SiteRecord
from disclosure.site.style import STYLE

register = template.Library()


@register.simple_tag
def public_style() -> SafeString:
    """Return the stylesheet for `<style>`, to the byte what STYLE_HASH was computed from."""
    return mark_safe(STYLE)


@register.simple_tag
def site_record() -> SiteRecord:
    """Return the site's name and the facts of its footer: one query, whoever asks."""
    return SiteRecord.current()


@register.simple_tag(takes_context=True)
def other_version(context: dict[str, Any]) -> str:
    """Return this page's address in the other mode: large type, or standard."""
    return getattr(context.get("request"), "other_version", "/da/")


@register.simple_tag(takes_context=True)
def is_elder(context: dict[str, Any]) -> bool:
    """Return whether the page is read in large type."""
    return getattr(context.get("request"), "elder", False)


@register.simple_tag
def public_path(*parts: object) -> str:
    """Return the path of one of our flat addresses, such as areas/<code>/, in the mode that is being read."""
    return get_script_prefix() + "".join(f"{part}/" for part in parts)
