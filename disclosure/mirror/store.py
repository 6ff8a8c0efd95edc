"""The mirror on disk: one folder for each day on which its pages may be served, and pages for hard times.

    MIRROR_ROOT/editions/2026-11-22/lists/L1.html, L1.html.gz, L1.html.br    as they read on that day
    MIRROR_ROOT/fresh                                                        only while nothing is out of date
    MIRROR_ROOT/paper/lists/L1/object.html, …                                how to do it without the website

A file is never changed, only replaced, so that a page that reads the same on several days is one file under
several names.
"""

import contextlib
import fcntl
import gzip
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import brotli
from django.conf import settings

EDITIONS, PAPER, FRESH, LOCK, SCRATCH = "editions", "paper", "fresh", ".lock", ".scratch"
COMPLETE = ".complete"
PAGE = ".html"
# What the copies are called and how they are made; a page is compressed once and read many times.
COPIES = {
    ".gz": lambda content: gzip.compress(content, compresslevel=9, mtime=0),
    ".br": lambda content: brotli.compress(content, quality=9, lgwin=18),
}
HOME = "="
# What the web server shows where nothing else may be shown; no address can name it.
CLOSED = "=closed.html"
# No dot anywhere: neither a way up nor a hidden file can be named. The web server's rule is the same.
_PATH = re.compile(r"(?:/[^/.=\x00-\x1f]+)*/")
# The time at which a page was made is no change of the page.
_MADE = re.compile(rb'<time class="made"[^>]*>[^<]*</time>')


def root() -> Path:
    """Return MIRROR_ROOT."""
    return Path(settings.MIRROR_ROOT)


def edition(day: date) -> Path:
    """Return the folder of the pages that may be served on `day` (Asia/Shanghai) and on no other."""
    return root() / EDITIONS / day.isoformat()


def paper() -> Path:
    """Return the folder of the pages that stand in for forms."""
    return root() / PAPER


def file_name(path: str) -> str | None:
    """Return the name, below an edition, of the page at `path` (quoted or not); None for no page."""
    path = unquote(path)
    if path in (SITEMAP, ROBOTS):
        return path[1:]
    if not _PATH.fullmatch(path):
        return None
    return (path[1:-1] or HOME) + PAGE


SITEMAP, ROBOTS = "/sitemap.xml", "/robots.txt"


def write(folder: Path, name: str, content: bytes) -> bool:
    """Write the page `name` into `folder` with its compressed copies; False where it stands there already.

    The copies come first: whoever finds the page finds them, too, and never a half of one.
    """
    target = folder / name
    if same(folder, name, content):
        return False
    for suffix, compress in COPIES.items():
        _replace(target.with_name(target.name + suffix), compress(content))
    _replace(target, content)
    return True


def same(folder: Path, name: str, content: bytes) -> bool:
    """Return whether the page `name` in `folder` reads as `content` does, whenever either was made."""
    try:
        return _MADE.sub(b"", (folder / name).read_bytes()) == _MADE.sub(b"", content)
    except FileNotFoundError:
        return False


def share(source: Path, target: Path, name: str) -> None:
    """Have `target` hold the same page `name` as `source`, as one file under two names."""
    if _one_file(source / name, target / name):
        return
    for suffix in (*COPIES, ""):
        original, copy = source / (name + suffix), target / (name + suffix)
        copy.parent.mkdir(parents=True, exist_ok=True)
        scratch = _scratch()
        os.link(original, scratch)
        os.replace(scratch, copy)
        # Where both were one file already the system renames nothing.
        scratch.unlink(missing_ok=True)


def remove(folder: Path, name: str) -> bool:
    """Remove the page `name` and its copies from `folder`; return whether it was there."""
    target = folder / name
    found = target.exists()
    # The page goes first: a copy alone is never served.
    for suffix in ("", *COPIES):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    return found


def remove_below(path: str) -> None:
    """Remove the page at `path` and all below it, in both types, from every edition."""
    remove_page(path)
    for folder, name in _names(path):
        shutil.rmtree(folder / name.removesuffix(PAGE), ignore_errors=True)


def remove_page(path: str) -> None:
    """Remove the page at `path`, in both types, from every edition."""
    for folder, name in _names(path):
        remove(folder, name)


def _names(path: str) -> list[tuple[Path, str]]:
    """Return where the page at `path` may stand: each edition with its name in both types."""
    names = [name for mode in ("", "/da") if (name := file_name(mode + path))]
    return [(folder, name) for folder in editions() for name in names]


def remove_others(folder: Path, kept: Iterable[str]) -> int:
    """Remove from `folder` every page whose name is not in `kept`; return how many."""
    names, gone = set(kept), 0
    for found in [*folder.rglob("*")]:
        if found.is_dir() or found.name == COMPLETE or found.suffix in COPIES:
            continue
        name = found.relative_to(folder).as_posix()
        if name not in names:
            gone += remove(folder, name)
    return gone


def editions() -> list[Path]:
    """Return the folders of all editions on disk, oldest first."""
    found = (root() / EDITIONS).glob("[0-9]*") if settings.MIRROR_ROOT else ()
    return sorted(path for path in found if path.is_dir() and not path.is_symlink())


def expire(today: date) -> int:
    """Remove every edition of a day before `today`; return how many. Needs no database."""
    gone = 0
    for folder in editions():
        if folder.name < today.isoformat():
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone


def open_edition(day: date) -> Path:
    """Make the folder of `day` where it is not there; return it."""
    folder = edition(day)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def is_complete(day: date) -> bool:
    """Return whether the edition of `day` was written to its end once."""
    return (edition(day) / COMPLETE).exists()


def complete(day: date) -> None:
    """Note that the edition of `day` holds every page."""
    (edition(day) / COMPLETE).touch()


def fresh() -> None:
    """Let the web server answer from the mirror without asking the portal."""
    (root() / FRESH).touch()


def not_fresh() -> None:
    """Have the web server ask the portal first, and turn to the mirror only where that does not answer."""
    if settings.MIRROR_ROOT is not None:
        (root() / FRESH).unlink(missing_ok=True)


def is_fresh() -> bool:
    """Return whether the web server answers from the mirror."""
    return (root() / FRESH).exists()


@contextmanager
def locked() -> Iterator[bool]:
    """Yield whether the mirror is ours to write; the lock leaves with the process, however it ends."""
    root().mkdir(parents=True, exist_ok=True)
    with (root() / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        shutil.rmtree(root() / SCRATCH, ignore_errors=True)
        yield True


def find(folder: Path, path: str, copies: Iterable[str] = ()) -> tuple[bytes, str] | None:
    """Return the page at `path` in `folder` and the suffix of the first of `copies` there is, or None."""
    name = file_name(path)
    if name is None:
        return None
    for suffix in (*copies, ""):
        # Gone meanwhile, or never there.
        with contextlib.suppress(OSError, ValueError):
            return (folder / (name + suffix)).read_bytes(), suffix
    return None


def _one_file(first: Path, second: Path) -> bool:
    try:
        return os.path.samefile(first, second)
    except FileNotFoundError:
        return False


def _replace(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = _scratch()
    scratch.write_bytes(content)
    # The web server runs under an account of its own.
    scratch.chmod(0o644)
    os.replace(scratch, target)


def _scratch() -> Path:
    folder = root() / SCRATCH
    folder.mkdir(parents=True, exist_ok=True)
    return folder / os.urandom(8).hex()
