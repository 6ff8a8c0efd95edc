"""入户核查 of a whole batch: who went, when, and what they saw in each household, in one form."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal import clock
from workflows.desk import gates, keeping, visiting
from workflows.desk.signing import day_of
from workflows.engine.models import Batch, BatchState
from workflows.programmes.visits import VisitRefused, two_visitors

from .base import DeskMixin
from .kept import Kept


class VisitsView(Kept, DeskMixin, TemplateView):
    """The households of a batch that want a visit; what is sent of some of them leaves the others waiting."""

    template_name = "desk/visits.html"
    page_title = gettext_lazy("登记入户核查")
    kept_words = gettext_lazy("已经暂存，还没有登记；只有您自己看得到。照片要到登记时再选。")

    def roles(self) -> frozenset[str]:
        """Return those who visit."""
        return gates.VISITORS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show who wants a visit, with what was kept of the form."""
        batch = self._find()
        draft = keeping.draft_at(self.user(), self._place(batch))
        return self._show(batch, keeping.fields_of(draft.body) if draft else {})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Record what is filled in; what is refused comes back as it was typed, each with its reason."""
        batch = self._find()
        if self.keeps():
            return self.keep(self._place(batch))
        typed = request.POST.dict()
        try:
            visited_on = day_of(typed.get("visited_on", ""), _("入户日期"))
            visitors = two_visitors(typed.get("first_visitor", ""), typed.get("second_visitor", ""))
        except (VisitRefused, ValueError) as error:
            return self._show(batch, typed, refusal=str(error), status=422)
        page = visiting.to_visit(batch)
        photos = {row.case.pk: request.FILES.getlist(f"photos-{row.case.pk}") for row in page.rows}
        done, errors = visiting.record(
            by=self.user(),
            rows=page.rows,
            visited_on=visited_on,
            visitors=visitors,
            typed=typed,
            photos=photos,
        )
        if not done and not errors:
            return self._show(batch, typed, refusal=_("还没有填哪一户：写看到的情况，再选照片。"), status=422)
        if done:
            messages.success(request, _("登记好了 %(n)s 户的入户核查。") % {"n": done})
        if errors:
            refusal = _("有 %(n)s 户没有登记上，原因写在那一户下面；照片要重新选。") % {"n": len(errors)}
            return self._show(batch, typed, refusal=refusal, errors=errors, status=422)
        keeping.drop_draft(self.user(), self._place(batch))
        left = page.more or done < len(page.rows)
        return redirect("desk:visits" if left else "desk:batch", batch.number)

    def _find(self) -> Batch:
        found = Batch.objects.visible_to(self.user()).filter(state=BatchState.OPEN)
        batch = found.select_related("area").filter(number=self.kwargs["number"]).first()
        if batch is None:
            raise Http404
        return batch

    @staticmethod
    def _place(batch: Batch) -> str:
        return f"visits:{batch.number}"

    def _show(
        self,
        batch: Batch,
        typed: dict[str, str],
        *,
        refusal: str = "",
        errors: dict[int, str] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        page = visiting.to_visit(batch)
        visiting.type_in(page.rows, typed, errors or {})
        context = self.get_context_data(
            batch=batch, page=page, typed=typed, refusal=refusal, today=clock.today().isoformat()
        )
        return self.render_to_response(context, status=status)
