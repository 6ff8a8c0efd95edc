"""What of the trail is asked for: person, place, object, programme, kind, days; sealed for who asked.

What was asked for stands in the address only sealed for its asker and two days: so nobody looks for a person
past the log of what inspectors search, and an address that is passed on tells nothing.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area
from portal.ledger import kinds
from portal.people.models import User
from portal.sealing.fields import seal, unseal
from workflows.programmes.models import Programme

from .reach import areas_within

LONGEST = 80
# Days far outside cannot be reckoned with (the day after 9999-12-31), and nothing is recorded there.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)


class AskedWrongly(ValueError):
    """What was typed cannot be looked for; the message says what to type instead. `field` is where."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Asked:
    """What is looked for, as it was typed and checked; an empty field asks for nothing.

    `person` is a user name or a name, `area` a code, `number` that of a case, batch, list, meeting, objection
    or any other object, `programme` a slug, `kind` a kind of the ledger; days are ISO dates, both included.
    """

    person: str = ""
    area: str = ""
    number: str = ""
    programme: str = ""
    kind: str = ""
    first: str = ""
    last: str = ""

    @property
    def is_everything(self) -> bool:
        """Return whether nothing is asked for."""
        return not any(asdict(self).values())


FIELDS = tuple(asdict(Asked()))


def typed(data: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of the form as they were typed."""
    return {name: " ".join(str(data.get(name, "")).replace("\x00", "").split())[:LONGEST] for name in FIELDS}


def read(user: User, said: Mapping[str, str]) -> Asked:
    """Return what `said` asks for. Raises AskedWrongly for what cannot be found within the user's areas."""
    for name in ("first", "last"):
        if said[name] and _day(said[name]) is None:
            raise AskedWrongly(name, _("日期要写成 2026-11-21 这样，2000 年到 2199 年之间。"))
    if said["first"] and said["last"] and said["first"] > said["last"]:
        raise AskedWrongly("last", _("“到哪天”要在“从哪天”之后。"))
    if said["kind"] and not kinds.is_registered(said["kind"]):
        raise AskedWrongly("kind", _("没有这种事项，请从列出的里面选。"))
    if said["programme"] and not Programme.objects.filter(slug=said["programme"]).exists():
        raise AskedWrongly("programme", _("没有这个项目，请从列出的里面选。"))
    area = _area(user, said["area"]).code if said["area"] else ""
    return Asked(**{**said, "area": area})


def people_named(words: str) -> list[User]:
    """Return the accounts of that user name or name; whoever they are, only events within reach show."""
    return list(User.objects.filter(Q(username=words) | Q(display_name=words)).order_by("pk")[:50])


def pack(user: User, asked: Asked) -> str:
    """Return `asked` sealed for `user` and two days, fit for an address."""
    said = {name: value for name, value in asdict(asked).items() if value}
    text = json.dumps([user.pk, clock.today().toordinal(), said], ensure_ascii=False)
    return base64.urlsafe_b64encode(seal(text).encode()).decode()


def unpack(user: User, token: str) -> Asked:
    """Return what `user` packed today or yesterday; everything for anything else."""
    try:
        owner, day, said = json.loads(unseal(base64.urlsafe_b64decode(token.encode()).decode()))
        fresh = clock.today().toordinal() - int(day) in (0, 1)
        return Asked(**said) if owner == user.pk and fresh else Asked()
    except (ValueError, TypeError, binascii.Error):
        return Asked()


def _area(user: User, words: str) -> Area:
    """Return the one area within reach of that code or name; AskedWrongly for none and for several."""
    found = list(areas_within(user).filter(Q(code=words) | Q(name=words)).order_by("code")[:6])
    if not found:
        raise AskedWrongly("area", _("您监督的地方里没有这个，请写全名或者 12 位区划代码。"))
    if len(found) > 1:
        codes = "、".join(f"{area.name} {area.code}" for area in found)
        raise AskedWrongly("area", _("有几个地方都叫这个，请写代码：%(codes)s") % {"codes": codes})
    return found[0]


def _day(text: str) -> date | None:
    """Return the day written as 2026-11-21, None for anything else and for days out of bounds."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text and FIRST_DAY <= day <= LAST_DAY else None
