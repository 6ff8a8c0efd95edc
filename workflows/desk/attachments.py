"""Attaching files to a case: whoever may act on its batch now adds what belongs to it."""

from collections.abc import Iterable
from typing import Any

from portal.files.errors import FileError
from portal.files.services import store
from portal.people.models import User
from portal.people.scope import scope_of
from workflows.engine.models import Case
from workflows.programmes.papers import name_paper

from .case_page import seat_refusal


class NotAttached(Exception):
    """Files that were not taken; `str()` says why."""


def attach(user: User, case: Case, uploads: Iterable[Any], what: str = "") -> tuple[int, list[str]]:
    """Store `uploads` with `case`; return how many were taken and a sentence for each that was not.

    `what` they are is one of the papers that the flow or the programme asks for; empty for anything else.

    Each file stands for itself: one that is refused takes nothing from the others. Raises NotAttached where
    `user` may not act on the case now.
    """
    if refusal := seat_refusal(user, case):
        raise NotAttached(refusal)
    taken, refused = 0, []
    for upload in uploads:
        try:
            file = store(upload, name=upload.name, reference=f"case:{case.number}", by=user)
            taken += 1
            if what:
                office = scope_of(user).holds(scope_of(user).roles, case.area_path, case.line)
                name_paper(by=user, office=office, case=case, file=file, what=what)
        except FileError as error:
            refused.append(f"{upload.name}：{error}")
    return taken, refused
