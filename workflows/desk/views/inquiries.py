"""检索封存: supervisors of the county ask to open what inspectors searched, and another one opens it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal import clock
from portal.inquiries import reach, services
from portal.inquiries.errors import InquiryError
from portal.inquiries.models import Opening, SealedInquiry
from portal.people.models import User
from workflows.desk import gates
from workflows.desk.form_parts import DayField

from .base import DeskMixin

SHOWN = 20
WHERE = {
    "desk:find": gettext_lazy("批次和办件"),
    "desk:requests": gettext_lazy("申请"),
    "desk:objections": gettext_lazy("异议"),
    "desk:lists": gettext_lazy("公示"),
    "desk:tickets": gettext_lazy("整改"),
    "desk:matters": gettext_lazy("村务"),
    "desk:notices": gettext_lazy("告知书"),
    "desk:trail": gettext_lazy("留痕"),
    "desk:then": gettext_lazy("留痕：当时的名册"),
}


class AskForm(forms.Form):
    """Whose searches are to be opened, of which days, and why."""

    whose = forms.ChoiceField(label=gettext_lazy("谁的检索"), required=False)
    first_on = DayField(label=gettext_lazy("从哪天"))
    last_on = DayField(label=gettext_lazy("到哪天（含这一天）"))
    reason = forms.CharField(
        label=gettext_lazy("为什么要开封"),
        max_length=400,
        help_text=gettext_lazy("例如举报编号、谈话安排；加密保存"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = [office.area for office in reach.chief_offices(user)]
        others = reach.inspectors(*areas).exclude(pk=user.pk)
        people = sorted(((str(one.pk), str(one)) for one in others), key=lambda pair: pair[1])
        self.fields["whose"].choices = [("", gettext_lazy("所有人")), *people]


class InquiriesView(DeskMixin, TemplateView):
    """Asking to open sealed searches, opening what another asked for, and what became of earlier requests."""

    template_name = "desk/inquiries.html"
    page_title = gettext_lazy("检索封存")

    def roles(self) -> frozenset[str]:
        """Return the supervisors."""
        return gates.INQUIRY_OPENERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what waits and what was done; never what is sealed."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask, open or decline; what was opened stands in this one answer."""
        what = request.POST.get("do", "")
        if what == "ask":
            return self._ask()
        if what not in ("open", "decline"):
            return self._show(refusal=_("没有看懂要办什么，请刷新页面后再办。"), status=422)
        try:
            if what == "decline":
                services.decline_opening(by=self._user(), opening=self._one())
                messages.success(request, _("已经答复不同意。"))
                return redirect("desk:inquiries")
            opening = self._one()
            answer = services.open_sealed(by=self._user(), opening=opening, key=request.POST.get("key", ""))
        except InquiryError as error:
            return self._show(refusal=str(error), status=422)
        return self._show(found=[self._row(one) for one in answer.found], shut=answer.shut, opened=opening)

    def _ask(self) -> HttpResponse:
        form = AskForm(self.request.POST, user=self._user())
        if not form.is_valid():
            return self._show(form=form, refusal=_("还有要改的，写在各项下面。"), status=422)
        given = form.cleaned_data["whose"]
        whose = User.objects.get(pk=int(given)) if given else None
        days = {name: form.cleaned_data[name] for name in ("first_on", "last_on", "reason")}
        try:
            services.ask_opening(by=self._user(), whose=whose, **days)
        except InquiryError as error:
            return self._show(form=form, refusal=str(error), status=422)
        messages.success(self.request, _("已经提出，请另一位县级监督员带着开封钥匙来办。"))
        return redirect("desk:inquiries")

    def _one(self) -> Opening:
        given = self.request.POST.get("opening", "")
        pk = int(given) if given.isascii() and given.isdecimal() and len(given) < 18 else 0
        found = reach.readable(self._user()).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def _user(self) -> User:
        user: User = self.request.user
        return user

    def _row(self, one: services.Searched) -> dict[str, Any]:
        name = User.objects.filter(username=one.username).first()
        return {"at": one.at, "who": name or one.username, "where": WHERE.get(one.where, one.where)} | {
            "words": one.words
        }

    def _show(
        self,
        *,
        form: AskForm | None = None,
        refusal: str = "",
        status: int = 200,
        found: list[dict[str, Any]] | None = None,
        shut: int = 0,
        opened: Opening | None = None,
    ) -> HttpResponse:
        chief = services.chief_office(self._user()) is not None
        rows = reach.readable(self._user()).select_related("asked_by", "answered_by", "whose")
        today = clock.today()
        first = {"first_on": today.replace(day=1), "last_on": today}
        context = self.get_context_data(
            chief=chief,
            form=(form or AskForm(user=self._user(), initial=first)) if chief else None,
            waiting=list(rows.filter(answered_at=None).order_by("-pk")),
            answered=list(rows.exclude(answered_at=None).order_by("-answered_at")[:SHOWN]),
            sealed_count=SealedInquiry.objects.count() if chief else 0,
            me=self._user(),
            found=found,
            shut=shut,
            opened=opened,
            refusal=refusal,
        )
        response: HttpResponse = self.render_to_response(context, status=status)
        add_never_cache_headers(response)
        return response
