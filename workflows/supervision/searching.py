"""What supervisors look for is kept in the sealed log: nobody watches others unwatched."""

from dataclasses import asdict

from portal.inquiries.services import record_search
from portal.people.models import User

from .asked import Asked


def note(user: User, asked: Asked) -> None:
    """Keep that `user` looked through the trail for `asked`."""
    said = "；".join(f"{name}={value}" for name, value in asdict(asked).items() if value)
    record_search(user, "desk:trail", said)


def note_then(user: User, kind: str, words: str, on: str) -> None:
    """Keep that `user` asked what `words` of `kind` was on a day."""
    record_search(user, "desk:then", f"{kind}={words}；on={on}")
