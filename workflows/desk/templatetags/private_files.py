"""Pictures of the private store on the desk: shown once their reader opened them, else with a button."""

from collections.abc import Sequence
from typing import Any

from django import template

from portal.files.models import PrivateFile
from portal.files.opening import MOST, open_ones

register = template.Library()


@register.inclusion_tag("desk/parts/pictures.html", takes_context=True)
def pictures(context: dict[str, Any], photos: Sequence[PrivateFile]) -> dict[str, Any]:
    """Show those of `photos` that the session has open; of each of the others its button."""
    return {"photos": photos, "opened": open_ones(context["request"].session)}


@register.inclusion_tag("desk/parts/picture_opener.html", takes_context=True)
def picture_opener(context: dict[str, Any], photos: Sequence[PrivateFile]) -> dict[str, Any]:
    """Offer to open those of `photos` that are not open yet with one click, on a page beside this one."""
    opened = open_ones(context["request"].session)
    shut = [photo for photo in photos if photo.pk not in opened][:MOST]
    return {"shut": shut, "csrf_token": context.get("csrf_token")}
