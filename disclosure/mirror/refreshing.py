"""Making pages anew: those that were marked, each day a new edition of all, and everything on demand."""

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from portal import clock
from portal.ledger.models import Head

from . import paper, registry, sitemap, store
from .models import Mark
from .registry import DAILY, EVERYTHING, Address
from .rendering import render

MODES = ("", "/da")
MARKS_AT_ONCE = 500
# Pages with figures that acts change which mark nothing are made anew this often, if anything happened.
RESTLESS = timedelta(minutes=5)
RESTLESS_NOTE = ".restless"
logger = logging.getLogger(__name__)


@dataclass
class Made:
    """What a run did: pages read, and files written or removed because they differ."""

    pages: int = 0
    files: int = 0


@task
def refresh_soon() -> int:
    """Make the marked pages anew; the worker runs it within a second of the commit that marked them."""
    return refresh()


def refresh_due() -> int:
    """Refresh, as a job of the clock. A web server knows the real day alone: played days make no editions."""
    return 0 if clock.is_set() else refresh()


def refresh() -> int:
    """Make anew what was marked and what the day asks for; return how many files changed.

    Finds nothing to do when it is run again; does nothing while another process is at it, which goes on until
    no mark is left.
    """
    if settings.MIRROR_ROOT is None:
        return 0
    with store.locked() as ours:
        if not ours:
            return 0
        made = Made()
        store.expire(clock.today())
        if not all(store.is_complete(day) for day in days()):
            _everything(made)
        while marks := list(Mark.objects.order_by("pk").values_list("pk", "what")[:MARKS_AT_ONCE]):
            if EVERYTHING in {what for _pk, what in marks}:
                # What was marked before this is made with it.
                marks = list(Mark.objects.values_list("pk", "what"))
                _everything(made)
            else:
                _write(registry.behind(what for _pk, what in marks), made)
            # A mark that was committed meanwhile is not among these and is taken up next.
            Mark.objects.filter(pk__in=[pk for pk, _what in marks]).delete()
        _restless(made)
        _now_fresh()
        return made.files


def rebuild() -> Made | None:
    """Make every page anew and remove what is gone; None where another process is writing."""
    with store.locked() as ours:
        if not ours:
            return None
        made = Made()
        store.expire(clock.today())
        marks = list(Mark.objects.values_list("pk", flat=True))
        _everything(made)
        Mark.objects.filter(pk__in=marks).delete()
        _now_fresh()
        return made


def days() -> list[date]:
    """Return the days whose editions are kept: today and MIRROR_DAYS_AHEAD more."""
    today = clock.today()
    return [today + timedelta(days=number) for number in range(settings.MIRROR_DAYS_AHEAD + 1)]


def _now_fresh() -> None:
    store.fresh()
    if Mark.objects.exists():
        # Committed since we looked: its own refresh is on its way.
        store.not_fresh()


def _everything(made: Made) -> None:
    window = days()
    for day in window:
        store.open_edition(day)
    addresses = registry.every()
    _write(addresses, made)
    forms = [address for address in addresses if address.form]
    kept = [_name(mode + address.path) for address in addresses if not address.form for mode in MODES]
    listed = sitemap.files(addresses)
    for day in window:
        for name, content in listed.items():
            made.files += store.write(store.edition(day), name, content)
        made.files += store.remove_others(store.edition(day), [*kept, *listed])
        store.complete(day)
    papers = [_name(mode + address.path) for address in forms for mode in MODES]
    made.files += paper.write_closed()
    made.files += store.remove_others(store.paper(), [*papers, store.CLOSED])
    _note_restless()


def _write(addresses: Sequence[Address], made: Made) -> None:
    window = [day for day in days() if store.edition(day).exists()]
    turns = registry.turns(window[0], window[-1]) if window else set()
    for address in addresses:
        for mode in MODES:
            if address.form:
                made.files += paper.write(mode + address.path)
                made.pages += 1
            else:
                _write_page(mode + address.path, _readings(address, window, turns), made)


def _readings(address: Address, window: Sequence[date], turns: set[date]) -> list[list[date]]:
    """Return the days of `window` in runs on which the page reads the same."""
    if address.turns == DAILY:
        return [[day] for day in window]
    runs: list[list[date]] = []
    for day in window:
        if not runs or day in turns or day in address.turns:
            runs.append([])
        runs[-1].append(day)
    return runs


def _write_page(path: str, readings: Iterable[Sequence[date]], made: Made) -> None:
    name = _name(path)
    before = None
    for run in readings:
        content = render(path, run[0])
        made.pages += 1
        folders = [store.edition(day) for day in run]
        if content is None:
            made.files += sum(store.remove(folder, name) for folder in folders)
            before = None
            continue
        if before is None or not store.same(before, name, content):
            before = folders.pop(0)
            made.files += store.write(before, name, content)
        for folder in folders:
            store.share(before, folder, name)


def _restless(made: Made) -> None:
    """Make pages with figures of the whole portal anew, if the ledger has grown since and it is time."""
    note = store.root() / RESTLESS_NOTE
    size = Head.objects.values_list("size", flat=True).first() or 0
    try:
        said = json.loads(note.read_text())
        since = clock.now() - datetime.fromisoformat(said["at"])
        if said["size"] == size or timedelta() <= since < RESTLESS:
            return
    except (FileNotFoundError, ValueError, KeyError):
        pass
    _write([address for address in registry.every() if address.restless], made)
    _note_restless()


def _note_restless() -> None:
    size = Head.objects.values_list("size", flat=True).first() or 0
    at = timezone.localtime(clock.now()).isoformat()
    (store.root() / RESTLESS_NOTE).write_text(json.dumps({"size": size, "at": at}))


def _name(path: str) -> str:
    name = store.file_name(path)
    if name is None:
        raise ValueError(f"no public page has an address like {path}")
    return name
