"""Tags of the frame that every public page stands in: stylesheet, county's name, footer."""

from typing import Any
from urllib.parse import quote

from django import template
from django.urls import get_script_prefix
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from disclosure.pages.models import SiteRecord
from disclosure.site import metas, sharing
from disclosure.site.aloud import SCRIPT
from disclosure.site.style import STYLE

register = template.Library()


@register.simple_tag
def public_style() -> SafeString:
    """Return the stylesheet for `<style>`, to the byte what STYLE_HASH was computed from."""
    return mark_safe(STYLE)


@register.simple_tag
def aloud_script() -> SafeString:
    """Return the script for `<script>`, to the byte what SCRIPT_HASH was computed from."""
    return mark_safe(SCRIPT)


@register.simple_tag(takes_context=True)
def site_record(context: dict[str, Any]) -> SiteRecord:
    """Return the site's name, the facts of its footer and how often this page was read: one query."""
    return SiteRecord.current(getattr(context.get("request"), "path_info", ""))


@register.simple_tag(takes_context=True)
def meta_tags(context: dict[str, Any]) -> SafeString:
    """Return the page's meta tags, one a line."""
    if context.get("request") is None:
        return mark_safe("")
    tags = ((name, content) for name, content in metas.metas(context, context["record"]))
    return format_html_join("\n", '<meta name="{}" content="{}">', tags)


@register.simple_tag(takes_context=True)
def share(context: dict[str, Any]) -> dict[str, str] | None:
    """Return address, QR code and path of a page that may be shared; None on the answer to a form."""
    request = context.get("request")
    if request is None or request.method not in ("GET", "HEAD"):
        return None
    address = metas.address(request)
    path = quote(request.path_info)
    # segno's drawing of an address of ours: only numbers.
    return {"address": address, "qr": mark_safe(sharing.qr_code(address)), "path": path}


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
