"""Changes of category, membership, head, helper and exit: written by the effects of flows alone.

Each function runs inside the transaction of an act, locks the household, keeps a `RegisterChange` with the
case's number beside it, and returns the draft of its event, which the act appends. Nothing is deleted: who
leaves a household keeps their row with the day and the reason.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.areas.models import Area, Level
from portal.ledger.services import Draft
from portal.people.models import Office, Role, User
from portal.sealing.keys import keyed_hash
from workflows.engine.models import Case

from . import events
from .helpers import HELPING_ROLES
from .id_numbers import birth_of, is_valid
from .models import Category, ChangeKind, Household, Leaving, Member, RegisterChange, Standing
from .rows import with_rows
from .services import NewMember, RegisterRefused

HEAD = "户主"


@dataclass(frozen=True)
class ByCase:
    """The act by which the register changes: its case, who signed it by which office, on which day."""

    case: Case
    by: User
    office: Office | None
    on: date


def locked(household_id: int) -> Household:
    """Return the household, locked until the transaction ends."""
    return Household.objects.select_for_update(of=("self",)).select_related("area").get(pk=household_id)


def enter(act: ByCase, household_id: int, category: Category) -> Draft:
    """Take the household in as `category`; one that had left is taken in again (WZ-06, HY-41)."""
    household = locked(household_id)
    before = household.category
    left = household.changes.filter(kind=ChangeKind.EXITED).exists()
    household.category, household.standing = category, Standing.IN
    household.standing_since = act.on
    household.save(update_fields=["category", "standing", "standing_since"])
    kind = ChangeKind.REENTERED if left else ChangeKind.ENTERED
    return _written(act, household, kind, before=before, after=category)


def change_category(act: ByCase, household_id: int, category: Category) -> Draft:
    """Register a household that is helped already as another category."""
    household = locked(household_id)
    before = household.category
    household.category = category
    household.save(update_fields=["category"])
    return _written(act, household, ChangeKind.CATEGORY, before=before, after=category)


def leave(act: ByCase, household_id: int) -> Draft:
    """Let the household out (WZ-07, S21): its record stays, and it may come back (HY-41).

    An unstable lifted household whose risk is gone is a lifted one again and stays on the register as such.
    """
    household = locked(household_id)
    before = household.category
    stays = before == Category.UNSTABLE_LIFTED
    household.category = Category.LIFTED if stays else Category.ORDINARY
    household.standing = Standing.IN if stays else Standing.EXITED
    household.standing_since = act.on
    household.save(update_fields=["category", "standing", "standing_since"])
    return _written(act, household, ChangeKind.EXITED, before=before, after=household.category)


def join(act: ByCase, household_id: int, new: NewMember, *, born_on: date | None, on: date) -> Draft:
    """Add a member from the day `on`; RegisterRefused for a number that is wrong or taken."""
    household = locked(household_id)
    refuse_number(new.id_number)
    member = Member.objects.create(
        household=household,
        name=new.name,
        id_number=new.id_number,
        relation=new.relation,
        able_to_work=new.able_to_work,
        born_on=birth_of(new.id_number) if new.id_number else born_on,
        joined_on=on,
    )
    return _written(act, household, ChangeKind.JOINED, after=f"{new.relation} {new.name}", member=member)


def refuse_number(number: str) -> None:
    """Raise RegisterRefused for a number that cannot be, or whose holder is in a household now."""
    if not number:
        return
    if not is_valid(number):
        raise RegisterRefused(_("身份证号校验不对，请核对"))
    if Member.objects.present().filter(id_hash=keyed_hash(number, "id")).exists():
        raise RegisterRefused(_("这个人已经登记在别的户里，请先查明再登记"))


def part(act: ByCase, member_id: int, why: Leaving, *, on: date, new_head: int | None = None) -> list[Draft]:
    """Let a member go on the day `on`; where it is the head, `new_head` takes their place first.

    A household whose last member went is closed. Raises RegisterRefused for a member who has left already,
    and for a head who leaves others behind without another head.
    """
    household = locked(Member.objects.values_list("household", flat=True).get(pk=member_id))
    member = household.members.get(pk=member_id)
    if member.left_on:
        raise RegisterRefused(_("这个人已经离户，不用再办"))
    drafts: list[Draft] = []
    if member.relation == HEAD and household.members.present().exclude(pk=member_id).exists():
        if new_head in (None, member_id):
            raise RegisterRefused(_("户主离户前，请先变更户主"))
        drafts = [set_head(act, household.pk, new_head)]
        member.refresh_from_db()
    member.left_on, member.left_why = on, why
    member.save(update_fields=["left_on", "left_why"])
    if not household.members.present().exists():
        household.standing, household.standing_since = Standing.CLOSED, on
        household.save(update_fields=["standing", "standing_since"])
    said = f"{member.relation} {member.name}"
    drafts.append(
        _written(act, household, ChangeKind.LEFT, before=said, after=Leaving(why).label, member=member)
    )
    return drafts


def set_head(act: ByCase, household_id: int, member_id: int) -> Draft:
    """Make another member the head; the relations of the others are told anew by hand later.

    Raises RegisterRefused for who is the head already.
    """
    household = locked(household_id)
    member = household.members.present().get(pk=member_id)
    if member.relation == HEAD:
        raise RegisterRefused(_("这个人已经是户主，不用再办"))
    before = household.head_name
    heads = [other for other in household.members.present() if other.relation == HEAD]
    for other in heads:
        other.relation = _("原户主")
        other.save(update_fields=["relation"])
    member.relation = HEAD
    member.save(update_fields=["relation"])
    household.head_name = member.name
    household.save(update_fields=["head_name", "head_name_hash"])
    return _written(
        act, household, ChangeKind.HEAD, before=before, after=member.name, member=member, others=heads
    )


def split(
    act: ByCase, household_id: int, members: Collection[int], head_id: int, *, group_name: str, on: date
) -> tuple[Household, list[Draft]]:
    """Let `members` make a household of their own under `head_id`, of the same village and category.

    Raises RegisterRefused where one of them has left, or has become the head of the household.
    """
    old = locked(household_id)
    moving = list(old.members.present().filter(pk__in=members).order_by("pk"))
    head = next((member for member in moving if member.pk == head_id), None)
    if head is None or len(moving) != len(set(members)):
        raise RegisterRefused(_("要分出去的家人已经离户，请退回重新申报"))
    if any(member.relation == HEAD for member in moving):
        raise RegisterRefused(_("户主留在原来的户里；要分出户主请先变更户主"))
    new = Household.objects.create(
        area=old.area,
        area_path=old.area_path,
        group_name=group_name or old.group_name,
        category=old.category,
        cause=old.cause,
        standing=old.standing,
        standing_since=on,
        split_from=old,
        head_name=head.name,
        helper=old.helper,
    )
    joined = []
    for member in moving:
        member.left_on, member.left_why = on, Leaving.SPLIT
        member.save(update_fields=["left_on", "left_why"])
        joined.append(
            Member.objects.create(
                household=new,
                name=member.name,
                id_number=member.id_number,
                relation=HEAD if member.pk == head_id else member.relation,
                born_on=member.born_on,
                sex=member.sex,
                labour=member.labour,
                able_to_work=member.able_to_work,
                joined_on=on,
            )
        )
    told = _("分出%(count)s人") % {"count": len(moving)}
    return new, [
        _written(act, old, ChangeKind.SPLIT, after=told, others=moving),
        _written(act, new, ChangeKind.SPLIT, before=old.head_name, after=told, others=joined),
    ]


def move(act: ByCase, household_id: int, area: Area, group_name: str) -> Draft:
    """Move the whole household to the village `area`; its earlier cases stay where they were filed."""
    if area.level != Level.VILLAGE:
        raise RegisterRefused(_("农户要登记在村里，请选到村"))
    household = locked(household_id)
    before = f"{household.area.name} {household.group_name}"
    household.area, household.area_path, household.group_name = area, area.path, group_name
    household.save(update_fields=["area", "area_path", "group_name"])
    return _written(act, household, ChangeKind.MOVED, before=before, after=f"{area.name} {group_name}")


def assign_helper(act: ByCase, household_id: int, helper: User) -> Draft:
    """Give the household another helper; RegisterRefused where that person helps nowhere in its village."""
    household = locked(household_id)
    refuse_helper(household, helper, act.on)
    before, household.helper = household.helper, helper
    household.save(update_fields=["helper"])
    return _written(act, household, ChangeKind.HELPER, before=str(before or ""), after=str(helper))


def refuse_helper(household: Household, helper: User, on: date) -> None:
    """Raise RegisterRefused unless `helper` holds an office that helps in the household's village."""
    offices = Office.objects.filter(user=helper, role__in=[Role(role) for role in HELPING_ROLES])
    for office in offices.in_force(on).select_related("area"):
        if household.area_path.startswith(office.area.path):
            return
    raise RegisterRefused(_("这个人在本村没有帮扶职务，请先任职再变更"))


def _written(
    act: ByCase,
    household: Household,
    kind: ChangeKind,
    *,
    before: str = "",
    after: str = "",
    member: Member | None = None,
    others: Collection[Member] = (),
) -> Draft:
    """Keep the change and return its event, which names every row of household and members that was saved."""
    before, after = str(before), str(after)
    change = RegisterChange.objects.create(
        household=household,
        member=member,
        kind=kind,
        before=before,
        after=after,
        case_number=act.case.number,
        by=act.by,
    )
    # A category is no secret and stands open; names and the like are committed to.
    coded = kind in (ChangeKind.CATEGORY, ChangeKind.ENTERED, ChangeKind.REENTERED, ChangeKind.EXITED)
    body: dict[str, Any] = {"change": kind.value, "case": act.case.number}
    if coded:
        body |= {"before": before, "after": after}
    draft = Draft(
        events.HOUSEHOLD_CHANGED,
        "household",
        str(household.pk),
        actor=act.by,
        office=act.office,
        area_code=household.area.code,
        body=body,
        sealed={} if coded else {"before": before, "after": after},
    )
    members = [one for one in (member, *others) if one is not None]
    return with_rows(draft, household, *members, change)
