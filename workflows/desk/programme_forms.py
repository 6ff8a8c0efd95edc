"""The forms of a programme: its definition, the common figures in inputs and the rest as JSON; its budget."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.pages.models import PolicyDocumentPage
from portal import clock
from portal.areas.models import Area
from portal.people.models import Line, User
from portal.people.scope import scope_of
from workflows.engine import catalogue
from workflows.programmes import definitions
from workflows.programmes.models import ProgrammeVersion
from workflows.programmes.services import SETTING_ROLES

from .form_parts import DayField, YuanField

REST = ("fields", "item_field", "amount_of", "eligibility", "citations")
# What a programme may say besides; it is kept from version to version.
ALSO = ("window", "ranking", "evidence")
# What a new programme starts from: one question that names the project, one for the money.
FIRST_REST: dict[str, Any] = {
    "fields": [
        {"key": "project", "label": "做什么", "kind": "choice", "choices": ["第一种", "第二种"]},
        {"key": "invested_fen", "label": "自己投入", "kind": "money"},
    ],
    "item_field": "project",
    "amount_of": "invested_fen",
    "eligibility": [
        {"rule": "category_in", "values": ["lifted", "unstable_lifted"], "text": "得是脱贫户"},
        {"rule": "once_a_year", "text": "一户一年只能享受一次"},
    ],
    "citations": {"basis": {"anchor": "", "label": ""}},
}
LARGEST = 20_000


class RestField(forms.CharField):
    """A JSON object typed as text; its value is the object."""

    widget = forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "desk-code"})

    def prepare_value(self, value: Any) -> Any:
        """Show an object with one entry a line, and what was typed as it was typed."""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)

    def to_python(self, value: Any) -> Any:
        """Return the object; ValidationError says in which line it stops being JSON."""
        try:
            found = json.loads(super().to_python(value))
        except json.JSONDecodeError as error:
            raise ValidationError(
                _("第 %(line)s 行的写法不对，请看引号、逗号和括号"), params={"line": error.lineno}
            ) from None
        except (ValueError, RecursionError):
            raise ValidationError(_("写法不对，请照原来的样子填写")) from None
        if not isinstance(found, dict):
            raise ValidationError(_("要写成 { } 的样子"))
        return found


class PolicyField(forms.ModelChoiceField):
    """A published policy document."""

    def __init__(self, **kwargs: Any) -> None:
        documents = PolicyDocumentPage.objects.live().defer("body").order_by("-published_date", "title")
        super().__init__(queryset=documents, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the document with its text, whose paragraphs are cited."""
        found = super().to_python(value)
        return None if found is None else PolicyDocumentPage.objects.get(pk=found.pk)

    def label_from_instance(self, document: Any) -> str:
        """Return title and number."""
        return f"{document.title} {document.document_number}".strip()


def whole(**kwargs: Any) -> forms.IntegerField:
    """Return a field of a whole number."""
    return forms.IntegerField(error_messages={"invalid": gettext_lazy("请填整数")}, **kwargs)


def words(rows: int, **kwargs: Any) -> forms.CharField:
    """Return a field of several lines."""
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), max_length=2000, **kwargs)


