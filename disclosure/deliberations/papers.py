"""Papers of a deliberation: the minutes, the sign-in sheet, photos. Private files; the web shows none."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from portal.files import services as files
from portal.files.models import PrivateFile
from portal.people.models import Office, User

from .access import KIND
from .errors import NoSuchDeliberation
from .models import Deliberation
from .offices import covers, require_own
from .services import RECORDING_ROLES


def attach_paper(*, by: User, office: Office, number: str, upload: Any) -> PrivateFile:
    """Keep `upload` with the deliberation `number` and return it; who recorded the meetings may, at any time.

    Appends ``file.stored``. Raises NotYourOffice, NoSuchDeliberation outside the office, and RefusedFile.
    """
    require_own(by, office, RECORDING_ROLES)
    found = Deliberation.objects.select_related("area").filter(number=number).first()
    if found is None or not covers(office, found.area_path, found.line):
        raise NoSuchDeliberation(_("没有找到这个村的事项，请核对后再办。"))
    return files.store(
        upload,
        name=upload.name,
        reference=f"{KIND}:{number}",
        by=by,
        office=office,
        area_code=found.area.code,
        line=found.line,
    )


def papers_of(numbers: Iterable[str]) -> dict[str, list[PrivateFile]]:
    """Return the papers of the deliberations `numbers`, oldest first (one query)."""
    found: dict[str, list[PrivateFile]] = {number: [] for number in numbers}
    if found:
        references = [f"{KIND}:{number}" for number in found]
        for paper in PrivateFile.objects.filter(reference__in=references).order_by("pk"):
            found[paper.reference.partition(":")[2]].append(paper)
    return found
