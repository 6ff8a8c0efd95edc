"""What the page of a batch tells of its clock, drawn where it is asked for."""

from typing import Any

from django import template

from workflows.desk.stuck import story_of
from workflows.engine.models import Batch

register = template.Library()


@register.inclusion_tag("desk/parts/deadline_story.html")
def deadline_story(batch: Batch) -> dict[str, Any]:
    """Draw the light of the whole way and the reminders and escalations so far."""
    return {"story": story_of(batch)}
