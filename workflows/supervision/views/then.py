"""那天的样子: a list, a programme, a case, an office or a page as it was at the end of a day."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal import clock

from .. import searching
from ..asked import AskedWrongly
from ..then import Then, look
from .base import SupervisionMixin

KINDS = {
    "list": gettext_lazy("名单（编号）"),
    "case": gettext_lazy("办件（办件号）"),
    "programme": gettext_lazy("项目（名称）"),
    "office": gettext_lazy("任职（姓名、账号，或者地方）"),
    "page": gettext_lazy("网页（网址、索引号，或者标题）"),
}


class ThenView(SupervisionMixin, TemplateView):
    """Asked by POST, for it may be a person's name and is kept; nothing of it stands in an address."""

    template_name = "desk/supervision/then.html"
    page_title = gettext_lazy("那天的样子")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show what stood then; or the form as it was filled in with what to change."""
        said = {
            name: " ".join(request.POST.get(name, "").replace("\x00", "").split())[:200]
            for name in ("kind", "words", "on")
        }
        try:
            kind, words, on = self._read(said)
            searching.note_then(self.user(), kind, words, on.isoformat())
            then: Then | None = look(self.user(), kind, words, on)
        except AskedWrongly as error:
            context = self.get_context_data(said=said, wrong={error.field: str(error)})
            return self.render_to_response(context, status=422)
        return self.render_to_response(self.get_context_data(said=said, then=then, on=on))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the form and, where something was asked for, the answer."""
        kwargs.setdefault("said", {"kind": "list", "words": "", "on": clock.today().isoformat()})
        kwargs.setdefault("wrong", {})
        return super().get_context_data(**kwargs) | {"kinds": KINDS, "today": clock.today()}

    def _read(self, said: dict[str, str]) -> tuple[str, str, date]:
        if said["kind"] not in KINDS:
            raise AskedWrongly("kind", _("请选要看什么。"))
        if not said["words"]:
            raise AskedWrongly("words", _("请写编号或者名字。"))
        try:
            on = date.fromisoformat(said["on"])
        except ValueError:
            raise AskedWrongly("on", _("日期要写成 2026-11-21 这样。")) from None
        if not date(2000, 1, 1) <= on <= clock.today():
            raise AskedWrongly("on", _("只能看今天和以前的日子。"))
        return said["kind"], said["words"], on
