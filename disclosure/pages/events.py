"""Events of the pages: an import, and each publication and withdrawal of a page."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished

from portal.ledger import kinds
from portal.ledger.services import Draft, append

kinds.register("policy.imported", _("导入政策文件"))
kinds.register("page.published", _("发布网页"))
kinds.register("page.unpublished", _("撤下网页"))


def _write(kind: str, page: Page, revision: Any) -> None:
    body = {"type": page.specific_class.__name__, "revision": str(revision.pk) if revision else ""}
    actor = revision.user if revision and kind == "page.published" else None
    with transaction.atomic():
        append(Draft(kind, "page", str(page.pk), actor=actor, body=body))


def write_published(sender: Any, instance: Page, revision: Any = None, **kwargs: Any) -> None:
    """Write the event of a publication; PublicPage.publish holds the transaction."""
    _write("page.published", instance, revision)


def write_unpublished(sender: Any, instance: Page, **kwargs: Any) -> None:
    """Write the event of a withdrawal."""
    _write("page.unpublished", instance, None)


def connect() -> None:
    """Listen to Wagtail, whose screens publish and withdraw pages by ways of their own."""
    page_published.connect(write_published, dispatch_uid="pages.published")
    page_unpublished.connect(write_unpublished, dispatch_uid="pages.unpublished")
