"""Appending at the very end of a transaction, for acts within transactions that are somebody else's.

`append` locks the ledger's head, so it must come last; but Wagtail logs in the midst of transactions of its
own and goes on to lock rows. One that holds the head and waits for a row, and another that holds the row and
waits for the head, would be a deadlock. What is given to `append_last` is written just before the outermost
commit. Django has no hook there: its hooks run after it. So they only carry the drafts (Django drops them
where a savepoint or the whole is rolled back), and the connection's commit is asked to write them first.
Where that fails nothing is committed.
"""

from functools import wraps
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from . import kinds
from .services import Draft, OutsideTransaction, append


class _Waiting:
    """Drafts that wait for the end of their transaction; what was written is not written again."""

    def __init__(self, drafts: tuple[Draft, ...]) -> None:
        self.drafts = drafts

    def __call__(self) -> None:
        """Write, after the commit, what no commit of ours has written: late is better than never."""
        if self.drafts:
            with transaction.atomic():
                append(*self.drafts)
            self.drafts = ()


def append_last(*drafts: Draft) -> None:
    """Append an event for each draft just before the transaction commits; none where it is rolled back.

    Raises OutsideTransaction and kinds.UnknownKind at once, what else `append` raises at the commit, which
    then is none.
    """
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransaction(_("账本事件要和它记录的事在同一个事务里写入"))
    for draft in drafts:
        kinds.label(draft.kind)
    if drafts:
        transaction.on_commit(_Waiting(drafts))


def connect() -> None:
    """Have every commit write first what waits for it."""
    commit, release = BaseDatabaseWrapper.commit, BaseDatabaseWrapper.savepoint_commit
    if getattr(commit, "writes_last", False):
        return

    @wraps(commit)
    def committing(self: BaseDatabaseWrapper) -> None:
        if _waits(self):
            try:
                # Django has left the block already, to be allowed to commit; the transaction still runs.
                self.in_atomic_block = True
                _write(self)
            except BaseException:
                self.in_atomic_block = False
                self.rollback()
                raise
            self.in_atomic_block = False
        commit(self)

    @wraps(release)
    def releasing(self: BaseDatabaseWrapper, sid: str) -> None:
        # A test runs within transactions of the test case that are never committed: the outermost of its own
        # ends with a savepoint.
        if _waits(self) and all(getattr(block, "_from_testcase", False) for block in self.atomic_blocks):
            try:
                _write(self)
            except BaseException:
                self.savepoint_rollback(sid)
                release(self, sid)
                raise
        release(self, sid)

    committing.writes_last = True  # type: ignore[attr-defined]
    BaseDatabaseWrapper.commit = committing
    BaseDatabaseWrapper.savepoint_commit = releasing


def _waits(connection: Any) -> list[_Waiting]:
    hooks = (hook for _sids, hook, _robust in connection.run_on_commit)
    return [hook for hook in hooks if isinstance(hook, _Waiting) and hook.drafts]


def _write(connection: Any) -> None:
    waiting = _waits(connection)
    append(*(draft for one in waiting for draft in one.drafts))
    for one in waiting:
        one.drafts = ()
