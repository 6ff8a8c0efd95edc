"""What changes public pages, so that kept ones are dropped."""

from django.db.models.signals import post_save
from wagtail.signals import page_published, page_unpublished

from disclosure.deliberations.models import Meeting
from disclosure.pages.models import SiteRecord
from disclosure.pages.signals import page_redacted
from disclosure.publicity.models import ListRow, Objection, Posting, PublicList
from portal.areas.models import Area
from portal.configuration.models import Setting

from .cache import forget

SHOWN = (PublicList, ListRow, Posting, Objection, Meeting, SiteRecord, Setting, Area)


def connect() -> None:
    """Listen to every model that a public page shows. Upper rooms connect `cache.forget` to theirs."""
    for model in SHOWN:
        post_save.connect(forget, sender=model, dispatch_uid=f"public-cache-{model.__name__}")
    page_published.connect(forget, dispatch_uid="public-cache-published")
    page_unpublished.connect(forget, dispatch_uid="public-cache-unpublished")
    page_redacted.connect(forget, dispatch_uid="public-cache-redacted")
