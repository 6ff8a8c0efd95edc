"""Watches every POST of every test: which events it appended, which tables it wrote without one.

A middleware of the test settings. tests/access/recorded.py holds what each route is to record; a test whose
POST appended another kind, or wrote without an event where one is due, fails (tests/conftest.py).
"""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponseBase

from portal.ledger import last, services

_WRITING = re.compile(
    r"\s*(?:WITH\b.*?\b)?(?:INSERT (?:OR IGNORE )?INTO|UPDATE|DELETE FROM)\s+\"?(\w+)",
    re.IGNORECASE | re.DOTALL,
)
_MARK = re.compile(r"(SAVEPOINT|ROLLBACK TO SAVEPOINT)\s+(\S+)", re.IGNORECASE)
# What every run saw: (route, kind).
SEEN: set[tuple[str, str]] = set()
# What no list knows: filled by the middleware, emptied by the fixture that fails the test.
WRONG: list[str] = []
_local = threading.local()


class Watch:
    """One POST: the kinds that it appended and the tables that it wrote, less what was rolled back."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []
        self._marks: dict[str, int] = {}
        self._kept = 0

    def statement(self, sql: str) -> None:
        """Take one statement."""
        if mark := _MARK.match(sql):
            if mark[1].upper() == "SAVEPOINT":
                self._marks[mark[2]] = len(self.done)
            else:
                del self.done[self._marks.get(mark[2], 0) :]
        elif (found := _WRITING.match(sql)) and not found[1].startswith("portal_ledger_"):
            self.done.append(("table", found[1]))

    def committed(self) -> None:
        """Keep what was done until now, whatever is rolled back later."""
        self._kept = len(self.done)

    def rolled_back(self) -> None:
        """Forget what was done since the last commit."""
        del self.done[self._kept :]

    def of(self, what: str) -> set[str]:
        """Return the kinds, or the tables."""
        return {name for sort, name in self.done if sort == what}


def _watching() -> list[Watch]:
    """Return the watches of this thread: POSTs that run beside each other do not lend each other kinds."""
    if not hasattr(_local, "watches"):
        _local.watches = []
    return _local.watches  # type: ignore[no-any-return]


_event = services._event
_waiting = last._Waiting.__init__


def note(kind: str) -> None:
    """Tell the POSTs of this thread that an event of `kind` was appended."""
    for watch in _watching():
        watch.done.append(("kind", kind))


def _watched_event(draft: services.Draft, *rest: Any) -> Any:
    note(draft.kind)
    return _event(draft, *rest)


def _watched_waiting(self: last._Waiting, drafts: tuple[services.Draft, ...]) -> None:
    # Appended before the outermost commit, which a test that rolls its requests back never comes to.
    for draft in drafts:
        note(draft.kind)
    _waiting(self, drafts)


services._event = _watched_event
last._Waiting.__init__ = _watched_waiting  # type: ignore[method-assign]


@contextmanager
def _watch() -> Iterator[Watch]:
    watch = Watch()
    _watching().append(watch)
    commit, rollback = connection.commit, connection.rollback

    def kept() -> None:
        commit()
        watch.committed()

    def taken_back() -> None:
        watch.rolled_back()
        rollback()

    def look(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        watch.statement(str(sql))
        if not connection.in_atomic_block and connection.get_autocommit():
            watch.committed()
        return result

    connection.commit, connection.rollback = kept, taken_back  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(look):
            yield watch
    finally:
        del connection.commit, connection.rollback
        _watching().remove(watch)


class Recorder:
    """The middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as ever; of a POST keep what it did."""
        if request.method != "POST":
            return self.get_response(request)
        with _watch() as watch:
            response = self.get_response(request)
        match = request.resolver_match
        if match is not None:
            judge(match.view_name or match.route, watch)
        return response


def judge(route: str, watch: Watch) -> None:
    """Hold what a POST to `route` did against the list."""
    from tests.access.recorded import EVERYWHERE, PROOF_TELLS, PROVING, RECORDED, nothing

    kinds, tables = watch.of("kind"), watch.of("table")
    SEEN.update((route, kind) for kind in kinds)
    line = RECORDED.get(route) or nothing("")
    if more := sorted(kinds - line.kinds - PROVING):
        WRONG.append(f"a POST to {route} recorded {', '.join(more)}")
    # A proof asked for on the way says nothing of what was done, but where it is itself what was asked for.
    told = PROOF_TELLS if kinds & PROVING else frozenset()
    if not kinds - (PROVING - line.kinds) and (silent := sorted(tables - EVERYWHERE - line.beside - told)):
        WRONG.append(f"a POST to {route} wrote to {', '.join(silent)} without an event")