class DefinitionForm(forms.Form):
    """What a version says; `definition()` gives it as the service takes it."""

    valid_from = DayField(label=gettext_lazy("从哪天起"))
    flow_key = forms.ChoiceField(label=gettext_lazy("按哪个流程办"))
    policy = PolicyField(label=gettext_lazy("依据的政策文件"))
    rate_percent = whole(label=gettext_lazy("按百分之几补"))
    ceiling_fen = YuanField(label=gettext_lazy("最多补（元）"))
    visit_mode = forms.ChoiceField(
        label=gettext_lazy("入户核查"),
        choices=[
            ("all", gettext_lazy("每户都去")),
            ("sample", gettext_lazy("抽一部分")),
            ("risk", gettext_lazy("金额大的都去")),
        ],
    )
    percent = whole(label=gettext_lazy("抽百分之几（抽一部分时填）"), required=False)
    over_fen = YuanField(label=gettext_lazy("多少元起每户都去（金额大的都去时填）"), required=False)
    filers = forms.MultipleChoiceField(
        label=gettext_lazy("谁来申报（都不选，就是村里能申报的人都行）"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            *((role.value, role.label) for role in definitions.FILERS),
            (definitions.HOUSEHOLD, gettext_lazy("本户自己在网上填表（村里认定是哪一户后报上去）")),
        ],
    )
    deliberation = forms.ChoiceField(
        label=gettext_lazy("村里要不要四议"),
        required=False,
        choices=[("yes", gettext_lazy("要")), ("no", gettext_lazy("不要，直接报乡镇核查"))],
    )
    show_names = forms.ChoiceField(
        label=gettext_lazy("名单上的姓名"),
        choices=[
            ("yes", gettext_lazy("带姓名")),
            ("no", gettext_lazy("不带姓名，只公布户数和金额（贷款、助学、临时救助等）")),
        ],
    )
    summary = words(2, label=gettext_lazy("是什么（给农户看）"))
    who = words(2, label=gettext_lazy("谁能申请（给农户看）"))
    how_to_apply = words(5, label=gettext_lazy("怎样申请（一行一步）"))
    reason = words(
        2,
        label=gettext_lazy("公示的理由"),
        help_text=gettext_lazy("{rate} 处填比例，{ceiling} 处填封顶；不写任何人的情况"),
    )
    remedy = words(3, label=gettext_lazy("不同意怎么办（写在告知书上）"))
    rest = RestField(label=gettext_lazy("表格字段、资格条件和引用"), max_length=LARGEST)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        flows = {flow.key: flow.name for flow in catalogue.all_flows()}
        self.fields["flow_key"].choices = list(flows.items())

    def definition(self) -> dict[str, Any]:
        """Return the definition that was typed; the form is valid. What is wrong in it the service says."""
        typed = self.cleaned_data
        rest = typed["rest"]
        visit: dict[str, Any] = {"mode": typed["visit_mode"]}
        if visit["mode"] == "sample" and typed["percent"] is not None:
            visit["percent"] = typed["percent"]
        if visit["mode"] == "risk" and typed["over_fen"] is not None:
            visit["over_fen"] = typed["over_fen"]
        more: dict[str, Any] = {name: rest[name] for name in ALSO if name in rest}
        if typed["filers"]:
            more["filers"] = typed["filers"]
        if typed["deliberation"] == "no":
            more["deliberation"] = False
        steps = [line.strip() for line in typed["how_to_apply"].splitlines()]
        return {
            **{name: rest[name] for name in REST if name in rest and name != "amount_of"},
            "summary": typed["summary"],
            "who": typed["who"],
            "how_to_apply": [step for step in steps if step],
            "remedy": typed["remedy"],
            "reason": typed["reason"],
            "show_names": typed["show_names"] == "yes",
            "amount": {
                "of": rest.get("amount_of", ""),
                "rate_percent": typed["rate_percent"],
                "ceiling_fen": typed["ceiling_fen"],
            },
            "visit": visit,
            **more,
        }

    def clean_rest(self) -> dict[str, Any]:
        """Refuse entries that nobody would read: they are a slip of the pen."""
        rest: dict[str, Any] = self.cleaned_data["rest"]
        unknown = sorted(set(rest) - {*REST, *ALSO})
        if unknown:
            raise ValidationError(
                _("不认识：%(names)s；只能有 %(known)s"),
                params={"names": "、".join(unknown), "known": "、".join((*REST, *ALSO))},
            )
        return rest


def initial_of(version: ProgrammeVersion) -> dict[str, Any]:
    """Return what the form for the next version starts with: all that `version` says, from today."""
    definition: Mapping[str, Any] = version.definition
    amount, visit = definition["amount"], definition["visit"]
    rest = {name: definition[name] for name in REST if name in definition} | {"amount_of": amount["of"]}
    return {
        "valid_from": clock.today(),
        "flow_key": version.flow_key,
        "policy": version.policy_id,
        "rate_percent": amount["rate_percent"],
        "ceiling_fen": amount["ceiling_fen"],
        "visit_mode": visit["mode"],
        "percent": visit.get("percent"),
        "over_fen": visit.get("over_fen"),
        "show_names": "yes" if definition["show_names"] else "no",
        "how_to_apply": "\n".join(definition["how_to_apply"]),
        "filers": list(definition.get("filers", [])),
        "deliberation": "yes" if definition.get("deliberation", True) else "no",
        "rest": {name: rest[name] for name in REST}
        | {name: definition[name] for name in ALSO if name in definition},
        **{name: definition[name] for name in ("summary", "who", "reason", "remedy")},
    }


class ProgrammeForm(DefinitionForm):
    """A new programme with its first version."""

    title = forms.CharField(label=gettext_lazy("项目名称"), max_length=80)
    slug = forms.SlugField(
        label=gettext_lazy("网址名"),
        max_length=60,
        help_text=gettext_lazy("小写字母、数字和短横线，定了不能改，例如 village-jobs"),
    )
    line = forms.ChoiceField(label=gettext_lazy("条线"))
    area = forms.ModelChoiceField(label=gettext_lazy("县"), queryset=Area.objects.none())

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = [office for office in scope_of(user).offices if office.role in SETTING_ROLES]
        lines = {office.line for office in held}
        choices = [(value, word) for value, word in Line.choices if value != Line.ALL]
        if Line.ALL not in lines:
            choices = [(value, word) for value, word in choices if value in lines]
        self.fields["line"].choices = choices
        counties = Area.objects.filter(pk__in={office.area_id for office in held})
        self.fields["area"].queryset = counties
        self.fields["area"].initial = next((office.area_id for office in held), None)
        self.order_fields(["title", "slug", "line", "area"])


class BudgetForm(forms.Form):
    """What a programme may spend in a year."""

    year = forms.TypedChoiceField(label=gettext_lazy("年度"), coerce=int)
    total_fen = YuanField(label=gettext_lazy("预算（元）"))
    source = forms.CharField(label=gettext_lazy("资金来源"), max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = clock.today().year
        self.fields["year"].choices = [(one, one) for one in (year, year + 1)]
