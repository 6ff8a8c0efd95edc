"""What templates ask about people."""

from typing import Any

from django import template

from portal.people.models import Office
from portal.people.scope import scope_of

register = template.Library()


@register.simple_tag
def offices_of(user: Any) -> tuple[Office, ...]:
    """Return the offices of `user` in force today."""
    return scope_of(user).offices
