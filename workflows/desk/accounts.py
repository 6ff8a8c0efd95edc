"""Accounts as a security administrator finds them, and the forms of what is done with one."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.ledger.models import Event
from portal.people.models import JointAct, Line, Office, Role, User
from portal.people.scope import scope_of

from .form_parts import AreaField, DayField

EVENTS_SHOWN = 30


def readable(user: User) -> QuerySet[User]:
    """Return the accounts that `user` looks after: with an office of any day in their area, or with none.

    An account without any office belongs to no place yet; whoever grants the first one must find it.
    """
    held = Office.objects.filter(user=OuterRef("pk"))
    within = scope_of(user).filter_areas(held, "area__path")
    return User.objects.filter(Exists(within) | ~Exists(held))


def with_offices(accounts: QuerySet[User]) -> QuerySet[User]:
    """Add the offices of each account, those in force or to come first, in one query for all of them."""
    offices = Office.objects.select_related("area").order_by("starts_on", "pk")
    return accounts.prefetch_related(Prefetch("offices", queryset=offices, to_attr="all_offices"))


def found_by(accounts: QuerySet[User], words: str) -> QuerySet[User]:
    """Return the accounts with `words` in user name or name."""
    words = words.replace("\x00", "").strip()[:60]
    if not words:
        return accounts
    return accounts.filter(Q(username__icontains=words) | Q(display_name__icontains=words))


def lasting(office: Office) -> bool:
    """Return whether the office is held today or will be."""
    return office.ends_on is None or office.ends_on > clock.today()


def namesakes(people: Iterable[User]) -> list[User]:
    """Return the accounts of the names of `people` that hold an office today or will: two queries.

    One person with two accounts could hold what excludes itself, or act twice; only people can tell.
    """
    found = with_offices(User.objects.filter(display_name__in={one.display_name for one in people}))
    return [one for one in found.order_by("username") if any(lasting(held) for held in one.all_offices)]


def history(account: User) -> list[Event]:
    """Return what the ledger says of the account and its offices, the latest first."""
    offices = [str(pk) for pk in account.offices.values_list("pk", flat=True)]
    about = Q(object_type="account", object_id=str(account.pk))
    about |= Q(object_type="office", object_id__in=offices)
    asked = [str(pk) for pk in JointAct.objects.filter(user=account).values_list("pk", flat=True)]
    about |= Q(object_type="joint_act", object_id__in=asked)
    return list(Event.objects.filter(about).select_related("actor").order_by("-sequence")[:EVENTS_SHOWN])


class InviteForm(forms.Form):
    """A person who is to have an account."""

    username = forms.CharField(label=_("账号"), max_length=150, help_text=_("字母、数字，登录时用"))
    display_name = forms.CharField(
        label=_("姓名"), max_length=40, help_text=_("这个人的真实姓名，不写单位和职务")
    )
    phone = forms.CharField(label=_("手机号"), max_length=20, required=False)


class GrantForm(forms.Form):
    """An office for an account."""

    role = forms.ChoiceField(label=_("职务"), choices=[("", _("请选")), *Role.choices])
    line = forms.ChoiceField(label=_("条线"), choices=Line.choices, initial=Line.ALL)
    starts_on = DayField(label=_("起任日期"))
    ends_on = DayField(label=_("离任日期（那天起不再担任）"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"] = AreaField(user, label=_("在哪里任职"))
        self.order_fields(["role", "area", "line", "starts_on", "ends_on"])


class EndForm(forms.Form):
    """The end of an office."""

    on = DayField(label=_("离任日期（那天起不再担任）"))
    reason = forms.CharField(label=_("原因"), max_length=200)


class HandOverForm(forms.Form):
    """Who takes over the open work."""

    to = forms.CharField(label=_("接手人的账号"), max_length=150)
    reason = forms.CharField(label=_("原因"), max_length=200)


class ReasonForm(forms.Form):
    """Why a second person is asked."""

    reason = forms.CharField(label=_("原因"), max_length=200)
