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
from workflows.registry.models import Category, Degree, Household

from . import gates

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


def named(households: QuerySet[Household], name: str) -> QuerySet[Household]:
    """Return those whose head or member has exactly this name; all of them without one."""
    if not (name := name.strip()):
        return households
    hashed = keyed_hash(name, "name")
    return households.filter(Q(head_name_hash=hashed) | Q(members__name_hash=hashed)).distinct()


def rows(households: Any) -> list[dict[str, str]]:
    """Return what the list shows of each household; telephone numbers are masked."""
    return [
        {
            "head": household.head_name,
            "place": f"{household.area} {household.group_name}",
            "category": household.get_category_display(),
            "phone": mask_phone(household.phone),
            "registered_on": household.registered_on,
        }
        for household in households
    ]


class HouseholdForm(forms.Form):
    """What belongs to the household as a whole."""

    area = forms.ModelChoiceField(label=_("村"), queryset=Area.objects.none(), empty_label=_("请选"))
    group_name = forms.CharField(label=_("村民小组"), max_length=20, help_text=_("比如：一组"))
    category = forms.ChoiceField(label=_("类别"), choices=[("", _("请选")), *Category.choices])
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
    able_to_work = forms.ChoiceField(label=_("能不能干活"), choices=[("yes", _("能")), ("no", _("不能"))])

    def __init__(self, *args: Any, place: int, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"members-{place}", **kwargs)
        self.place = place
        for name in ("name", "relation", "id_number"):
            # Nobody need be typed here; whoever is has all of it, which the service asks for.
            self.fields[name].silent = True
        choices = [HEAD] if place == 0 else ["", *RELATIONS]
        self.fields["relation"].choices = [(one, one or _("请选")) for one in choices]

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
