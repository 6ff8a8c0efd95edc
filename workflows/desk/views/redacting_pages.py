"""紧急删去 on a page: an official opens it by its address and asks; a second one decides."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.models import Page

from disclosure.pages.redaction import FIELDS, TARGET, WHOLE, WORDS, place_of, public_texts
from disclosure.pages.taking_out import Text
from disclosure.publicity import redacting
from disclosure.publicity.incidents import Datum
from disclosure.publicity.tombstones import is_tombstone
from portal.people.models import Office
from portal.people.scope import scope_of

from .base import DeskMixin
from .redactions import REFUSED

SHOWN = 60


class RedactPageView(DeskMixin, TemplateView):
    """Asking: which paragraph of a notice, a policy or a reading, and which words of it."""

    template_name = "desk/redact_page.html"
    page_title = gettext_lazy("紧急删去网页上的个人信息")

    def roles(self) -> frozenset[str]:
        """Return who may ask."""
        return frozenset(redacting.ASKING_ROLES)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show where to write the page's address; with one, its texts."""
        address = request.GET.get("address", "").strip()
        page, office = self._found(address)
        refusal = "" if page or not address else str(redacting.missing())
        return self._show(page, office, address, refusal=refusal, status=404 if refusal else 200)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask; a refusal comes back with what was typed."""
        data = request.POST
        address = data.get("address", "").strip()
        page, office = self._found(address)
        part = data.get("part", "")
        try:
            if page is None or office is None:
                raise redacting.missing()
            redacting.ask(
                by=request.user,
                office=office,
                target=TARGET,
                object_id=f"{page.pk}#{data.get('text', '')[:24]}",
                field=WORDS if part.strip() else WHOLE,
                datum=data.get("datum", ""),
                note=data.get("note", ""),
                part=part,
            )
        except REFUSED as error:
            return self._show(page, office, address, refusal=str(error), status=422)
        messages.success(request, _("已经提出，能确认的人都收到了消息。等第二个人确认，网上马上就没有了。"))
        return redirect("desk:redactions")

    def _found(self, address: str) -> tuple[Any, Office | None]:
        """Return the public page at `address` and the office by which this official asks, or two None."""
        page = page_at(address)
        area = place_of(page) if page else None
        scope = scope_of(self.request.user)
        office = scope.holds(self.roles(), area.path, None) if area else None
        return (page, office) if office else (None, None)

    def _show(
        self, page: Any, office: Office | None, address: str, *, refusal: str = "", status: int = 200
    ) -> HttpResponse:
        context = self.get_context_data(
            page=page,
            address=address,
            texts=_offered(page) if page else [],
            fields=FIELDS,
            data=Datum.choices,
            typed=self.request.POST,
            refusal=refusal,
        )
        return self.render_to_response(context, status=status)


def page_at(address: str) -> Any:
    """Return the page that is, or was, public at `address` (whole, or its path alone), or None."""
    path = unquote(urlsplit(address).path).removeprefix("/da/")
    path = f"/{path.strip('/')}/" if path.strip("/") else ""
    if not path or len(path) > 300:
        return None
    # The first step of Wagtail's own path is the home page's.
    found = Page.objects.filter(depth__gt=2, slug=path.rsplit("/", 2)[1]).order_by("pk")
    same = (one for one in found if one.url_path[one.url_path.index("/", 1) :] == path)
    page = next(same, None)
    specific = page.specific if page else None
    return specific if specific and public_texts(specific) else None


def _offered(page: Any) -> list[tuple[str, str]]:
    return [
        (text.key, f"{text.label}：{_short(text)}")
        for text in public_texts(page)
        if not is_tombstone(text.value)
    ]


def _short(text: Text) -> str:
    return text.value if len(text.value) <= SHOWN else f"{text.value[:SHOWN]}……"
