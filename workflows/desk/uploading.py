"""Evidence that comes with a form: looked through before the act, one sentence for each that is refused."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from portal.files.errors import FileError
from portal.files.services import Prepared, prepare


class NotTaken(Exception):
    """Files that cannot be taken; `str()` says which and why."""


def prepared(uploads: Iterable[Any]) -> list[tuple[str, Prepared]]:
    """Return name and prepared bytes of each upload; NotTaken names every one that is refused."""
    taken, refused = [], []
    for upload in uploads:
        try:
            taken.append((upload.name, prepare(upload)))
        except FileError as error:
            refused.append(f"{upload.name}：{error}")
    if refused:
        raise NotTaken(_("附件没有收下：%(why)s。请重新选择附件。") % {"why": "；".join(refused)})
    return taken
