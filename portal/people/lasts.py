"""Offices of which somebody is always left: those who grant, and those without whom nobody agrees to it.

Else nobody could be given an office any more, or the room of the computers could make room for whom it likes.
"""

from datetime import date

from django.utils.translation import gettext as _

from .errors import LastAdministrator
from .joint import CHIEF_LEVELS, is_chief
from .models import Office, OfficeQuerySet, Role, User

_AGREEING = (Role.COUNTY_HEAD, Role.SUPERVISOR)


def together(role: str) -> tuple[Role, ...]:
    """Return the roles whose offices are counted together with one of `role`; none where nobody counts."""
    if role == Role.SECURITY_ADMIN:
        return (Role.SECURITY_ADMIN,)
    return _AGREEING if role in _AGREEING else ()


def check_somebody_is_left(office: Office, on: date) -> None:
    """Raise LastAdministrator where `office`, ended from `on`, would leave nobody in its place.

    A security administrator and a supervisor of a county need another of their kind over the place; a county
    head another head or such a supervisor, who agrees to the next head.
    """
    others = Office.objects.exclude(pk=office.pk).filter(starts_on__lte=on).lasting(on)
    if office.role == Role.SECURITY_ADMIN:
        if not _any_over(others.filter(role=Role.SECURITY_ADMIN), office):
            raise LastAdministrator(_("这是这里最后一位安全管理员，请先给接任的人授予职务"))
    elif is_chief(office):
        if not _any_over(others.filter(role=Role.SUPERVISOR, area__level__in=CHIEF_LEVELS), office):
            raise LastAdministrator(_("这是这里最后一位县级监督员，请先给接任的人授予职务"))
    elif office.role == Role.COUNTY_HEAD and not _some_agree(others, office):
        raise LastAdministrator(_("这是这里最后一位县级负责人，也没有监督员，请先给接任的人授予职务"))


def keeps_others(user: User, on: date) -> bool:
    """Return whether without `user` some place would have nobody to grant offices, or to agree to it."""
    held = Office.objects.filter(user=user, role__in=[Role.SECURITY_ADMIN, *_AGREEING])
    others = Office.objects.exclude(user=user).in_force(on)
    for office in held.in_force(on).select_related("area"):
        if office.role == Role.SECURITY_ADMIN:
            alone = not others.filter(role=Role.SECURITY_ADMIN, user__is_active=True).exists()
        else:
            alone = (office.role == Role.COUNTY_HEAD or is_chief(office)) and not _some_agree(others, office)
        if alone:
            return True
    return False


def _some_agree(others: OfficeQuerySet, office: Office) -> bool:
    heads = others.filter(role=Role.COUNTY_HEAD)
    return _any_over(heads | others.filter(role=Role.SUPERVISOR, area__level__in=CHIEF_LEVELS), office)


def _any_over(others: OfficeQuerySet, office: Office) -> bool:
    active = others.filter(user__is_active=True).select_related("area")
    return any(one.area.covers(office.area.path) for one in active)
