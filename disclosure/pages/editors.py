"""What an office means among Wagtail's pages and files: one group for a role at an area, made by nobody else.

An editor's group may add and change in the columns of its area, and keep pictures and documents in the area's
collection; a county head's group may publish. Editors of a county or a city have the three columns of the
whole site; those of a township or a village the column of their area below 公告, made with the first office
there. Groups come and go with `Office.announced`; in between the dates decide (`in_force`).
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q, QuerySet
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page, Site
from wagtail.permission_policies.collections import CollectionPermissionLookupMixin
from wagtail.permission_policies.pages import PagePermissionPolicy

from portal import clock
from portal.areas.models import Area, Level
from portal.people import comparing
from portal.people.models import Announced, Office, Role
from portal.people.scope import scope_of
from portal.people.signals import office_ended, office_granted

from .models import SectionPage
from .services import NOTICES, SECTIONS, ensure_site, section

PREFIX = "office:"
ROLES = (Role.EDITOR, Role.COUNTY_HEAD)
PAGES = {Role.EDITOR: ("add_page", "change_page"), Role.COUNTY_HEAD: ("publish_page",)}
FILES = {
    "wagtailimages": ("add_image", "change_image", "choose_image"),
    "wagtaildocs": ("add_document", "change_document", "choose_document"),
}


def group_name(role: str, code: str) -> str:
    """Return the name of the group of `role` at the area with `code`."""
    return f"{PREFIX}{role}:{code}"


def let_in(office: Office) -> None:
    """Give the holder of `office` the rights it carries among pages and files; twice changes nothing."""
    if office.role not in ROLES:
        return
    with transaction.atomic():
        # One at a time: two first offices would both make the area's column.
        Site.objects.select_for_update().order_by("pk").first()
        ensure_site("")
        group, _made = Group.objects.get_or_create(name=group_name(office.role, office.area.code))
        for page in _columns(office.area):
            for permission in _permissions("wagtailcore", PAGES[Role(office.role)]):
                GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)
        if office.role == Role.EDITOR:
            collection = area_collection(office.area)
            for app_label, codenames in FILES.items():
                for permission in _permissions(app_label, codenames):
                    GroupCollectionPermission.objects.get_or_create(
                        group=group, collection=collection, permission=permission
                    )
        office.user.groups.add(group)


def take_away(office: Office) -> None:
    """Take from the holder of an ended office what it gave; a group that nobody is left in goes as well."""
    if office.role not in ROLES:
        return
    others = Office.objects.filter(user=office.user, role=office.role, area=office.area)
    if others.exclude(pk=office.pk).filter(announced=Announced.IN_FORCE).exists():
        return
    with transaction.atomic():
        group = Group.objects.filter(name=group_name(office.role, office.area.code)).first()
        if group is None:
            return
        office.user.groups.remove(group)
        if not group.user_set.exists():
            group.delete()


def area_section(area: Area) -> SectionPage:
    """Return the column of a township or a village below 公告, made if it is missing.

    A village's column stands in its township's: who edits a township edits what lies below it.
    """
    found = SectionPage.objects.filter(area=area, slug=area.code).order_by("pk").first()
    if found is None:
        parent = area.get_parent()
        above = area_section(parent) if area.level == Level.VILLAGE and parent else section(NOTICES)
        found = above.add_child(instance=SectionPage(title=area.name, slug=area.code, area=area))
    return found


def area_collection(area: Area) -> Collection:
    """Return the collection of an area's pictures and documents, within that of the area above."""
    parent = area.get_parent()
    above = area_collection(parent) if parent else Collection.get_first_root_node()
    name = f"{area.name} {area.code}"
    found: Collection | None = Collection.objects.child_of(above).filter(name__endswith=area.code).first()
    return found or above.add_child(instance=Collection(name=name))


def in_force(permissions: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Return those group permissions that an office in force today gives; groups of other kinds pass."""
    held = [group_name(office.role, office.area.code) for office in scope_of(user).offices]
    return permissions.filter(~Q(group__name__startswith=PREFIX) | Q(group__name__in=held))


def differences() -> list[str]:
    """Return a line for each account, group or right that differs from the offices in force today."""
    offices = Office.objects.in_force(clock.today()).filter(role__in=ROLES).select_related("area", "user")
    wanted = {(office.user.username, group_name(office.role, office.area.code)): office for office in offices}
    members = set(Group.objects.exclude(user=None).values_list("user__username", "name"))
    lines = [f"有任职、不在网页权限组：{user} {name}" for user, name in sorted(set(wanted) - members)]
    lines += [f"在网页权限组、没有任职：{user} {name}" for user, name in sorted(members - set(wanted))]
    for name, office in sorted({name: office for (_user, name), office in wanted.items()}.items()):
        lines += _wrong_rights(name, office)
    return lines


def _wrong_rights(name: str, office: Office) -> list[str]:
    pages = set(
        GroupPagePermission.objects.filter(group__name=name).values_list(
            "page__url_path", "permission__codename"
        )
    )
    right = {(path, codename) for path in _column_paths(office.area) for codename in PAGES[Role(office.role)]}
    files = set(
        GroupCollectionPermission.objects.filter(group__name=name).values_list(
            "collection__name", "permission__codename"
        )
    )
    codenames = {codename for codenames in FILES.values() for codename in codenames}
    given = {codename for collection, codename in files if collection.endswith(office.area.code)}
    due = codenames if office.role == Role.EDITOR else set()
    if pages == right and given == due and len(files) == len(due):
        return []
    return [f"网页权限组的权限不对：{name}"]


def _columns(area: Area) -> list[Page]:
    if area.level in (Level.CITY, Level.COUNTY):
        return [section(slug) for slug in SECTIONS]
    return [area_section(area)]


def _column_paths(area: Area) -> list[str]:
    """Return the paths of an area's columns as they stand; making what is missing is not for a comparison."""
    if area.level in (Level.CITY, Level.COUNTY):
        columns = SectionPage.objects.filter(slug__in=SECTIONS, depth=3)
    else:
        columns = SectionPage.objects.filter(area=area, slug=area.code)
    return list(columns.values_list("url_path", flat=True))


def _permissions(app_label: str, codenames: Iterable[str]) -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label=app_label, codename__in=codenames)


def _granted(sender: Any, office: Office, **kwargs: Any) -> None:
    let_in(office)


def _ended(sender: Any, office: Office, **kwargs: Any) -> None:
    take_away(office)


def _by_the_day(policy: Any, rights: Any) -> None:
    """Have a permission policy of Wagtail's ask the offices and their dates too; it offers no setting for it.

    `rights` is the model whose rows it gives.
    """
    stock = policy.get_all_permissions_for_user

    def get_all_permissions_for_user(self: Any, user: Any) -> Any:
        # The side bar asks on every page of the desk; the door lets nobody else to pages and files.
        if scope_of(user).roles.isdisjoint(ROLES):
            return rights.objects.none()
        return in_force(stock(self, user), user)

    policy.get_all_permissions_for_user = get_all_permissions_for_user


def connect() -> None:
    """Listen to offices, and let `compare_offices` compare."""
    office_granted.connect(_granted, dispatch_uid="pages.office_granted")
    office_ended.connect(_ended, dispatch_uid="pages.office_ended")
    comparing.register(differences)
    _by_the_day(PagePermissionPolicy, GroupPagePermission)
    _by_the_day(CollectionPermissionLookupMixin, GroupCollectionPermission)
