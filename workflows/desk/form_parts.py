"""What the desk's forms share: dates and amounts as officials type them, and an area by code or name."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.areas.models import Area
from portal.people.models import User
from portal.people.scope import scope_of
from workflows.programmes.answers import fen_of, yuan

AREAS_OFFERED = 30


class DayField(forms.DateField):
    """A date, in the browser's own picker and as 2026-11-21 where there is none."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid": _("请填成 2026-11-21 这样的日期")})
        super().__init__(input_formats=["%Y-%m-%d", "%Y/%m/%d"], **kwargs)


class YuanField(forms.CharField):
    """An amount typed in yuan; its value is int fen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a stored amount in yuan, and what was typed as it was typed."""
        return yuan(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        """Return the fen of what was typed, None where nothing was."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            return fen_of(text)
        except ValueError:
            raise ValidationError(_("请填数字，单位元，最多两位小数")) from None


class AreaField(forms.CharField):
    """An area within the person's own offices, by its 12-digit code or by its name.

    Of several areas of one name the form is shown again with all of them and their codes: a county has more
    villages than a list to choose from can hold, and no script is needed.
    """

    def __init__(self, user: User, **kwargs: Any) -> None:
        self.user = user
        kwargs.setdefault("help_text", _("区划代码（12 位），或者名称里的几个字"))
        super().__init__(max_length=60, **kwargs)

    def clean(self, value: Any) -> Any:
        """Return the area; ValidationError names those that fit where it is not one alone."""
        words = super().clean(value)
        if not words:
            return None
        # What was offered below the field is written as name and code.
        words = words.split()[-1]
        own = scope_of(self.user).filter_areas(Area.objects.in_force(clock.today()))
        exact = own.filter(code=words) if words.isdecimal() else own.filter(name=words)
        found = list(exact[:AREAS_OFFERED]) or list(own.filter(name__contains=words)[:AREAS_OFFERED])
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(_("您管的范围里没有这个地方，请核对代码或名称"))
        names = "、".join(f"{area.name} {area.code}" for area in found)
        raise ValidationError(_("有几个地方对得上，请填代码：%(names)s"), params={"names": names})
