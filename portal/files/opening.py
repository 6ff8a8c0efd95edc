"""Opening private files: reading one is an event, and the browser session remembers it for an hour.

Bytes leave the private store only in a session whose person opened that very file, so that no reading goes
untold. Within the hour the same file is shown again without a second event: a page of photos, a PDF reader
that asks twice and the way back are one reading, and a ledger of repetitions is read by nobody.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from portal import clock
from portal.configuration import services as configuration
from portal.ledger.services import Draft, append
from portal.people.models import ROLES_WITHOUT_CASES, Line, Office, User
from portal.people.scope import scope_of

from . import access, events
from .models import PrivateFile
from .services import open_file

OPENED = "files_opened"
# One click opens so many at most: the photos of one case, not those of a county.
MOST = 60


def open_files(*, by: User, files: Sequence[PrivateFile], session: Any, original: bool = False) -> None:
    """Record that `by` opens `files`, one event each, and let `session` show them for an hour.

    Those that the session has open already are not recorded again. The event names the office by which they
    are read, the digest and what the file belongs to. Raises Hidden where `by` may not open one of them,
    DamagedFile where its bytes are not those stored: then nothing is opened.
    """
    now = clock.now()
    kept = _held(session, now)
    asked = [file for file in files if _mark(file.pk, original) not in kept]
    with transaction.atomic():
        scope_of(by, fresh=True)
        drafts = []
        for file in asked:
            open_file(by, file, original=original).close()
            drafts.append(_draft(by, file, original))
        append(*drafts)
    session[OPENED] = {**kept, **{_mark(file.pk, original): now.isoformat() for file in asked}}


def is_open(session: Any, pk: int, *, original: bool = False) -> bool:
    """Return whether `session` opened the file `pk` (or its original) within the hour."""
    return _mark(pk, original) in _held(session, clock.now())


def open_ones(session: Any) -> set[int]:
    """Return the numbers of the files that `session` opened within the hour."""
    return {int(name) for name in _held(session, clock.now()) if name.isdecimal()}


def _draft(by: User, file: PrivateFile, original: bool) -> Draft:
    owner = access.owner_of(file)
    return Draft(
        events.OPENED,
        "file",
        str(file.pk),
        actor=by,
        office=_office(by, owner),
        area_code=owner.area.code if owner.area else "",
        line=owner.line,
        body={
            "sha256": file.original_sha256 if original else file.sha256,
            "original": original,
            "reference": file.reference,
            "belongs_to": owner.key,
        },
    )


def _office(by: User, owner: access.Owner) -> Office | None:
    """Return the office by which `by` reads: the nearest over the place, of its line where there is one."""
    held = [office for office in scope_of(by).offices if office.role not in ROLES_WITHOUT_CASES]
    over = [office for office in held if owner.area is None or office.area.covers(owner.area.path)]

    def near(office: Office) -> tuple[bool, int, int]:
        return office.line in (Line.ALL, owner.line), len(office.area.path), -office.pk

    # Who took a file in may read it after the office over its place has passed to another.
    return max(over or held, key=near, default=None)


def _held(session: Any, now: datetime) -> dict[str, str]:
    """Return the marks of what was opened and when, less those that hold no longer."""
    told = session.get(OPENED) or {}
    if not told:
        return {}
    since = now - timedelta(minutes=configuration.value("files.opened_minutes"))
    return {name: at for name, at in told.items() if datetime.fromisoformat(at) > since}


def _mark(pk: int, original: bool) -> str:
    return f"{pk}:original" if original else str(pk)
