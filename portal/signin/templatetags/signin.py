"""What the pages before signing in ask for."""

from django import template

from portal.signin import keys

register = template.Library()


@register.simple_tag
def dormant_days() -> int:
    """Return after how many calendar days without signing in an account is suspended."""
    return keys.dormant_days()
