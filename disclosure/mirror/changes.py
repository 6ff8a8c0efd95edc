"""What changes which pages of the mirror."""

from typing import Any

from django.db.models.signals import post_save
from wagtail.models import Page
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from disclosure.deliberations.models import Meeting
from disclosure.pages.models import SiteRecord
from disclosure.pages.signals import page_redacted
from disclosure.publicity.models import ListRow, Objection, Posting, PublicList
from portal.areas.models import Area
from portal.configuration.models import Setting

from .marks import mark, take_down, take_down_page
from .registry import behind


def connect() -> None:
    """Listen to every model that a public page shows; upper rooms call `marks.mark` for theirs."""
    for model in (PublicList, ListRow, Posting, Objection, Meeting, SiteRecord, Setting, Area):
        post_save.connect(_saved, sender=model, dispatch_uid=f"mirror-{model.__name__}")
    for signal in (page_published, page_unpublished):
        signal.connect(_page, dispatch_uid="mirror-page")
    for signal in (page_slug_changed, post_page_move):
        signal.connect(_moved, dispatch_uid="mirror-moved")
    page_redacted.connect(_redacted, dispatch_uid="mirror-redacted")


def list_changed(list: PublicList) -> None:
    """Make the pages that show `list` anew; take its own page down at once where names may have to leave.

    Called by itself for whatever is saved one by one; call it where rows change by `update()`.
    """
    mark(f"list:{list.pk}")
    take_down(f"/lists/{list.number}/")


def _saved(sender: type, instance: Any, created: bool = False, **_signal: Any) -> None:
    match instance:
        case PublicList():
            if created:
                mark(f"list:{instance.pk}")
            else:
                list_changed(instance)
        case ListRow():
            if not created:
                list_changed(instance.list)
        case Posting() | Objection():
            mark(f"list:{instance.list_id}")
        case Meeting():
            mark(f"deliberation:{instance.deliberation_id}")
        case Setting() if instance.confirmed_at is None:
            # Proposed, or turned down: it counts nowhere yet.
            pass
        case _:
            mark()


def _page(sender: type, instance: Page, **_signal: Any) -> None:
    mark(f"page:{instance.pk}")


def _redacted(sender: type, page: Page, **_signal: Any) -> None:
    """Take down at once whatever shows the page, its columns and the home page too, for its title."""
    mark(f"page:{page.pk}")
    for address in behind([f"page:{page.pk}"]):
        take_down_page(address.path)


def _moved(sender: type, **_signal: Any) -> None:
    mark()
