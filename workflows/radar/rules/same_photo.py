"""The same photo twice: equal bytes, or a picture that looks the same after being saved or shrunk again."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from PIL import Image

from disclosure.publicity.models import PublicList
from portal import clock
from portal.areas.models import Area
from portal.configuration.services import value
from portal.files import storage
from portal.files.errors import DamagedFile
from portal.files.images import BROKEN
from portal.files.models import PrivateFile
from workflows.engine.models import Case
from workflows.programmes.models import Visit
from workflows.rectification.models import Ticket
from workflows.spotchecks.models import HomeVisit

from ..keys import SOURCE, count
from ..models import PhotoPrint
from ..rule import Found, Rule, Threshold, Weight, Window, key_of

CODE = "same_photo"
# A picture of one colour has no edges: every such one would be like every other.
LEAST_EDGES = 6
MOST_ALIKE = 20


def find(window: Window) -> Iterator[Found]:
    """Yield the pictures of cases, visits, postings, checks and answers to tickets used before elsewhere."""
    for ids in window.chunks("file.stored"):
        files = PrivateFile.objects.filter(pk__in=[pk for pk in ids if pk.isdecimal()])
        for file in files.filter(content_type__startswith="image/").order_by("pk"):
            print_ = _noted(file)
            for other, apart in _alike(file, print_):
                if found := _found(file, other, apart):
                    yield found


def _noted(file: PrivateFile) -> PhotoPrint:
    """Return the print of `file`, kept from now on."""
    bits = _bits(file)
    parts = {f"band{n + 1}": bits[4 * n : 4 * n + 4] for n in range(4)}
    made, _new = PhotoPrint.objects.update_or_create(file=file, defaults={"bits": bits, **parts})
    return made


def _bits(file: PrivateFile) -> str:
    """Return the difference hash of the picture as 16 hex digits; nothing where it cannot be read."""
    try:
        with Image.open(io.BytesIO(storage.get(file.sha256))) as opened:
            small = opened.convert("L").resize((9, 8), Image.Resampling.LANCZOS)
    except (*BROKEN, DamagedFile):
        return ""
    shades = small.tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            left, right = shades[9 * row + column], shades[9 * row + column + 1]
            bits = bits << 1 | (left > right)
    return f"{bits:016x}" if LEAST_EDGES <= bits.bit_count() <= 64 - LEAST_EDGES else ""


def _alike(file: PrivateFile, mine: PhotoPrint) -> Iterator[tuple[PrivateFile, int]]:
    """Yield earlier pictures of another owner that are the same, with how many of 64 bits differ."""
    earlier = PrivateFile.objects.filter(pk__lt=file.pk).exclude(reference=file.reference)
    equal = list(earlier.filter(sha256=file.sha256).order_by("-pk")[:MOST_ALIKE])
    for other in equal:
        yield other, 0
    if not mine.bits:
        return
    # Two prints that differ in at most three bits agree in at least one of four bands.
    near = Q(band1=mine.band1) | Q(band2=mine.band2) | Q(band3=mine.band3) | Q(band4=mine.band4)
    prints = PhotoPrint.objects.filter(near, file__in=earlier.exclude(sha256=file.sha256)).exclude(bits="")
    for other in prints.select_related("file").order_by("-file")[:500]:
        apart = (int(mine.bits, 16) ^ int(other.bits, 16)).bit_count()
        if apart <= 3:
            yield other.file, apart


def _found(file: PrivateFile, other: PrivateFile, apart: int) -> Found | None:
    here, there = _owner(file), _owner(other)
    if here is None or there is None or here.thing == there.thing:
        return None
    if apart > int(value(key_of(CODE, "most_apart"), here.area)):
        return None
    equal = file.sha256 == other.sha256
    same = translate("同一张照片用在两处") if equal else translate("两处的照片看起来是同一张")
    said = {"same": same, "first": clock.day_of(other.uploaded_at).isoformat(), "place": there.area.name}
    return Found(
        key=f"{other.pk}:{file.pk}",
        area=here.area,
        line=here.line,
        reason=translate("%(same)s：先在 %(first)s 用过（%(place)s）。") % said,
        objects=[here.at, there.at, ("file", str(file.pk)), ("file", str(other.pk))],
        happened_at=file.uploaded_at,
        concerns=file.uploaded_by,
    )


@dataclass(frozen=True)
class Owner:
    """What a picture belongs to: place, line, where it is looked at, and what may show it twice."""

    area: Area
    line: str
    at: tuple[str, str]
    thing: str


def _owner(file: PrivateFile) -> Owner | None:
    """Return what `file` belongs to; None for what shows no work: a letter, or what an inspector found."""
    kind, _colon, key = file.reference.partition(":")
    if kind == "visit" and key.isdecimal():
        visit = Visit.objects.filter(pk=int(key)).select_related("case__area").first()
        return _of_case(visit.case) if visit else None
    if kind == "case":
        case = Case.objects.filter(number=key).select_related("area").first()
        return _of_case(case) if case else None
    if kind == "list":
        list_ = PublicList.objects.filter(number=key).select_related("area").first()
        return Owner(list_.area, list_.line, ("list", list_.number), file.reference) if list_ else None
    if kind == "ticket" and key.isdecimal():
        ticket = Ticket.objects.filter(pk=int(key)).select_related("area").first()
        # Whoever opened it shows what they found, which may well be a photo of somebody else's.
        if ticket is None or file.uploaded_by_id == ticket.opened_by_id:
            return None
        return Owner(ticket.area, ticket.line, ("ticket", ticket.number), file.reference)
    if kind == "spotvisit" and key.isdecimal():
        seen = HomeVisit.objects.filter(pk=int(key)).select_related("drawn__case__area").first()
        if seen is None:
            return None
        # A check that shows the photo of the very visit it is to check was nowhere.
        return Owner(
            seen.drawn.case.area,
            seen.drawn.case.line,
            ("case", seen.drawn.case.number),
            f"drawn:{seen.drawn_id}",
        )
    return None


def _of_case(case: Case) -> Owner:
    return Owner(case.area, case.line, ("case", case.number), f"case:{case.number}")


RULE = Rule(
    code=CODE,
    title=_("一张照片用了两次"),
    why=_(
        "入户、验收、张贴、抽查、整改的照片和别处用过的一样，可能没有去现场。缩小、重新存过的也认得出来；裁过、转过的认不出来。"
    ),
    find=find,
    weight=Weight.GRAVE,
    thresholds=(
        Threshold("most_apart", 2, _("两张照片差多少点以内算同一张（0 到 3）"), SOURCE, check=count(0, 3)),
    ),
)
