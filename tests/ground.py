"""What migrations wrote, stood up again after a test that emptied the database."""

from django.contrib.contenttypes.models import ContentType
from django.core.management.sql import emit_post_migrate_signal
from wagtail.coreutils import get_content_languages
from wagtail.models import Collection, Locale, Page


def stand() -> None:
    """Set up content types, permissions and the roots of pages and collections where they are missing."""
    if not ContentType.objects.exists():
        ContentType.objects.clear_cache()
        emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    if not Page.objects.filter(depth=1).exists():
        Locale.objects.get_or_create(language_code=next(iter(get_content_languages())))
        Page.add_root(instance=Page(title="Root", slug="root"))
    if not Collection.objects.filter(depth=1).exists():
        Collection.add_root(name="Root")
