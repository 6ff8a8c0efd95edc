"""A setting in words, and the form that proposes a new value of it, made from the kind of its default."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.configuration.keys import Key
from portal.people.models import User
from workflows.programmes.answers import yuan

from .form_parts import AreaField, DayField, YuanField

FEN = "_fen"
PART = "part-"
LONGEST = 200


def in_words(key: Key, value: Any) -> str:
    """Return a value of `key` as people say it: amounts in yuan, choices by their names."""
    if key.parts and isinstance(value, Mapping):
        said = [
            f"{part.label}：{part.choices.get(str(value[name]), value[name])}"
            for name, part in key.parts.items()
            if name in value
        ]
        return "；".join(said)
    if isinstance(value, Mapping) and value and all(isinstance(one, str) for one in value.values()):
        # A named set, such as criteria: its keys are for the machine.
        return "；".join(value.values())
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, int) and key.name.endswith(FEN):
        return _("%(yuan)s 元") % {"yuan": yuan(value)}
    if isinstance(value, list):
        return "、".join(str(key.choices.get(one, one)) for one in value) or _("没有")
    if isinstance(value, str):
        return str(key.choices.get(value, value)) or _("没有填")
    return str(value) if isinstance(value, int) else _written(value)


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


class LinesField(forms.CharField):
    """A list, one entry a line."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        """Show a stored list as lines."""
        return "\n".join(str(one) for one in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return the lines that are not empty."""
        return [line.strip() for line in super().to_python(value).splitlines() if line.strip()]


class JSONLine(forms.CharField):
    """A value of no kind that has inputs of its own, written as JSON."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        """Show a stored value as JSON."""
        return value if isinstance(value, str) else _written(value)

    def to_python(self, value: Any) -> Any:
        """Return the value; ValidationError where it is no JSON."""
        try:
            return json.loads(super().to_python(value))
        except ValueError:
            raise ValidationError(_("写法不对，请照原来的样子填写")) from None


def value_field(key: Key) -> forms.Field:
    """Return the input for a value of `key`, by the kind of its default."""
    label, default = gettext_lazy("新的值"), key.default
    if isinstance(default, bool):
        pairs = [(True, gettext_lazy("是")), (False, gettext_lazy("否"))]
        return forms.TypedChoiceField(label=label, choices=pairs, coerce=lambda typed: typed == "True")
    if isinstance(default, int) and key.name.endswith(FEN):
        return YuanField(label=gettext_lazy("新的值（元）"))
    if isinstance(default, int):
        whole = {"invalid": gettext_lazy("请填整数")}
        return forms.IntegerField(label=label, error_messages=whole)
    if isinstance(default, list) and key.choices:
        boxes = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(
            label=label, choices=list(key.choices.items()), widget=boxes, required=False
        )
    if isinstance(default, list):
        return LinesField(label=label, required=False, help_text=gettext_lazy("一行一个"))
    if isinstance(default, str) and key.choices:
        return forms.ChoiceField(label=label, choices=list(key.choices.items()))
    if isinstance(default, str):
        return forms.CharField(label=label, max_length=LONGEST, required=False)
    return JSONLine(label=label)


class ProposalForm(forms.Form):
    """A new value of a setting from a date, with its source; for business also for which place."""

    def __init__(self, *args: Any, key: Key, user: User, current: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key
        if key.parts:
            for name, part in key.parts.items():
                held = str(current.get(name, ""))
                # A value from before that is not among the choices stays one of them.
                pairs = list(({held: held} | dict(part.choices)).items())
                pairs = [(value, part.choices.get(value, word)) for value, word in pairs if value]
                self.fields[PART + name] = forms.ChoiceField(label=part.label, choices=pairs, initial=held)
        else:
            self.fields["value"] = value_field(key)
            self.fields["value"].initial = current
            if key.hint:
                self.fields["value"].help_text = key.hint
        self.fields["valid_from"] = DayField(label=gettext_lazy("从哪天起"))
        self.fields["source"] = forms.CharField(
            label=gettext_lazy("依据"), max_length=LONGEST, help_text=gettext_lazy("文件名和文号")
        )
        if not key.technical:
            self.fields["area"] = AreaField(
                user, label=gettext_lazy("只用于哪个乡镇或村（不填就是全县）"), required=False
            )

    def proposed(self) -> Any:
        """Return the value that was typed, of the kind of the key's default; the form is valid."""
        if self.key.parts:
            return {name: self.cleaned_data[PART + name] for name in self.key.parts}
        return self.cleaned_data["value"]
