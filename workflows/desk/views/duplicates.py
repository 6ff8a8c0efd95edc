"""疑似重复: members of one name and birth in one village, judged by the level above; each pair once."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from disclosure.masking.services import mask_id
from workflows.registry.duplicates import JUDGING_ROLES, judge
from workflows.registry.errors import RegisterRefused
from workflows.registry.models import DuplicatePair, DuplicateState, Member

from .register import RegisterMixin

A_PAGE = 20


class DuplicatesView(RegisterMixin, TemplateView):
    """The pairs that wait, the oldest first."""

    template_name = "desk/register/duplicates.html"
    page_title = gettext_lazy("疑似重复登记")

    def roles(self) -> frozenset[str]:
        """Return those who judge."""
        return frozenset(JUDGING_ROLES)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the pairs."""
        return self._list()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Judge one pair; else say why not, with what was typed."""
        typed = request.POST
        given = typed.get("pair", "")
        pk = int(given) if given.isascii() and given.isdecimal() and len(given) < 18 else 0
        pair = DuplicatePair.objects.visible_to(self.user()).filter(pk=pk).first()
        if pair is None and given:
            raise Http404
        if pair is None or typed.get("do") not in ("same", "distinct"):
            return self._list(refusal=_("没有看懂要办什么，请刷新页面后再办。"), status=422)
        reason = typed.get("reason", "").replace("\x00", "")[:200]
        try:
            judge(by=self.user(), pair=pair, same=typed["do"] == "same", reason=reason)
        except RegisterRefused as error:
            return self._list(refusal=str(error), at=pair.pk, reason=reason, status=422)
        messages.success(request, _("已经判定，这一对不会再提出来。"))
        return redirect("desk:duplicates")

    def _list(self, *, refusal: str = "", at: int = 0, reason: str = "", status: int = 200) -> HttpResponse:
        pairs = DuplicatePair.objects.visible_to(self.user()).filter(state=DuplicateState.OPEN)
        pairs = pairs.select_related("area", "first__household__area", "second__household__area").order_by(
            "found_at", "pk"
        )
        page = Paginator(pairs, A_PAGE).get_page(self.request.GET.get("p"))
        rows = [
            {"pair": one, "sides": [_side(one.first), _side(one.second)], "reason": reason * (one.pk == at)}
            for one in page
        ]
        return self.show(status=status, page=page, rows=rows, refusal=refusal)


def _side(member: Member) -> dict[str, Any]:
    return {
        "member": member,
        "household": member.household,
        "id": mask_id(member.id_number) if member.id_number else _("没有"),
    }
