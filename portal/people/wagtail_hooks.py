"""What Wagtail's choosers show: another section's drafts are nobody else's to see."""

from typing import Any

from wagtail import hooks

from .drafts import in_sight


@hooks.register("construct_page_chooser_queryset")
def without_hidden_drafts(pages: Any, request: Any) -> Any:
    """Narrow the page chooser's browsing and searching."""
    return in_sight(pages, request.user)
