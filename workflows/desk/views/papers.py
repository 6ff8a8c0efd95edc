"""会议材料: adding minutes, sign-in sheets and photos to the meetings of a batch, also from a phone."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views import View

from disclosure.deliberations.errors import DeliberationError
from disclosure.deliberations.models import Deliberation, PaperKind
from disclosure.deliberations.papers import attach_paper
from disclosure.deliberations.services import RECORDING_ROLES
from portal.files.errors import FileError
from portal.people.scope import scope_of


class PapersView(View):
    """Takes files for one deliberation and goes back to its batch; each stands for itself."""

    http_method_names = ["post"]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the deliberation and the office by which papers are added to it, or neither."""
        super().setup(request, *args, **kwargs)
        scope = scope_of(request.user)
        self.found = scope.filter(Deliberation.objects.filter(number=kwargs["number"])).first()
        self.office = (
            scope.holds(frozenset(RECORDING_ROLES), self.found.area_path, self.found.line)
            if self.found is not None
            else None
        )

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Let in only who may add papers, whatever is asked; a hidden deliberation is like a missing one."""
        if self.office is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep what was sent, and say how many were taken and why the others were not."""
        if self.office is None or self.found is None:
            raise Http404
        taken = 0
        said = {
            "step": request.POST.get("step", ""),
            "kind": request.POST.get("kind", "") or PaperKind.OTHER,
        }
        for upload in request.FILES.getlist("papers"):
            try:
                attach_paper(
                    by=request.user, office=self.office, number=self.found.number, upload=upload, **said
                )
                taken += 1
            except (FileError, DeliberationError) as error:
                messages.error(request, f"{upload.name}：{error}")
        if taken:
            messages.success(request, _("收下了 %(n)s 份会议材料。") % {"n": taken})
        elif not request.FILES:
            messages.error(request, _("还没有选文件，请拍照或选好再传。"))
        about, _colon, number = self.found.reference.partition(":")
        return redirect("desk:matter" if about == "village" else "desk:batch", number)
