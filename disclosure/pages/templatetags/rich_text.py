"""The filter that gives the paragraphs of a rich text their anchors."""

from django import template
from django.utils.safestring import SafeString, mark_safe
from wagtail.templatetags.wagtailcore_tags import richtext

from disclosure.pages import rich_text

register = template.Library()


@register.filter
def anchored(value: object) -> SafeString:
    """Return the rich text as Wagtail renders it, each paragraph with its anchor (p1, p2 …)."""
    # Wagtail's own rendering is safe; only numbers are put into it.
    return mark_safe(rich_text.anchored(str(richtext(value))))
