"""What Django's permission questions get answered from offices."""

from typing import Any

from .scope import scope_of

DESK = "wagtailadmin.access_admin"


class OfficeBackend:
    """Lets whoever holds an office in force into the Wagtail admin; signs nobody in, finds no account."""

    def authenticate(self, request: Any, **credentials: Any) -> None:
        """Know nobody: Django asks every backend."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Return True for the way into the desk, from offices in force; every other question is not ours."""
        return perm == DESK and obj is None and bool(scope_of(user_obj).offices)
