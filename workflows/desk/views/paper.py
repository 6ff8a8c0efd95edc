"""Sheets and tables that leave the desk. Each is an event, so each is a POST; a GET finds nothing to do."""

from abc import ABC, abstractmethod
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.generic import View

from disclosure.publicity.board import Paper, print_board
from disclosure.publicity.loudspeaker import SHEET as LOUDSPEAKER
from disclosure.publicity.loudspeaker import print_loudspeaker
from disclosure.publicity.models import PublicList
from portal.people.models import User
from portal.people.scope import scope_of
from portal.printing.errors import PrintingError
from workflows.desk import batch_page, case_page, gates, minutes_paper, paper
from workflows.desk.paper import Printed


class FoundView(ABC, View):
    """What is asked for is found first: what is hidden answers like what is missing, whatever the method."""

    http_method_names = ["post"]
    found: Any = None

    def roles(self) -> frozenset[str]:
        """Return the roles that open the address."""
        return gates.READERS

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let nobody in who may not see the thing itself."""
        gates.require(request.user, self.roles())
        self.found = self.find()
        if self.found is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def user(self) -> User:
        """Return who asks."""
        user: User = self.request.user
        return user

    @abstractmethod
    def find(self) -> Any:
        """Return what is to leave the desk as the person may see it, or None."""

    @abstractmethod
    def back(self) -> HttpResponse:
        """Return to the page that the form stands on."""


class SheetView(FoundView):
    """What every sheet shares: made for whoever may see what it is about, refused with what to do."""

    @abstractmethod
    def make(self) -> Printed | None:
        """Return the sheet, or None where what was asked for makes no sense."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Give the sheet; or go back to the page with what to do about it."""
        try:
            printed = self.make()
        except PrintingError as error:
            messages.error(request, str(error))
            return self.back()
        if printed is None:
            messages.error(request, _("没有看懂要打印什么，请刷新页面后再办。"))
            return self.back()
        return download(printed)


def download(printed: Printed) -> HttpResponse:
    """Return a sheet as a file that no browser or proxy keeps."""
    response = HttpResponse(printed.pdf, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, printed.name)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


class PrintCase(SheetView):
    """The 审批表 of one case."""

    def find(self) -> Any:
        """Return the case."""
        return case_page.find(self.user(), self.kwargs["number"])

    def make(self) -> Printed | None:
        """Return its form, where that is what was asked for."""
        asked = self.request.POST.get("sheet") == paper.FORM
        return paper.print_form(by=self.user(), case=self.found) if asked else None

    def back(self) -> HttpResponse:
        """Return to the case."""
        return redirect("desk:case", self.found.number)


class PrintBatch(SheetView):
    """The 审批表 of every case of a batch, or its 汇总表."""

    def find(self) -> Any:
        """Return the batch."""
        return batch_page.find(self.user(), self.kwargs["number"])

    def make(self) -> Printed | None:
        """Return the sheet that was asked for."""
        if self.request.POST.get("sheet") == minutes_paper.MINUTES:
            return minutes_paper.of_batch(
                by=self.user(), batch=self.found, step=self.request.POST.get("step", "")
            )
        making = {paper.FORM: paper.print_forms, paper.SUMMARY: paper.print_summary}
        make = making.get(self.request.POST.get("sheet", ""))
        return make(by=self.user(), batch=self.found) if make else None

    def back(self) -> HttpResponse:
        """Return to the batch."""
        return redirect("desk:batch", self.found.number)


class PrintBoard(SheetView):
    """The sheet of a list for the village's board, by whoever posts it."""

    def roles(self) -> frozenset[str]:
        """Return those who post lists."""
        return gates.POSTERS

    def find(self) -> Any:
        """Return the list as somebody who posts it sees it."""
        scope = scope_of(self.user())
        found = scope.filter(PublicList.objects.published(), roles=gates.POSTERS).select_related("area")
        return found.filter(number=self.kwargs["number"]).first()

    def make(self) -> Printed | None:
        """Return the sheet in the size that was asked for."""
        paper_size = self.request.POST.get("sheet", "")
        office = scope_of(self.user()).holds(gates.POSTERS, self.found.area_path, self.found.line)
        if office is None:
            return None
        if paper_size == LOUDSPEAKER:
            pdf = print_loudspeaker(by=self.user(), office=office, list=self.found)
            return Printed(pdf, f"{self.found.number}-{LOUDSPEAKER}.pdf")
        if paper_size not in set(Paper):
            return None
        pdf = print_board(by=self.user(), office=office, list=self.found, paper=Paper(paper_size))
        return Printed(pdf, f"{self.found.number}-{paper_size}.pdf")

    def back(self) -> HttpResponse:
        """Return to the list."""
        return redirect("desk:list", self.found.number)
