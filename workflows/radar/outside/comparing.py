"""Comparing a list from outside with the register by keyed hash; the list itself is kept nowhere.

The numbers of the list live in the memory of one request. What stays is how long the list was, how many
matched, by whom and on which basis, the sealed digest of the file, and a clue for each match.
"""

import hashlib
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.areas.models import Area, path_range
from portal.configuration.services import value
from portal.inquiries.services import record_search
from portal.ledger.services import Draft, append
from portal.people.models import Line, User
from portal.people.scope import scope_of
from portal.sealing.keys import keyed_hash
from workflows.desk import gates
from workflows.registry.models import Member

from .. import events, keys, registry, running
from ..errors import BadFlagAct
from ..models import OutsideKind, OutsideList
from ..rule import Found, Rule, Weight, Window
from ..switches import Switchboard
from .reading import Numbers, read

CHUNK = 500
# So many numbers or households stand in the sealed log one by one.
NAMED_WHOLE = 10
SCREEN = "desk:outside"
LEAST_BASIS, LONGEST_BASIS = 6, 200
MEANS: dict[str, Any] = {
    OutsideKind.DEATHS: _("名单上说已经去世的人还在户里。可能还没有销户，也可能有人在代领。"),
    OutsideKind.PAYROLL: _("户里有财政供养人员。要看按当地规定够不够条件。"),
    OutsideKind.VEHICLES: _("户里有人登记了车辆。农用车、跑运输的车按规定可以不算。"),
    OutsideKind.COMPANIES: _("户里有人登记了企业。合作社挂名、已经停业的要分清。"),
    OutsideKind.HOUSING: _("户里有人登记了商品房。"),
}


def compare(
    *, by: User, area: Area, kind: str, as_of: date | None, basis: str, data: bytes
) -> tuple[OutsideList, int]:
    """Compare the list `data` with the register of `area`, forget it, and return its record and new clues.

    The search is sealed first, also where the list turns out to be too short. Raises BadFlagAct where
    something is missing, the file is no list, or it names fewer people than `radar.outside_least`.
    """
    wrong = {}
    if kind not in OutsideKind.values:
        wrong["kind"] = translate("请选是哪种名单。")
    if as_of is None or as_of > clock.today():
        wrong["as_of"] = translate("请写名单截至哪天，不能晚于今天。")
    if not LEAST_BASIS <= len(basis.strip()) <= LONGEST_BASIS:
        wrong["basis"] = translate("请写名单从哪个单位来、凭什么函件（6 到 200 字）。")
    if wrong or as_of is None:
        raise BadFlagAct(wrong)
    given = read(data)
    least = int(value(keys.LEAST_NUMBERS, area))
    digest = hashlib.sha256(data).hexdigest()
    short = len(given.numbers) < least
    matched = [] if short else _matched(given, area)
    # To look for a person is a search, whatever it is called and whatever comes of it.
    about = {"kind": OutsideKind(kind).label, "area": area.name, "as_of": as_of.isoformat()}
    record_search(by, SCREEN, _words(about, given, matched, digest))
    if short:
        raise BadFlagAct(
            {
                "file": translate(
                    "名单里只有 %(n)d 个不同的人，至少要 %(least)d 个才比对。查一个人、几个人请用检索。"
                )
                % {"n": len(given.numbers), "least": least}
            }
        )
    rule = registry.get(code_of(kind))
    board = Switchboard()
    found = [_found(rule, kind, as_of, member) for member in matched]
    with transaction.atomic():
        office = scope_of(by, fresh=True).holds(gates.SUPERVISORS, area.path, Line.ALL)
        if office is None or office.line != Line.ALL:
            raise BadFlagAct({"area": translate("比对名单要有管这个地方全部条线的监督职务。")})
        kept = 0
        rest: Iterator[Found] = (one for one in found if not board.is_off(rule.code, one.area.path))
        while chunk := list(islice(rest, CHUNK)):
            kept += running.keep(rule, chunk)
        made = OutsideList.objects.create(
            kind=kind,
            area=area,
            area_path=area.path,
            as_of=as_of,
            basis=basis.strip(),
            digest=digest,
            lines=given.lines,
            unread=given.unread,
            matched=len(matched),
            by=by,
            at=clock.now(),
        )
        body = {
            "kind": kind,
            "as_of": as_of.isoformat(),
            "lines": made.lines,
            "matched": made.matched,
            "found": kept,
        }
        sealed = {"basis": made.basis, "sha256": digest}
        draft = Draft(
            events.COMPARED,
            "outside",
            str(made.pk),
            actor=by,
            office=office,
            area_code=area.code,
            body=body,
            sealed=sealed,
        )
        append(draft)
    return made, kept


def _matched(given: Numbers, area: Area) -> list[Member]:
    """Return the present members of households of `area` whose number is in the list, by keyed hash."""
    hashes = iter(sorted(keyed_hash(number, "id") for number in given.numbers))
    matched: list[Member] = []
    while chunk := list(islice(hashes, CHUNK)):
        found = Member.objects.present().filter(
            path_range(area.path, "household__area_path"), id_hash__in=chunk
        )
        matched += found.select_related("household__area").order_by("pk")
    return matched


def _words(about: dict[str, Any], given: Numbers, matched: list[Member], digest: str) -> str:
    """Return what the sealed log keeps of a comparison: few numbers whole, of many which households matched.

    Whoever pads a list to find one person is seen by that person's household.
    """
    words = translate("%(kind)s名单（截至 %(as_of)s）比对%(area)s") % about
    count = translate("%(n)d 个不同的人") % {"n": len(given.numbers)}
    if len(given.numbers) <= NAMED_WHOLE:
        return f"{words}，{count}：" + "、".join(sorted(given.numbers))
    homes = sorted({member.household_id for member in matched})
    named = "、".join(map(str, homes[:NAMED_WHOLE]))
    found = translate("对上 %(n)d 户：%(homes)s") % {"n": len(homes), "homes": named}
    return f"{words}，{count}，sha256 {digest}，{found}"


def _found(rule: Rule, kind: str, as_of: date, member: Member) -> Found:
    household = member.household
    said = {"kind": OutsideKind(kind).label, "as_of": as_of.isoformat(), "relation": member.relation}
    return Found(
        key=f"{member.pk}:{as_of.year}",
        area=household.area,
        line=Line.ASSISTANCE,
        reason=translate("户里的%(relation)s在“%(kind)s”名单上（截至 %(as_of)s）。") % said,
        objects=[("household", str(household.pk))],
        happened_at=clock.now(),
    )


def code_of(kind: str) -> str:
    """Return the code of the rule whose clues the matches of a list of `kind` are."""
    return f"outside_{kind}"


def _nothing(window: Window) -> Iterator[Found]:
    """A list is compared when it is uploaded; there is nothing to look for by itself."""
    return iter(())


RULES = [
    Rule(
        code=code_of(kind.value),
        title=_("和“%(kind)s”名单对上") % {"kind": kind.label},
        why=MEANS[kind],
        find=_nothing,
        # Somebody may be drawing the money of the dead.
        weight=Weight.GRAVE if kind == OutsideKind.DEATHS else Weight.PLAIN,
    )
    for kind in OutsideKind
]
