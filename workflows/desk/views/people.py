"""人员: accounts and their offices, for the security administrator; the audit administrator reads them."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import BaseListingView

from portal import clock
from portal.people import invitations, joint
from portal.people.errors import PeopleError
from portal.people.models import JointKind, Office, Role, User
from portal.people.scope import scope_of
from portal.people.services import (
    Invitation,
    end_office,
    hand_over,
    invite_account,
    reset_account,
)
from portal.signin import factors, locks, sessions
from workflows.desk import accounts, gates
from workflows.desk.accounts import EndForm, GrantForm, HandOverForm, InviteForm, ReasonForm

from .base import DeskMixin

# What the security administrator asks for and does not do alone.
ASKED = {
    "factors": JointKind.FACTORS,
    "reactivate": JointKind.REACTIVATE,
    "ask_reset": JointKind.RESET,
}


class AccountColumn(Column):
    """Name and user name."""

    cell_template_name = "desk/people/account_cell.html"


class OfficesColumn(Column):
    """The offices in force or to come."""

    cell_template_name = "desk/people/offices_cell.html"

    def get_value(self, instance: Any) -> list[Office]:
        """Return the offices that are not over."""
        return [office for office in instance.all_offices if accounts.lasting(office)]


class People(DeskMixin, BaseListingView):
    """The accounts within the person's area, by user name."""

    page_title = gettext_lazy("人员")
    template_name = "desk/people/list.html"
    model = User
    paginate_by = 20
    is_searchable = True
    index_url_name = "desk:people"
    table_classname = "desk-table desk-list"
    columns = [
        AccountColumn("username", label=gettext_lazy("人员"), classname="desk-what"),
        OfficesColumn("offices", label=gettext_lazy("职务"), classname="desk-offices-held"),
    ]

    def roles(self) -> frozenset[str]:
        """Return those who look after accounts and those who audit it."""
        return gates.ACCOUNT_READERS

    def get_base_queryset(self) -> QuerySet[User]:
        """Return the accounts in the person's area, each with its offices."""
        return accounts.with_offices(accounts.readable(self.request.user)).order_by("username")

    def search_queryset(self, queryset: QuerySet[User]) -> QuerySet[User]:
        """Find by user name or name."""
        return accounts.found_by(queryset, self.search_query)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the words of an empty list and whether the person may invite."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        context |= {"nothing": _("没有找到这样的人员。"), "search_hint": _("账号或姓名")}
        return context | {"acts": gates.holds(self.request.user, gates.ACCOUNT_KEEPERS)}


class SecretMixin(DeskMixin):
    """A screen that may show the address by which a person sets a password: once, in the answer to a POST.

    It stands in no address, message or log; no browser keeps the page.
    """

    request: HttpRequest

    def user(self) -> User:
        """Return who asks."""
        user: User = self.request.user
        return user

    def show(
        self, *, status: int = 200, invitation: Invitation | None = None, **context: Any
    ) -> HttpResponse:
        """Show the page, with the whole address of `invitation` where there is one."""
        link = self.request.build_absolute_uri(invitation.path) if invitation else ""
        data = self.get_context_data(invitation=invitation, link=link, **context)
        response: HttpResponse = self.render_to_response(data, status=status)
        add_never_cache_headers(response)
        return response


