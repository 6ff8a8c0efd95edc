"""更多办理 of a batch: passing on, asking, copying, urging, noting; its timeline and the minutes attached."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal.files.errors import FileError
from portal.files.services import store
from portal.people.models import User
from workflows.desk import gates, more_acts
from workflows.engine import authority
from workflows.engine.errors import ActRefused, StaleCase
from workflows.engine.models import ActKind, Batch
from workflows.engine.services import act

from .base import DeskMixin
from .lists import DUE, ROWS, SUM, TITLE, BatchList

KEY_LENGTH = 64
KINDS = {
    kind.value: kind
    for kind in (
        ActKind.REASSIGN,
        ActKind.DELEGATE,
        ActKind.ADD_SIGN,
        ActKind.CC,
        ActKind.ANSWER,
        ActKind.CALL_BACK,
        ActKind.URGE,
        ActKind.NOTE,
        ActKind.READ,
    )
}


class MoreActsView(DeskMixin, TemplateView):
    """What passes between persons about one batch; everything is done by the engine's one door."""

    template_name = "desk/more_acts.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what may be done, by whom, and what was done."""
        return self._show(self._find())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do one act, or attach minutes; a refusal comes back with everything typed."""
        batch, what = self._find(), request.POST.get("do", "")
        try:
            if what == "attach":
                self._attach(batch)
                messages.success(request, _("附件已经收下。"))
            elif what in KINDS:
                self._act(batch, KINDS[what])
                messages.success(request, _("已经办好：%(what)s。") % {"what": KINDS[what].label})
            else:
                return self._show(batch, refusal=_("没有看懂要办什么，请刷新页面后再办。"), status=422)
        except StaleCase as error:
            return self._show(self._find(), refusal=str(error), status=409)
        except (ActRefused, FileError) as error:
            return self._show(batch, refusal=str(error), status=422)
        return redirect("desk:more", batch.number)

    def get_page_title(self) -> str:
        """Return the number; the heading shows the title itself."""
        return str(self.kwargs["number"])

    def _user(self) -> User:
        user: User = self.request.user
        return user

    def _find(self) -> Batch:
        found = Batch.objects.visible_to(self._user()).select_related("area", "held_by")
        batch = found.filter(number=self.kwargs["number"]).first()
        if batch is None:
            raise Http404
        return batch

    def _act(self, batch: Batch, kind: ActKind) -> None:
        data = self.request.POST
        seen, person = data.get("seen_version", ""), data.get("person", "")
        if not (seen.isascii() and seen.isdecimal() and len(seen) < 10):
            raise StaleCase
        chosen = int(person) if person.isascii() and person.isdecimal() and len(person) < 18 else None
        act(
            actor=self._user(),
            batch_id=batch.pk,
            seen_version=int(seen),
            opinion=data.get("opinion", "")[:500],
            payload={"person": chosen} if chosen else {},
            kind=kind,
            key=data.get("key", "")[:KEY_LENGTH],
        )

    def _attach(self, batch: Batch) -> None:
        offices = authority.offices_over(batch.area_path)
        if not more_acts.may_attach(self._user(), batch, offices):
            raise Http404
        for upload in self.request.FILES.getlist("files"):
            store(
                upload,
                name=upload.name or "",
                reference=f"{more_acts.FILE_KIND}:{batch.number}",
                by=self._user(),
                area_code=batch.area.code,
                line=batch.line,
            )

    def _show(self, batch: Batch, *, refusal: str = "", status: int = 200) -> HttpResponse:
        context = self.get_context_data(
            page=more_acts.gather(self._user(), batch),
            batch=batch,
            title=batch.title,
            refusal=refusal,
            typed=self.request.POST,
            key=uuid.uuid4().hex,
        )
        response: HttpResponse = self.render_to_response(context, status=status)
        add_never_cache_headers(response)
        return response


class Copies(BatchList):
    """抄送: batches of which the person was sent a copy and that an office of theirs covers."""

    page_title = gettext_lazy("抄送")
    index_url_name = "desk:copies"
    nothing = gettext_lazy("没有抄送给您的批次。")
    columns = [TITLE, DUE, ROWS, SUM]

    def roles(self) -> frozenset[str]:
        """Return every office that opens cases: supervisors and assessors are sent copies too."""
        return gates.READERS

    def get_base_queryset(self) -> QuerySet[Batch]:
        """Return the copies, the latest first."""
        return Batch.objects.copied_to(self.request.user).select_related("area").order_by("-pk")
