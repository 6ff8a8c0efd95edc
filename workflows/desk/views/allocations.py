"""公布资金分配: how funds that were handed down were divided, published when the sums reconcile."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from disclosure.deliberations.errors import DeliberationError
from disclosure.masking.services import Content, NotForThePublic
from disclosure.publicity.errors import BadRow, PublicityError
from disclosure.publicity.models import ListKind
from disclosure.publicity.services import Allocation, RowDraft, publish
from portal.people.models import Line, Office
from portal.people.scope import scope_of
from workflows.desk import gates
from workflows.desk.signing import day_of
from workflows.programmes.answers import fen_of

from .base import DeskMixin

MOST_ROWS = 500
LONGEST_TITLE = 60


class AllocationView(DeskMixin, TemplateView):
    """One form: title, document, total, day, and a line for each unit; refused, it comes back as it was."""

    template_name = "desk/allocation.html"
    page_title = gettext_lazy("公布资金分配")

    def roles(self) -> frozenset[str]:
        """Return who publishes allocations: the township's and the county's reviewers."""
        return gates.ALLOCATORS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Publish the allocation, or say why not."""
        data = request.POST
        office = self._office()
        title, document = data.get("title", "").strip(), data.get("document", "").strip()
        try:
            if not 4 <= len(title) <= LONGEST_TITLE:
                raise BadRow(_("请写标题（4到60字），比如：2026年衔接资金分配结果。"))
            new = publish(
                by=request.user,
                office=office,
                kind=ListKind.ANNOUNCEMENT,
                content=Content.ALLOCATIONS,
                area=office.area,
                line=Line.ASSISTANCE if office.line == Line.ALL else office.line,
                title=title,
                rows=_rows(data.get("rows", "")),
                reference=f"allocation:{document}"[:64],
                show_names=False,
                allocation=Allocation(
                    document,
                    _fen(data.get("total", "")),
                    day_of(data.get("handed_down_on", ""), _("资金下达的日期")),
                ),
            )
        except (PublicityError, DeliberationError, NotForThePublic, ValueError) as error:
            return self._show(refusal=str(error), status=422)
        messages.success(request, _("已经公布。"))
        return redirect("desk:list", new.number)

    def _office(self) -> Office:
        held = next((one for one in scope_of(self.request.user).offices if one.role in self.roles()), None)
        if held is None:
            raise Http404
        return held

    def _show(self, *, refusal: str = "", status: int = 200) -> HttpResponse:
        context = self.get_context_data(
            office=self._office(), typed=self.request.POST, refusal=refusal, longest=LONGEST_TITLE
        )
        return self.render_to_response(context, status=status)


def _rows(text: str) -> list[RowDraft]:
    """Return a row for each line, 单位或项目，金额; BadRow names the line that cannot be read."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_ROWS:
        raise BadRow(_("最多%(most)s行，请分开公布。") % {"most": MOST_ROWS})
    rows = []
    for position, line in enumerate(lines, 1):
        parts = line.replace("\t", "，").replace(",", "，", 1).split("，", 1)
        try:
            unit, fen = parts[0].strip(), fen_of(parts[1].strip())
        except (IndexError, ValueError):
            raise BadRow(_("第%(n)s行看不懂，请写成：单位或项目，金额（元）。") % {"n": position}) from None
        rows.append(RowDraft(f"allocation:{position}:{unit}"[:64], "", "", unit, fen))
    return rows


def _fen(text: str) -> int:
    try:
        return fen_of(text.strip())
    except ValueError:
        raise BadRow(_("下达的总金额要填数字，单位元，最多两位小数。")) from None
