"""Tables that leave the desk as XLSX: each is an event, so each is a POST; a GET finds nothing to do."""

from abc import abstractmethod
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import resolve, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from workflows.desk import batch_page, exports, gates
from workflows.desk.exports import Exported, ExportRefused

from .paper import FoundView

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOXES = ("todo", "open", "handled", "closed")


class ExportView(FoundView):
    """What every table shares: made for whoever may see its rows, refused with what to do."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Give the table; or go back to the page with what to do about it."""
        if request.POST.get("sheet") != "xlsx":
            messages.error(request, _("没有看懂要导出什么，请刷新页面后再办。"))
            return self.back()
        try:
            exported = self.table()
        except ExportRefused as error:
            messages.error(request, str(error))
            return self.back()
        response = FileResponse(exported.file, as_attachment=True, filename=exported.name, content_type=XLSX)
        response["Cache-Control"] = "private, no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response

    @abstractmethod
    def table(self) -> Exported:
        """Return the table."""


class ExportBatch(ExportView):
    """The rows of a batch."""

    def find(self) -> Any:
        """Return the batch as the person may see it."""
        return batch_page.find(self.user(), self.kwargs["number"])

    def table(self) -> Exported:
        """Return its rows."""
        return exports.export_batch(by=self.user(), batch=self.found)

    def back(self) -> Any:
        """Return to the batch."""
        return redirect("desk:batch", self.found.number)


class ExportList(ExportView):
    """待办, 在办, 已办 or 办结 as it stands on the screen, with its filters."""

    def find(self) -> Any:
        """Return the screen of the list, asked as the person would ask it."""
        box = self.kwargs["box"]
        if box not in BOXES:
            raise Http404
        # The screen that the address leads to, so that the table never holds other rows than it shows.
        view = resolve(reverse(f"desk:{box}")).func.view_class()
        view.setup(self.request)
        gates.require(self.request.user, view.roles())
        return view

    def table(self) -> Exported:
        """Return its batches and their cases."""
        return exports.export_batches(
            by=self.user(),
            box=self.kwargs["box"],
            title=str(self.found.page_title),
            batches=self.found.get_queryset(),
            filters=self.request.GET.dict(),
        )

    def back(self) -> Any:
        """Return to the list with its filters."""
        query = urlencode(self.request.GET.dict())
        address = reverse(f"desk:{self.kwargs['box']}")
        return redirect(f"{address}?{query}" if query else address)


class ExportHouseholds(ExportView):
    """The register's households."""

    def roles(self) -> frozenset[str]:
        """Return those who register."""
        return gates.REGISTRARS

    def find(self) -> Any:
        """Nothing is looked for: the table holds what the person may see."""
        return True

    def table(self) -> Exported:
        """Return the households."""
        return exports.export_households(by=self.user(), filters={})

    def back(self) -> Any:
        """Return to the register."""
        return redirect("desk:households")
