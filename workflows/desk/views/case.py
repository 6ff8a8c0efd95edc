"""The page of a case: all of one household's application, and what this person may do with it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from portal import clock
from portal.files.errors import FileError
from portal.people.models import User
from workflows.desk import case_history, case_page, evidence
from workflows.desk.attachments import NotAttached, attach
from workflows.desk.signing import day_of
from workflows.engine.models import Case
from workflows.notices.models import ServiceMethod
from workflows.notices.services import ServiceRefused, serve
from workflows.programmes.visits import VisitRefused, record_visit

from .base import DeskMixin


class CaseView(DeskMixin, TemplateView):
    """One case, read by everybody whose offices cover it."""

    template_name = "desk/case.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the case."""
        return self._show(self._find())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Record a visit or a service, or attach files; or show again what was typed and why not."""
        case = self._find()
        deeds = {"visit": self._visit, "serve": self._serve, "attach": self._attach}
        what = request.POST.get("do", "")
        if what not in deeds:
            return self._show(case, refusal=_("没有看懂要办什么，请刷新页面后再办。"), status=422)
        try:
            messages.success(request, deeds[what](case))
        except (VisitRefused, ServiceRefused, NotAttached, FileError, ValueError) as error:
            return self._show(case, refusal=str(error), status=422)
        return redirect("desk:case", case.number)

    def get_page_title(self) -> str:
        """Return the number: no name stands in a window's title."""
        return _("办件 %(number)s") % {"number": self.kwargs["number"]}

    def _user(self) -> User:
        user: User = self.request.user
        return user

    def _find(self) -> Case:
        case = case_page.find(self._user(), self.kwargs["number"])
        if case is None:
            raise Http404
        return case

    def _visit(self, case: Case) -> str:
        data = self.request.POST
        record_visit(
            by=self._user(),
            case=case,
            visited_on=day_of(data.get("visited_on", ""), _("入户日期")),
            first_visitor=data.get("first_visitor", ""),
            second_visitor=data.get("second_visitor", ""),
            note=data.get("visit_note", ""),
            photos=self.request.FILES.getlist("photos"),
        )
        return _("入户核查已经登记。")

    def _serve(self, case: Case) -> str:
        data = self.request.POST
        how = data.get("how", "")
        if how not in ServiceMethod.values:
            raise ValueError(_("请选择怎么送达的。"))
        given = data.get("notice", "")
        serve(
            by=self._user(),
            notice_id=int(given) if given.isdecimal() and len(given) < 18 else 0,
            served_on=day_of(data.get("served_on", ""), _("送达日期")),
            how=ServiceMethod(how),
            served_to=data.get("served_to", ""),
        )
        return _("送达已经登记。")

    def _attach(self, case: Case) -> str:
        uploads = self.request.FILES.getlist("files")
        if not uploads:
            raise NotAttached(_("请先选择文件。"))
        what = self.request.POST.get("what", "")
        taken, refused = attach(self._user(), case, uploads, what if what in evidence.of_case(case) else "")
        if refused:
            raise NotAttached("；".join(refused))
        return _("收下了 %(count)s 个附件。") % {"count": taken}

    def _show(self, case: Case, *, refusal: str = "", status: int = 200) -> HttpResponse:
        if refusal:
            messages.error(self.request, refusal)
        on = case_history.day_asked(self.request.GET.get("on", ""))
        context = self.get_context_data(
            page=case_page.gather(self._user(), case),
            as_of=case_history.as_of(case, on) if on else None,
            changes=case_history.changes_of(case),
            case=case,
            refusal=refusal,
            typed=self.request.POST,
            methods=ServiceMethod.choices,
            today=clock.today().isoformat(),
        )
        return self.render_to_response(context, status=status)
