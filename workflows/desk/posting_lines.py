"""What a page of the desk tells a phone that records postings: where to send and whose they are."""

from typing import Any

from django.urls import reverse
from django.utils.crypto import salted_hmac

from . import gates

_SALT = "workflows.desk.posting_lines"


def owner_of(user: Any) -> str:
    """Return by what a phone knows whose postings it keeps: one for one person, telling nothing of them."""
    return salted_hmac(_SALT, str(user.pk), algorithm="sha256").hexdigest()[:20]


def line_of(user: Any) -> dict[str, str] | None:
    """Return addresses and owner for the scripts of postings; None for who records none."""
    if not gates.holds(user, gates.POSTERS):
        return None
    return {
        "address": reverse("desk:posting_line"),
        "owner": owner_of(user),
        "worker": reverse("desk:posting_worker"),
        "scope": reverse("desk:postings"),
    }
