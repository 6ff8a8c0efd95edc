"""代办: whoever goes on leave names a substitute for a period; a superior confirms or declines."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal import clock
from portal.people import leave
from portal.people.errors import PeopleError
from portal.people.models import Office, Substitution, User
from portal.people.scope import scope_of
from workflows.desk import gates
from workflows.desk.form_parts import DayField

from .base import DeskMixin

SHOWN = 30


class LeaveForm(forms.Form):
    """Who stands in, by which office, from when to when, and why."""

    choice = forms.ChoiceField(label=gettext_lazy("哪个岗位，请谁代办"))
    starts_on = DayField(label=gettext_lazy("从哪天起"))
    last_on = DayField(label=gettext_lazy("到哪天为止（含这一天）"))
    reason = forms.CharField(
        label=gettext_lazy("事由"), max_length=200, help_text=gettext_lazy("例如休假、外出学习")
    )

    def __init__(self, *args: Any, offices: list[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pairs = {
            f"{office.pk}-{person.pk}": (office, person)
            for office in offices
            for person in leave.possible(office)
        }
        named = [(key, f"{office}：{person}") for key, (office, person) in self.pairs.items()]
        self.fields["choice"].choices = [("", gettext_lazy("请选择")), *named]


class LeaveView(DeskMixin, TemplateView):
    """One's own leaves, those one stands in for, and those that wait for one's word."""

    template_name = "desk/leave.html"
    page_title = gettext_lazy("代办")

    def roles(self) -> frozenset[str]:
        """Return those who may be stood in for, and who confirm."""
        return gates.LEAVE_KEEPERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what there is."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Name, confirm, decline or end; a refusal comes back with what was typed."""
        what = request.POST.get("do", "")
        if what == "name":
            return self._name()
        if what not in ("confirm", "decline", "end"):
            return self._show(refusal=_("没有看懂要办什么，请刷新页面后再办。"), status=422)
        one = self._one(request.POST.get("substitution", ""))
        try:
            if what == "confirm":
                leave.confirm(by=self._user(), substitution=one)
                said = _("已经同意，到日子自动开始、自动结束。")
            elif what == "decline":
                leave.decline(by=self._user(), substitution=one, reason=request.POST.get("reason", ""))
                said = _("已经答复不同意。")
            else:
                leave.end(by=self._user(), substitution=one)
                said = _("代办已经结束。")
        except PeopleError as error:
            return self._show(refusal=str(error), status=422)
        messages.success(request, said)
        return redirect("desk:leave")

    def _user(self) -> User:
        user: User = self.request.user
        return user

    def _offices(self) -> list[Office]:
        return [held for held in scope_of(self._user()).offices if held.role in leave.SUBSTITUTABLE]

    def _one(self, given: str) -> Substitution:
        pk = int(given) if given.isascii() and given.isdecimal() and len(given) < 18 else 0
        waiting = [one for one in leave.to_confirm(self._user()) if one.pk == pk]
        mine = Substitution.objects.filter(pk=pk, office__user=self._user())
        found = waiting[0] if waiting else mine.first()
        if found is None:
            raise Http404
        return found

    def _name(self) -> HttpResponse:
        form = LeaveForm(self.request.POST, offices=self._offices())
        if not form.is_valid():
            return self._show(form=form, refusal=_("还有要改的，写在各项下面。"), status=422)
        office, person = form.pairs[form.cleaned_data["choice"]]
        try:
            leave.name_substitute(
                by=self._user(),
                office=office,
                substitute=person,
                starts_on=form.cleaned_data["starts_on"],
                last_on=form.cleaned_data["last_on"],
                reason=form.cleaned_data["reason"],
            )
        except PeopleError as error:
            return self._show(form=form, refusal=str(error), status=422)
        messages.success(self.request, _("已经报给上级确认，确认以后才算数。"))
        return redirect("desk:leave")

    def _show(self, *, form: LeaveForm | None = None, refusal: str = "", status: int = 200) -> HttpResponse:
        offices, today = self._offices(), clock.today()
        mine = Substitution.objects.filter(Q(office__user=self._user()) | Q(substitute=self._user()))
        related = mine.select_related("office__area", "office__user", "substitute", "confirmed_by")
        rows = [
            {"one": one, "word": _word(one), "own": one.office.user_id == self._user().pk}
            for one in related.order_by("-starts_on", "-pk")[:SHOWN]
        ]
        for row in rows:
            one = row["one"]
            row["ends"] = row["own"] and one.last_on >= today and not (one.ended_at or one.declined_at)
        context = self.get_context_data(
            form=(form or LeaveForm(offices=offices)) if offices else None,
            rows=rows,
            waiting=leave.to_confirm(self._user()),
            refusal=refusal,
        )
        response: HttpResponse = self.render_to_response(context, status=status)
        add_never_cache_headers(response)
        return response


def _word(one: Substitution) -> str:
    today = clock.today()
    if one.declined_at:
        return _("上级没有同意")
    if one.ended_at:
        return _("已经提前结束")
    if one.last_on < today:
        return _("已经结束") if one.confirmed_at else _("没有确认，已过期")
    if not one.confirmed_at:
        return _("等上级确认，还不算数")
    return _("正在代办") if one.starts_on <= today else _("已经确认，还没有开始")
