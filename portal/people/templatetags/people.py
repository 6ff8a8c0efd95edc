"""What templates ask about people."""

from typing import Any

from django import template
from django.conf import settings

from portal.people.models import Office
from portal.people.scope import scope_of

register = template.Library()


@register.simple_tag
def offices_of(user: Any) -> tuple[Office, ...]:
    """Return the offices of `user` in force today."""
    return scope_of(user).offices


@register.simple_tag
def sessions_watched() -> bool:
    """Return whether sessions are watched here, so that their page opens."""
    return bool(settings.SIGN_IN_WATCHED)
