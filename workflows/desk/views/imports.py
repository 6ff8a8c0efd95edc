"""导入农户: the template, an upload that is only looked through, and its confirmation."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from portal import clock
from portal.files.errors import FileError
from workflows.registry.errors import RegisterRefused, StaleImport, TableRefused
from workflows.registry.imports.services import confirm, preview, withdraw
from workflows.registry.imports.template import template
from workflows.registry.models import HouseholdImport, ImportState

from .register import RegisterMixin

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A table of a thousand mistakes is mended a screenful at a time.
TOLD = 200
PAST = 20


class ImportsView(RegisterMixin, TemplateView):
    """The template and the upload, and the person's own uploads."""

    template_name = "desk/register/imports.html"
    page_title = gettext_lazy("导入农户")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._form()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Look through what was uploaded; nothing of it comes into the register yet."""
        upload = request.FILES.get("table")
        if upload is None:
            return self._form(_("请先选择填好的表格，再点“上传看结果”。"), status=422)
        try:
            pending = preview(by=self.user(), upload=upload)
        except (TableRefused, RegisterRefused, FileError) as error:
            return self._form(str(error), status=422)
        return redirect("desk:import", pending.pk)

    def _form(self, refusal: str = "", *, status: int = 200) -> HttpResponse:
        own = HouseholdImport.objects.visible_to(self.user()).filter(uploaded_by=self.user())
        past = own.select_related("area").order_by("-pk")[:PAST]
        return self.show(status=status, refusal=refusal, past=past)


class TemplateFile(RegisterMixin, View):
    """The empty table."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Give the template; it holds nobody's data."""
        response = HttpResponse(template(), content_type=SHEET)
        response["Content-Disposition"] = content_disposition_header(True, _("农户导入模板.xlsx"))
        response["Cache-Control"] = "private, no-store"
        return response


class ImportView(RegisterMixin, TemplateView):
    """One upload: its errors by cell, or what it would change; confirmed or given up by who uploaded it."""

    template_name = "desk/register/import.html"

    def get_page_title(self) -> str:
        """Return the number."""
        return _("导入 %(number)s") % {"number": self.kwargs["pk"]}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what was found."""
        return self._page(self._find())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Write all of it, or give it up; else say why not."""
        pending = self._find()
        what = request.POST.get("do", "")
        try:
            if what == "confirm":
                seen = request.POST.get("digest", "")
                counts = confirm(by=self.user(), pending=pending, seen_digest=seen)
                said = _("已经导入：新登记 %(new)s 户 %(people)s 人，改动 %(changed)s 户。")
                messages.success(request, said % counts)
                return redirect("desk:households")
            if what == "withdraw":
                withdraw(by=self.user(), pending=pending)
                messages.success(request, _("已经放弃，什么都没有写入户档。"))
                return redirect("desk:imports")
        except (StaleImport, TableRefused, RegisterRefused, FileError) as error:
            return self._page(self._find(), str(error), status=422)
        return self._page(pending, _("没有看懂要办什么，请刷新页面后再办。"), status=422)

    def _find(self) -> HouseholdImport:
        """Return the upload of who asks; anybody else's is not there."""
        own = HouseholdImport.objects.visible_to(self.user()).filter(uploaded_by=self.user())
        found: HouseholdImport | None = (
            own.select_related("area", "file").filter(pk=self.kwargs["pk"]).first()
        )
        if found is None:
            raise Http404
        return found

    def _page(self, pending: HouseholdImport, refusal: str = "", *, status: int = 200) -> HttpResponse:
        plan: dict[str, Any] = json.loads(pending.plan) if pending.plan else {}
        open_ = pending.state == ImportState.PENDING and pending.expires_at > clock.now()
        errors = plan.get("errors", [])
        return self.show(
            status=status,
            pending=pending,
            plan=plan if open_ else {},
            errors=[(_where(place), said) for place, said in errors[:TOLD]] if open_ else [],
            more_errors=max(0, len(errors) - TOLD),
            refusal=refusal,
            is_open=open_,
            confirms=open_ and not errors and bool(pending.counts["new"] or pending.counts["changed"]),
        )


def _where(place: str) -> str:
    """Return the address of a cell, of a whole row or of a whole column as people say it."""
    if place.isdecimal():
        return _("第 %(n)s 行") % {"n": place}
    return _("%(letter)s 列") % {"letter": place} if place.isascii() and place.isalpha() else place
