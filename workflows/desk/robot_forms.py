"""The form by which the county proposes a group robot; the outbox checks what is typed into it."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.areas.models import Area, Level, path_range
from portal.outbox.models import App
from portal.outbox.robots import PROPOSER
from portal.people.models import Line, User
from portal.people.scope import scope_of


class RobotForm(forms.Form):
    """Whose offices it tells, and what the group shows of it."""

    name = forms.CharField(label=_("名称"), max_length=40, help_text=_("例如：青石镇工作群"))
    area = forms.ModelChoiceField(Area.objects.none(), label=_("给哪里的人用"), empty_label=_("请选择"))
    below = forms.BooleanField(label=_("下级的人也用"), required=False)
    line = forms.ChoiceField(label=_("条线"), choices=Line.choices, initial=Line.ALL)
    app = forms.ChoiceField(label=_("哪家的"), choices=App.choices)
    address = forms.CharField(
        label=_("地址"), max_length=500, help_text=_("在群设置里添加自定义机器人，复制整条 Webhook 地址")
    )
    secret = forms.CharField(
        label=_("加签密钥"),
        max_length=200,
        required=False,
        help_text=_("钉钉在安全设置里选“加签”，复制 SEC 开头的密钥；企业微信不用填"),
    )
    starts_on = forms.DateField(
        label=_("启用日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reach = Q(pk__in=[])
        for held in scope_of(user).offices:
            if held.role == PROPOSER:
                reach |= path_range(held.area.path, "path")
        areas = Area.objects.in_force(clock.today()).filter(reach).exclude(level=Level.CITY)
        self.fields["area"].queryset = areas.order_by("path")
        self.fields["starts_on"].initial = clock.today
