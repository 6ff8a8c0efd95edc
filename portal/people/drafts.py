"""Which pages an editor may know of: those of their own sections, and for links all that are published."""

from typing import Any

from django.db.models import Q
from wagtail.models import Page
from wagtail.permissions import page_permission_policy


def in_sight(pages: Any, user: Any) -> Any:
    """Return those of `pages` that `user` may link to: published, or within their own sections."""
    own = page_permission_policy.explorable_instances(user).values("pk")
    return pages.filter(Q(live=True) | Q(pk__in=own))


def is_in_sight(pk: int, user: Any, *, to_link: bool) -> bool:
    """Return whether `user` may open the page `pk` in the explorer and the editor, or only link to it.

    Wagtail sends an editor from a hidden page to their own section and from a missing one to a 404.
    """
    if to_link:
        return bool(in_sight(Page.objects.filter(pk=pk), user).exists())
    return bool(page_permission_policy.explorable_instances(user).filter(pk=pk).exists())