class InviteView(SecretMixin, TemplateView):
    """Invites a person to an account of their own."""

    template_name = "desk/people/invite.html"
    page_title = gettext_lazy("邀请建立账号")

    def roles(self) -> frozenset[str]:
        """Return those who look after accounts."""
        return gates.ACCOUNT_KEEPERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self.show(form=InviteForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Invite, and show the address once; or show again what was typed and why not."""
        form = InviteForm(request.POST)
        if form.is_valid():
            try:
                invitation = invite_account(by=self.user(), **form.cleaned_data)
            except PeopleError as error:
                return self.show(form=form, refusal=str(error), status=422)
            return self.show(form=InviteForm(), invitation=invitation)
        return self.show(form=form, refusal=_("还有要改的，写在各项下面。"), status=422)


class AccountView(SecretMixin, TemplateView):
    """One account: its offices with their days, and what may be done with it."""

    template_name = "desk/people/account.html"

    def roles(self) -> frozenset[str]:
        """Return those who look after accounts and those who audit it."""
        return gates.ACCOUNT_READERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the account."""
        return self._show(self._find())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Grant or end an office, reset the account or hand over its work; else say why not, nothing lost."""
        account = self._find()
        deeds: dict[str, Callable[[User], HttpResponse]] = {
            "grant": self._grant,
            "end": self._end,
            "reset": self._reset,
            "hand_over": self._hand_over,
            "factors": self._ask,
            "reactivate": self._ask,
            "ask_reset": self._ask,
            "end_session": self._end_session,
            "unlock": self._unlock,
        }
        deed = deeds.get(request.POST.get("do", ""))
        if not gates.holds(request.user, gates.ACCOUNT_KEEPERS):
            return self._show(account, refusal=_("这件事由安全管理员办，您只能查看。"), status=422)
        if deed is None:
            return self._show(account, refusal=_("没有看懂要办什么，请刷新页面后再办。"), status=422)
        return deed(account)

    def get_page_title(self) -> str:
        """Return the title of the page."""
        return _("人员")

    def _find(self) -> User:
        found = accounts.with_offices(accounts.readable(self.user())).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def _grant(self, account: User) -> HttpResponse:
        form = GrantForm(self.request.POST, prefix="grant", user=self.user())
        if not form.is_valid():
            return self._again(account, grant=form)
        try:
            act = joint.ask_for_office(by=self.user(), user=account, **form.cleaned_data)
        except PeopleError as error:
            return self._again(account, str(error), grant=form)
        messages.success(self.request, _("已经提出，等另一个人复核：%(office)s") % {"office": act.office})
        return redirect("desk:account", account.pk)

    def _ask(self, account: User) -> HttpResponse:
        """Ask a second person to clear the second factors, to bring the account back or to reset it."""
        kind = ASKED[self.request.POST.get("do", "")]
        form = ReasonForm(self.request.POST, prefix=kind.value)
        if not form.is_valid():
            return self._again(account, reason=form)
        try:
            if kind == JointKind.RESET:
                code = invitations.ask_for_reset(by=self.user(), user=account, **form.cleaned_data)
                return self._show(self._find(), told_code=code)
            joint.ask_for_account(by=self.user(), user=account, kind=kind, **form.cleaned_data)
        except PeopleError as error:
            return self._again(account, str(error), reason=form)
        messages.success(self.request, _("已经提出，等另一个人复核。"))
        return redirect("desk:account", account.pk)

    def _end_session(self, account: User) -> HttpResponse:
        given = self.request.POST.get("session", "")
        pk = int(given) if given.isascii() and given.isdecimal() and len(given) < 18 else 0
        try:
            sessions.end_for(by=self.user(), user=account, pk=pk)
        except PeopleError as error:
            return self._again(account, str(error))
        messages.success(self.request, _("已经结束这次登录。"))
        return redirect("desk:account", account.pk)

    def _unlock(self, account: User) -> HttpResponse:
        try:
            locks.unlock(by=self.user(), user=account)
        except PeopleError as error:
            return self._again(account, str(error))
        messages.success(self.request, _("已经解除锁定。"))
        return redirect("desk:account", account.pk)

    def _end(self, account: User) -> HttpResponse:
        given = self.request.POST.get("office", "")
        office = next((one for one in account.all_offices if str(one.pk) == given), None)
        if office is None:
            return self._again(account, _("没有找到这个职务，请刷新页面后再办。"))
        form = EndForm(self.request.POST, prefix=f"end-{office.pk}")
        if not form.is_valid():
            return self._again(account, end=form)
        try:
            end_office(by=self.user(), office=office, **form.cleaned_data)
        except PeopleError as error:
            return self._again(account, str(error), end=form)
        messages.success(self.request, _("已经办好离任：%(office)s") % {"office": office})
        # What was in sight may be so no longer: an account is found by its offices here.
        return redirect("desk:account", account.pk)

    def _reset(self, account: User) -> HttpResponse:
        try:
            invitation = reset_account(by=self.user(), user=account)
        except PeopleError as error:
            return self._again(account, str(error))
        return self._show(self._find(), invitation=invitation)

    def _hand_over(self, account: User) -> HttpResponse:
        form = HandOverForm(self.request.POST, prefix="hand")
        if not form.is_valid():
            return self._again(account, hand=form)
        to_user = accounts.readable(self.user()).filter(username=form.cleaned_data["to"].strip()).first()
        if to_user is None:
            form.add_error("to", _("您管的范围里没有这个账号，请核对"))
            return self._again(account, hand=form)
        try:
            moved = hand_over(
                by=self.user(), from_user=account, to_user=to_user, reason=form.cleaned_data["reason"]
            )
        except PeopleError as error:
            return self._again(account, str(error), hand=form)
        messages.success(
            self.request,
            _("已经移交给%(name)s，共 %(count)s 件。") % {"name": to_user, "count": moved},
        )
        return redirect("desk:account", account.pk)

    def _again(
        self,
        account: User,
        refusal: str = "",
        *,
        grant: GrantForm | None = None,
        end: EndForm | None = None,
        hand: HandOverForm | None = None,
        reason: ReasonForm | None = None,
    ) -> HttpResponse:
        refusal = refusal or _("还有要改的，写在各项下面。")
        return self._show(
            account, refusal=refusal, grant=grant, end=end, hand=hand, reason=reason, status=422
        )

    def _show(
        self,
        account: User,
        *,
        refusal: str = "",
        grant: GrantForm | None = None,
        end: EndForm | None = None,
        hand: HandOverForm | None = None,
        reason: ReasonForm | None = None,
        invitation: Invitation | None = None,
        told_code: str = "",
        status: int = 200,
    ) -> HttpResponse:
        today = clock.today()
        scope = scope_of(self.user())
        keeps = gates.holds(self.user(), gates.ACCOUNT_KEEPERS)
        offices = []
        for office in reversed(account.all_offices):
            ends = keeps and accounts.lasting(office)
            ends = ends and scope.holds(Role.SECURITY_ADMIN, office.area.path, None) is not None
            form: forms.Form | None = None
            if ends:
                prefix = f"end-{office.pk}"
                form = end if end and end.prefix == prefix else EndForm(prefix=prefix, initial={"on": today})
            offices.append(
                {
                    "office": office,
                    "waits": office.starts_on > today,
                    "over": not accounts.lasting(office),
                    "form": form,
                    "open": form is not None and form.is_bound,
                }
            )
        initial = {"starts_on": today}
        asked = {kind.value: ReasonForm(prefix=kind.value) for kind in JointKind}
        if reason:
            asked[str(reason.prefix)] = reason
        return self.show(
            status=status,
            invitation=invitation,
            told_code=told_code,
            account=account,
            offices=offices,
            acts=keeps and account.pk != self.user().pk,
            self_=account.pk == self.user().pk,
            grant=grant or GrantForm(prefix="grant", initial=initial, user=self.user()),
            hand=hand or HandOverForm(prefix="hand"),
            refusal=refusal,
            history=accounts.history(account),
            waiting=_waiting(account),
            asked=asked,
            two=invitations.takes_two(account),
            factors=factors.held_by(account),
            codes_left=factors.codes_left(account),
            sessions=list(sessions.live(account)),
            locked=account.username in locks.locked_names(),
        )


def _waiting(account: User) -> list[dict[str, Any]]:
    """Return what waits about `account`, each with who may agree to it, by name."""
    acts = list(joint.waiting().filter(user=account))
    names = ("、".join(str(person) for person in people) for people in joint.seconds_of(acts))
    return [{"act": act, "seconds": said} for act, said in zip(acts, names, strict=True)]
