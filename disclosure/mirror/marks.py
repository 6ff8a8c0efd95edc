"""Marking pages as out of date, in the transaction of what changes them."""

from django.conf import settings
from django.db import transaction

from . import store
from .models import Mark
from .registry import EVERYTHING


def mark(what: str = EVERYTHING) -> None:
    """Have the pages that show `what` made anew, once the open transaction is committed, within seconds.

    From the commit until then the web server asks the portal first (docs/mirror.md).
    """
    if settings.MIRROR_ROOT is None:
        return
    from .refreshing import refresh_soon

    with transaction.atomic():
        waiting = Mark.objects.exists()
        Mark.objects.create(what=what)
        if not waiting:
            refresh_soon.enqueue()
    # The act is done and stays done, whatever the disk says.
    transaction.on_commit(store.not_fresh, robust=True)


def take_down(path: str) -> None:
    """Have the page at `path` leave the mirror as soon as the open transaction is committed.

    For what may not be read a second longer: names on a list that was corrected, ended or redacted. The
    portal answers in its place until it is made anew.
    """
    if settings.MIRROR_ROOT is None:
        return
    transaction.on_commit(lambda: store.remove_below(path), robust=True)


def take_down_page(path: str) -> None:
    """Have the one page at `path`, and none below it, leave the mirror at the open transaction's commit."""
    if settings.MIRROR_ROOT is None:
        return
    transaction.on_commit(lambda: store.remove_page(path), robust=True)
