"""Who may open a private file and what it belongs to: the owning room answers, by the kind of reference."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ObjectDoesNotExist

from portal.areas.models import Area
from portal.people.models import Line, User

from .models import PrivateFile


@dataclass(frozen=True)
class Owner:
    """What a file belongs to: the object as the ledger names it and in words, its place and line."""

    object_type: str
    object_id: str
    words: str
    area: Area | None = None
    line: str = Line.ALL

    @property
    def key(self) -> str:
        """The object in one word, like ``"case:2026-0001"``."""
        return f"{self.object_type}:{self.object_id}"


MayOpen = Callable[[User, str], bool]
OwnerOf = Callable[[str], Owner]
_rules: dict[str, tuple[MayOpen, MayOpen]] = {}
_owners: dict[str, OwnerOf] = {}


def nobody(user: User, reference_id: str) -> bool:
    """Let nobody open."""
    return False


def register(kind: str, may_open: MayOpen, *, owner: OwnerOf, may_open_original: MayOpen = nobody) -> None:
    """Have `may_open(user, id)` answer for files whose reference is ``"<kind>:<id>"``; ValueError if taken.

    `owner(id)` says what such a file belongs to; it is asked only of files that may be opened.
    The original of an image holds what the served one does not: where and with what it was taken. Nobody
    opens it unless `may_open_original` says so.
    """
    if not kind or ":" in kind:
        raise ValueError(f"附件归属的种类不能为空，也不能有冒号：{kind!r}")
    if _rules.setdefault(kind, (may_open, may_open_original)) != (may_open, may_open_original):
        raise ValueError(f"附件归属的种类 {kind} 已经登记过")
    _owners[kind] = owner


def is_registered(reference: str) -> bool:
    """Return whether `reference` is ``"<kind>:<id>"`` of a registered kind."""
    kind, _colon, reference_id = reference.partition(":")
    return kind in _rules and bool(reference_id)


def may_open(user: User | AnonymousUser, file: PrivateFile, *, original: bool = False) -> bool:
    """Return whether `user` may open `file` (or its original) now; no where nobody answers for its kind."""
    if not isinstance(user, User) or not user.is_active:
        return False
    kind, _colon, reference_id = file.reference.partition(":")
    rule = _rules.get(kind, (nobody, nobody))[original]
    try:
        return rule(user, reference_id) is True
    except ObjectDoesNotExist:
        return False


def owner_of(file: PrivateFile) -> Owner:
    """Return what `file` belongs to. KeyError where nobody answers for its kind."""
    kind, _colon, reference_id = file.reference.partition(":")
    return _owners[kind](reference_id)
