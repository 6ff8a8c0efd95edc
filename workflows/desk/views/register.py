"""农户: the households of one's own villages, and registering one with its members."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal.people.models import User
from workflows.desk import gates, register_forms
from workflows.desk.register_forms import (
    FIRST_MEMBERS,
    MORE_MEMBERS,
    MOST_MEMBERS,
    HouseholdForm,
    MemberForm,
)
from workflows.registry.duplicates import JUDGING_ROLES
from workflows.registry.labels import labels_on
from workflows.registry.models import Category, Household
from workflows.registry.services import NewMember, RegisterRefused, register_household

from .base import DeskMixin

A_PAGE = 30
# A county's reviewer writes the code instead.
VILLAGES_OFFERED = 200


class RegisterMixin(DeskMixin):
    """Open to those who register households; what it shows is kept by no browser."""

    request: HttpRequest

    def roles(self) -> frozenset[str]:
        """Return those who register."""
        return gates.REGISTRARS

    def user(self) -> User:
        """Return who asks."""
        user: User = self.request.user
        return user

    def show(self, *, status: int = 200, **context: Any) -> HttpResponse:
        """Show the page."""
        data = self.get_context_data(**context)
        response: HttpResponse = self.render_to_response(data, status=status)
        add_never_cache_headers(response)
        return response


class Households(RegisterMixin, TemplateView):
    """The households of the person's area: by village, group and category; found by number or full name."""

    template_name = "desk/register/list.html"
    page_title = gettext_lazy("农户")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the households, page by page."""
        return self._list("")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Find by name or number: by POST, what names a person never stands in an address."""
        return self._list(request.POST.get("name", "").replace("\x00", "")[:40])

    def _list(self, words: str) -> HttpResponse:
        asked = self.request.GET
        found = register_forms.narrowed(Household.objects.visible_to(self.user()), asked)
        found = register_forms.found(found, words)
        found = found.select_related("area").in_order()
        page = Paginator(found, A_PAGE).get_page(asked.get("p"))
        kept = {key: asked.get(key, "") for key in ("village", "group", "category")}
        return self.show(
            page=page,
            rows=register_forms.rows(page),
            name=words,
            kept=kept,
            narrowed=any(kept.values()),
            query=urlencode({key: value for key, value in kept.items() if value}),
            categories=labels_on(),
            villages=register_forms.villages_of(self.user())[:VILLAGES_OFFERED],
            judges=gates.holds(self.user(), frozenset(JUDGING_ROLES)),
        )


class RegisterView(RegisterMixin, TemplateView):
    """A new household: what belongs to it as a whole, and its members, the head first."""

    template_name = "desk/register/new.html"
    page_title = gettext_lazy("登记农户")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        members = [MemberForm(place=place) for place in range(FIRST_MEMBERS)]
        return self._form(HouseholdForm(user=self.user()), members)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Register; or show again what was typed and what is wrong with it, or with room for more members."""
        form = HouseholdForm(request.POST, user=self.user())
        given = request.POST.get("count", "")
        count = int(given) if given.isascii() and given.isdecimal() and len(given) < 4 else FIRST_MEMBERS
        count = min(max(count, 1), MOST_MEMBERS)
        if request.POST.get("do") == "more":
            return self._more(count)
        members = [MemberForm(request.POST, place=place) for place in range(count)]
        if not all([form.is_valid(), *(member.is_valid() for member in members)]):
            return self._form(form, members, refusal=_("还有要改的，写在各项下面。"), status=422)
        typed = [member for member in members if not member.empty]
        try:
            household = register_household(
                by=self.user(),
                area=form.cleaned_data["area"],
                group_name=form.cleaned_data["group_name"],
                category=Category(form.cleaned_data["category"]),
                members=[_member(member) for member in typed],
                phone=form.cleaned_data["phone"],
                bank_card=form.cleaned_data["bank_card"],
                cause=form.cleaned_data["cause"],
            )
        except RegisterRefused as error:
            _mark(form, typed, error)
            refusal = str(error) if not error.fields else _("还有要改的，写在各项下面。")
            return self._form(form, members, refusal=refusal, status=422)
        messages.success(
            request,
            _("已经登记：%(place)s，%(count)s 口人。") % {"place": household, "count": len(typed)},
        )
        return redirect("desk:household", household.pk)

    def _more(self, count: int) -> HttpResponse:
        """Show what was typed with empty rows added; nothing is judged yet."""
        typed = self.request.POST
        count = min(count + MORE_MEMBERS, MOST_MEMBERS)
        form = HouseholdForm(user=self.user(), initial=typed.dict())
        members = []
        for place in range(count):
            start = {name: typed.get(f"members-{place}-{name}", "") for name in MemberForm.base_fields}
            members.append(MemberForm(place=place, initial=start))
        return self._form(form, members)

    def _form(
        self, form: HouseholdForm, members: list[MemberForm], *, refusal: str = "", status: int = 200
    ) -> HttpResponse:
        more = len(members) < MOST_MEMBERS
        return self.show(status=status, form=form, members=members, refusal=refusal, more=more)


def _member(form: MemberForm) -> NewMember:
    typed = form.cleaned_data
    return NewMember(typed["name"], typed["relation"], typed["id_number"], labour=typed["labour"])


def _mark(form: HouseholdForm, typed: list[MemberForm], error: RegisterRefused) -> None:
    """Put what is wrong at its field; the service counts the members that were typed."""
    for name, said in error.fields.items():
        if not name.startswith("members-"):
            form.add_error(name, said)
            continue
        _word, place, field = name.split("-")
        if int(place) < len(typed):
            typed[int(place)].add_error(field, said)
