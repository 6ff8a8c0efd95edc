"""The register as the desk fills it: the households of one's own villages, a new one, and who is related."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from disclosure.masking.services import mask_phone
from portal import clock
from portal.areas.models import Area, Level, path_range
from portal.people.models import Line, User
from portal.people.scope import scope_of
from portal.sealing.keys import keyed_hash
from workflows.registry.labels import labels_on
from workflows.registry.models import Category, Cause, Degree, Household, IncomeSource, Labour, Standing
from workflows.registry.reveals import Reason

from . import gates
from .form_parts import YuanField

FIRST_MEMBERS, MOST_MEMBERS, MORE_MEMBERS = 4, 20, 3
RELATIONS = ["配偶", "子女", "父母", "儿媳", "女婿", "孙子女", "兄弟姐妹", "其他"]
HEAD = "户主"


def villages_of(user: User) -> QuerySet[Area]:
    """Return the villages in which `user` registers households."""
    reach = Q(pk__in=[])
    for held in scope_of(user).offices:
        if held.role in gates.REGISTRARS and held.line in (Line.ALL, Line.ASSISTANCE):
            reach |= path_range(held.area.path, "path")
    return Area.objects.in_force(clock.today()).filter(reach, level=Level.VILLAGE)


def found(households: QuerySet[Household], words: str) -> QuerySet[Household]:
    """Return those that `words` name: a household's number, an ID number, or a full name; else all of them.

    Each is matched whole: encrypted values are found by their keyed hash.
    """
    words = words.strip()
    if words.isascii() and words.isdecimal() and len(words) < 10:
        return households.filter(pk=int(words))
    if len(words) == 18 and words[:17].isascii() and words[:17].isdecimal():
        return households.filter(members__id_hash=keyed_hash(words.upper(), "id")).distinct()
    return named(households, words)


def narrowed(households: QuerySet[Household], query: Any) -> QuerySet[Household]:
    """Return those of the village, group and category that an address asks for; unknown ones ask nothing."""
    if (category := query.get("category", "")) in Category.values:
        households = households.filter(category=category)
    if group := query.get("group", "").replace("\x00", "").strip()[:20]:
        households = households.filter(group_name=group)
    village = query.get("village", "")
    if len(village) == 12 and village.isascii() and village.isdecimal():
        households = households.filter(area__code=village)
    return households


def named(households: QuerySet[Household], name: str) -> QuerySet[Household]:
    """Return those whose head or member has exactly this name; all of them without one."""
    if not (name := name.strip()):
        return households
    hashed = keyed_hash(name, "name")
    return households.filter(Q(head_name_hash=hashed) | Q(members__name_hash=hashed)).distinct()


def rows(households: Any) -> list[dict[str, Any]]:
    """Return what the list shows of each household; telephone numbers are masked."""
    return [
        {
            "pk": household.pk,
            "head": household.head_name,
            "place": f"{household.area} {household.group_name}",
            "category": household.get_category_display(),
            "phone": mask_phone(household.phone),
            "standing": "" if household.standing == Standing.IN else household.get_standing_display(),
            "registered_on": household.registered_on,
        }
        for household in households
    ]


class HouseholdForm(forms.Form):
    """What belongs to the household as a whole."""

    area = forms.ModelChoiceField(label=_("村"), queryset=Area.objects.none(), empty_label=_("请选"))
    group_name = forms.CharField(label=_("村民小组"), max_length=20, help_text=_("比如：一组"))
    category = forms.ChoiceField(label=_("类别"), choices=())
    cause = forms.ChoiceField(
        label=_("致贫原因"),
        choices=[("", _("没有或者不清楚")), *Cause.choices],
        required=False,
        help_text=_("加密保存，任何公开页都不出现"),
    )
    phone = forms.CharField(
        label=_("联系电话"), max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    bank_card = forms.CharField(
        label=_("一卡通卡号"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", _("请选")), *labels_on()]
        villages = villages_of(user)
        self.fields["area"].queryset = villages
        only = list(villages[:2])
        if len(only) == 1:
            self.fields["area"].initial = only[0].pk


class MemberForm(forms.Form):
    """One member; the first is the head. A form with nothing in it is nobody."""

    name = forms.CharField(label=_("姓名"), max_length=40, required=False)
    relation = forms.ChoiceField(label=_("与户主关系"), required=False)
    id_number = forms.CharField(
        label=_("身份证号"),
        max_length=20,
        required=False,
        help_text=_("没有的可以空着"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    labour = forms.ChoiceField(
        label=_("劳动能力"), required=False, choices=[("", _("请选")), *Labour.choices]
    )

    def __init__(self, *args: Any, place: int, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"members-{place}", **kwargs)
        self.place = place
        for name in ("name", "relation", "id_number", "labour"):
            # Nobody need be typed here; whoever is has all of it, which the service asks for.
            self.fields[name].silent = True
        choices = [HEAD] if place == 0 else ["", *RELATIONS]
        self.fields["relation"].choices = [(one, one or _("请选")) for one in choices]

    def clean(self) -> dict[str, Any]:
        """Ask for the labour capacity of whoever was typed."""
        if self.cleaned_data.get("name") and not self.cleaned_data.get("labour"):
            self.add_error("labour", _("请选这个人的劳动能力"))
        return self.cleaned_data

    @property
    def empty(self) -> bool:
        """Whether nobody was typed here."""
        return self.place > 0 and not any(self.cleaned_data.get(one) for one in ("name", "id_number"))


class KinshipForm(forms.Form):
    """A relation of an official to a household."""

    degree = forms.ChoiceField(label=_("是这户的什么人"), choices=[("", _("请选")), *Degree.choices])
    username = forms.CharField(
        label=_("替别人登记的，填他的账号"),
        max_length=150,
        required=False,
        help_text=_("自己申报的空着"),
    )

    def __init__(self, *args: Any, records: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not records:
            del self.fields["username"]


class RevealForm(forms.Form):
    """Why a personal field is looked at."""

    reason = forms.ChoiceField(label=_("为什么要看"), choices=[("", _("请选")), *Reason.choices])


class DetailsForm(forms.Form):
    """What may be put right without a case."""

    group_name = forms.CharField(label=_("村民小组"), max_length=20)
    phone = forms.CharField(label=_("新的联系电话"), max_length=20, required=False, help_text=_("不改的空着"))
    cause = forms.ChoiceField(
        label=_("新的致贫原因"), choices=[("", _("不改")), *Cause.choices], required=False
    )


class CardForm(forms.Form):
    """A card, with its evidence."""

    bank_card = forms.CharField(
        label=_("一卡通卡号"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    evidence = forms.FileField(label=_("卡面照片，或者银行开的单子"))


class ProfitField(YuanField):
    """An amount in yuan that may be a loss."""

    def to_python(self, value: Any) -> Any:
        """Return the fen, below zero for a loss."""
        typed = str(value or "").strip()
        if typed[:1] in ("-", "－", "—"):
            fen = super().to_python(typed[1:])
            return None if fen is None else -fen
        return super().to_python(value)


class IncomeForm(forms.Form):
    """A year's income by the four kinds, in yuan."""

    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    source = forms.ChoiceField(label=_("从哪里来"), choices=[("", _("请选")), *IncomeSource.choices])
    operating_fen = ProfitField(label=_("经营性收入（元）"), help_text=_("亏损的写负数"))
    wage_fen = YuanField(label=_("工资性收入（元）"))
    property_fen = YuanField(label=_("财产性收入（元）"))
    transfer_fen = YuanField(label=_("转移性收入（元）"))
