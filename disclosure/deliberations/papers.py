"""Papers of a deliberation: the minutes, the sign-in sheet, photos. Private files; the web shows none."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.files import services as files
from portal.files.models import PrivateFile
from portal.people.models import Office, User

from .access import KIND
from .errors import NoSuchDeliberation, OutOfOrder
from .models import Deliberation, MeetingPaper, PaperKind
from .offices import covers, require_own
from .services import RECORDING_ROLES


def attach_paper(
    *, by: User, office: Office, number: str, upload: Any, step: str = "", kind: str = PaperKind.OTHER
) -> PrivateFile:
    """Keep `upload` with the deliberation `number` and return it; who recorded the meetings may, at any time.

    `step` says of which meeting it is (empty where nobody says), `kind` what it is.
    Appends ``file.stored``. Raises NotYourOffice, NoSuchDeliberation outside the office, and RefusedFile.
    """
    require_own(by, office, RECORDING_ROLES)
    found = Deliberation.objects.select_related("area").filter(number=number).first()
    if found is None or not covers(office, found.area_path, found.line):
        raise NoSuchDeliberation(_("没有找到这个村的事项，请核对后再办。"))
    if step and step not in found.steps:
        raise OutOfOrder(_("没有这种会议，请重新选是哪次会的材料。"))
    if kind not in PaperKind.values:
        raise OutOfOrder(_("请选这是什么材料：签到表、会议记录还是照片。"))
    with transaction.atomic():
        paper = files.store(
            upload,
            name=upload.name,
            reference=f"{KIND}:{number}",
            by=by,
            office=office,
            area_code=found.area.code,
            line=found.line,
        )
        MeetingPaper.objects.create(deliberation=found, file=paper, step=step, kind=kind)
    return paper


@dataclass(frozen=True)
class Paper:
    """A paper as the desk shows it: its file's key and name, and what it is of which meeting."""

    pk: int
    name: str
    label: str


def papers_of(numbers: Iterable[str]) -> dict[str, list[Paper]]:
    """Return the papers of the deliberations `numbers`, oldest first (two queries at most)."""
    found: dict[str, list[Paper]] = {number: [] for number in numbers}
    if found:
        references = [f"{KIND}:{number}" for number in found]
        said = {one.file_id: one for one in MeetingPaper.objects.filter(deliberation__number__in=found)}
        for paper in PrivateFile.objects.filter(reference__in=references).order_by("pk"):
            told = said.get(paper.pk)
            shown = Paper(paper.pk, paper.name, _label(told) if told else "")
            found[paper.reference.partition(":")[2]].append(shown)
    return found


def _label(told: MeetingPaper) -> str:
    """Return 党员审议 签到表, or what of it was said."""
    words = [told.get_step_display() if told.step else "", told.get_kind_display()]
    return " ".join(word for word in words if word)
