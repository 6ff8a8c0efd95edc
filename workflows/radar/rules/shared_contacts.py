"""Shared telephones or cards, found by keyed hash: the values themselves are compared nowhere."""

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.areas.models import Area
from portal.configuration.services import value
from portal.people.models import Line
from portal.sealing.keys import keyed_hash
from workflows.registry.models import Household

from ..keys import SOURCE, count
from ..models import Contact, ContactKind
from ..rule import Found, Rule, Threshold, Weight, Window, key_of

CODE = "shared_contacts"
KINDS = (*("household.registered", "household.changed", "household.card_registered", "household.corrected"),)
# City, county: the first two steps of a path.
COUNTY_DEPTH = 2
MOST_NAMED = 50
LEAST = {ContactKind.PHONE: "phone_households", ContactKind.CARD: "card_households"}


def find(window: Window) -> Iterator[Found]:
    """Yield the telephones and cards that as many households share as the setting says."""
    for ids in window.chunks(*KINDS):
        homes = Household.objects.filter(pk__in=[pk for pk in ids if pk.isdecimal()]).select_related("area")
        yield from _shared(_noted(list(homes)))


def _noted(homes: list[Household]) -> set[tuple[str, str]]:
    """Keep the hashes of `homes` as they are now; return kind and hash of what they have."""
    made = []
    for home in homes:
        for kind, said in ((ContactKind.PHONE, home.phone), (ContactKind.CARD, home.bank_card)):
            digits = "".join(letter for letter in said or "" if letter.isdigit())
            hashed = keyed_hash(digits, f"radar.{kind}") if digits else ""
            made.append(Contact(household=home, kind=kind, hash=hashed))
    Contact.objects.bulk_create(
        made, update_conflicts=True, unique_fields=["household", "kind"], update_fields=["hash"]
    )
    return {(one.kind, one.hash) for one in made if one.hash}


def _shared(seen: set[tuple[str, str]]) -> Iterator[Found]:
    """Yield what households of one county share; what another county's share is that county's to see."""
    hashes = [hashed for _kind, hashed in seen]
    rows = Contact.objects.filter(hash__in=hashes).order_by("household")
    groups: dict[tuple[str, str, str], list[Household]] = defaultdict(list)
    county = Area.steplen * COUNTY_DEPTH
    for one in rows.select_related("household__area"):
        home = one.household
        groups[one.kind, one.hash, home.area_path[:county]].append(home)
    for (kind, hashed, _county), homes in groups.items():
        if len(homes) > 1 and (found := _group(kind, hashed, homes)):
            yield found


def _group(kind: str, hashed: str, homes: list[Household]) -> Found | None:
    """Return what `homes` of one county share, as a clue of the lowest place over all of them."""
    area = homes[-1].area
    while not all(area.covers(home.area_path) for home in homes):
        area = Area.objects.get(path=area.path[: -Area.steplen])
    if len(homes) < _least(kind, area):
        return None
    label = str(ContactKind(kind).label)
    villages = "、".join(dict.fromkeys(home.area.name for home in homes[:MOST_NAMED]))
    said = {"n": len(homes), "what": label, "where": villages}
    return Found(
        # One more household makes it another matter than the one that was looked at.
        key=f"{kind}:{hashed[:32]}:{len(homes)}",
        area=area,
        line=Line.ASSISTANCE,
        reason=translate("%(n)s 户登记的%(what)s相同（%(where)s）。") % said,
        objects=[("household", str(home.pk)) for home in homes[:20]],
        happened_at=clock.now(),
    )


def _least(kind: str, area: Area) -> int:
    return int(value(key_of(CODE, LEAST[ContactKind(kind)]), area))


RULE = Rule(
    code=CODE,
    title=_("几户共用电话或一卡通"),
    why=_("几户的钱打进一张卡、几户留一个电话，可能是有人代领，也可能只是亲戚帮忙留的号。"),
    find=find,
    weight=Weight.GRAVE,
    thresholds=(
        Threshold("phone_households", 3, _("几户共用一个电话才提示"), SOURCE, check=count(2, 50)),
        Threshold("card_households", 2, _("几户共用一张一卡通才提示"), SOURCE, check=count(2, 50)),
    ),
)
