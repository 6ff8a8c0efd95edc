"""Who may open a private file: the room that owns the file answers, by the kind of its reference."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ObjectDoesNotExist

from portal.people.models import User

from .models import PrivateFile

MayOpen = Callable[[User, str], bool]
_rules: dict[str, tuple[MayOpen, MayOpen]] = {}


def nobody(user: User, reference_id: str) -> bool:
    """Let nobody open."""
    return False


def register(kind: str, may_open: MayOpen, *, may_open_original: MayOpen = nobody) -> None:
    """Have `may_open(user, id)` answer for files whose reference is ``"<kind>:<id>"``; ValueError if taken.

    The original of an image holds what the served one does not: where and with what it was taken. Nobody
    opens it unless `may_open_original` says so.
    """
    if not kind or ":" in kind:
        raise ValueError(f"附件归属的种类不能为空，也不能有冒号：{kind!r}")
    if _rules.setdefault(kind, (may_open, may_open_original)) != (may_open, may_open_original):
        raise ValueError(f"附件归属的种类 {kind} 已经登记过")


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
