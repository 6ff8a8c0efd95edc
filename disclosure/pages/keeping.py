"""What was published is kept: no screen, bulk action, API call or shell line deletes such a page."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.db.models.signals import pre_delete
from django.utils.translation import gettext as _
from wagtail.models import Page


class PublishedPageKept(PermissionDenied):
    """A page that was published, or one above it, was to be deleted."""

    def __init__(self, title: str) -> None:
        super().__init__(
            _("“%(title)s”公开过，不能删除；要从网站上撤下，请用“取消发布”") % {"title": title},
        )


def published_within(pages: list[Page]) -> QuerySet[Page]:
    """Return the pages among `pages` and below them that are, or ever were, published."""
    subtree = Q(pk__in=[])
    for page in pages:
        subtree |= Q(path__startswith=page.path)
    return (
        Page.objects.filter(subtree)
        .filter(Q(live=True) | Q(first_published_at__isnull=False))
        .exclude(
            # Wagtail's own welcome page is nobody's publication.
            first_published_at=None,
            depth=2,
        )
    )


def refuse(sender: type[Any], instance: Any, **kwargs: Any) -> None:
    """Raise PublishedPageKept before a published page is deleted, by whatever way."""
    if isinstance(instance, Page) and instance.first_published_at:
        raise PublishedPageKept(instance.title)


def connect() -> None:
    """Stand before every deletion of a page."""
    pre_delete.connect(refuse, dispatch_uid="pages.kept")
