"""The desk's form for a request by telephone, in person or on paper."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.areas.models import Area, Level, path_range
from portal.people.models import User
from portal.people.scope import scope_of
from workflows.programmes.models import Programme
from workflows.requests import asking
from workflows.requests.models import Channel, Signed
from workflows.requests.registering import LONGEST_NAME, LONGEST_TEXT, REGISTERING_ROLES, Asked

ON_BEHALF = [(one.value, one.label) for one in (Channel.VISIT, Channel.PHONE, Channel.PAPER)]
INVISIBLE = {"null_characters_not_allowed": gettext_lazy("里面有看不见的符号，请删掉再写。")}


def counties_of(user: User) -> list[Area]:
    """Return the counties in which `user` registers requests (two queries)."""
    held = [one for one in scope_of(user).offices if one.role in REGISTERING_ROLES]
    paths = {
        one.area.path[:end]
        for one in held
        for end in range(Area.steplen, len(one.area.path) + 1, Area.steplen)
    }
    return list(Area.objects.filter(path__in=paths, level=Level.COUNTY))


class RegisterForm(forms.Form):
    """What was asked for, how it came, and who stands for it."""

    channel = forms.ChoiceField(label=gettext_lazy("怎么来的"), choices=ON_BEHALF)
    received_on = forms.DateField(
        label=gettext_lazy("收到日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    area = forms.ChoiceField(label=gettext_lazy("家在哪个村"))
    what = forms.ChoiceField(label=gettext_lazy("什么事"))
    text = forms.CharField(
        label=gettext_lazy("本人说的话"),
        help_text=gettext_lazy("照本人的话写，念给本人听一遍。最多1000字。"),
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": LONGEST_TEXT}),
        error_messages=INVISIBLE,
    )
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=LONGEST_NAME, error_messages=INVISIBLE)
    phone = forms.CharField(
        label=gettext_lazy("电话"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("来人、书面的没有电话可以不填"),
        error_messages=INVISIBLE,
    )
    signed_how = forms.ChoiceField(
        label=gettext_lazy("怎么签的"),
        required=False,
        choices=[("", gettext_lazy("电话登记，没有签")), *Signed.choices],
    )
    proxy_name = forms.CharField(
        label=gettext_lazy("代写人姓名"), required=False, max_length=LONGEST_NAME, error_messages=INVISIBLE
    )
    witness_name = forms.CharField(
        label=gettext_lazy("见证人姓名"), required=False, max_length=LONGEST_NAME, error_messages=INVISIBLE
    )
    paper = forms.FileField(
        label=gettext_lazy("签字、手印或来信的照片"),
        required=False,
        help_text=gettext_lazy("只有承办的村、乡镇看得到"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counties = counties_of(user)
        reach = Q(pk__in=[])
        for county in counties:
            reach |= path_range(county.path, "path")
        places = Area.objects.in_force(clock.today()).filter(reach).order_by("path")
        self.villages: dict[str, Area] = {}
        grouped: list[tuple[str, list[tuple[str, str]]]] = []
        for one in places:
            if one.level == Level.TOWNSHIP:
                grouped.append((one.name, []))
            elif one.level == Level.VILLAGE and grouped:
                grouped[-1][1].append((one.code, one.name))
                self.villages[one.code] = one
        self.programmes = [one for county in counties for one in asking.programmes_at(county)]
        self._choices("area", [("", _("请选")), *grouped])
        self._choices("what", [("", _("请选")), *asking.groups(self.programmes)])

    def programme(self) -> Programme | None:
        """Return the programme that is chosen in what was sent, valid or not; None where none is."""
        given = str(self.data.get("what", "") or self.initial.get("what", ""))
        chosen = asking.chosen(given, self.programmes)
        return chosen.programme if chosen else None

    def asked(self, answers: Mapping[str, str] | None = None) -> Asked:
        """Return what the valid form says; `answers` are those to the programme's own form, if filled in."""
        given = self.cleaned_data
        chosen = asking.chosen(given["what"], self.programmes)
        assert chosen is not None
        return Asked(
            area=self.villages[given["area"]],
            matter=chosen.matter,
            programme=chosen.programme,
            answers=answers,
            wanted=chosen.wanted,
            text=given["text"],
            name=given["name"],
            phone=given["phone"],
            channel=given["channel"],
            received_on=given["received_on"],
            signed_how=given["signed_how"],
            proxy_name=given["proxy_name"],
            witness_name=given["witness_name"],
        )

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def fresh(user: User, here: date) -> RegisterForm:
    """Return an empty form; one's own village stands chosen where one has an office in one."""
    held = [one for one in scope_of(user).offices if one.role in REGISTERING_ROLES]
    village = next((one.area.code for one in held if one.area.level == Level.VILLAGE), "")
    return RegisterForm(user=user, initial={"received_on": here, "area": village})
