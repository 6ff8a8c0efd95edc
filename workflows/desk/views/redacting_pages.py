"""紧急删去 on a page, a programme or a file, opened by its address; a second official decides."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.models import Page

from disclosure.pages import redaction as pages
from disclosure.pages import uploads
from disclosure.pages.taking_out import Text
from disclosure.publicity import redacting, redaction_targets
from disclosure.publicity.incidents import Datum
from disclosure.publicity.tombstones import is_tombstone
from portal.areas.models import Area
from portal.people.models import Office
from portal.people.scope import scope_of
from workflows.programmes import redaction as programmes

from .base import DeskMixin
from .redactions import REFUSED

SHOWN = 60


@dataclass(frozen=True)
class Thing:
    """What stands at a public address, as the form asks about it; a whole file has no text to choose."""

    target: str
    key: str
    title: str
    area: Area | None
    line: str | None
    texts: tuple[Text, ...]
    # Of a file: what else has the same bytes and goes with it.
    also: tuple[str, ...] = ()

    @property
    def is_file(self) -> bool:
        """Return whether it is a picture or a document, which goes as a whole."""
        return self.target == uploads.TARGET

    @property
    def stays(self) -> str:
        """Return in words what no redaction takes back of it, or nothing."""
        known = redaction_targets.get(self.target)
        return known.stays(self.key, "") if known else ""

    @property
    def offered(self) -> list[tuple[str, str]]:
        """Return the texts that may be chosen, by key, with how they begin."""
        return [
            (text.key, f"{text.label}：{_short(text)}") for text in self.texts if not is_tombstone(text.value)
        ]


class RedactPageView(DeskMixin, TemplateView):
    """Asking: which paragraph of a notice, a policy, a reading or a programme, which words; or which file."""

    template_name = "desk/redact_page.html"
    page_title = gettext_lazy("紧急删去网页上的个人信息")

    def roles(self) -> frozenset[str]:
        """Return who may ask."""
        return frozenset(redacting.ASKING_ROLES)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show where to write the address; with one, the texts that stand there."""
        address = request.GET.get("address", "").strip()
        thing, _office = self._found(address)
        refusal = "" if thing or not address else str(redacting.missing())
        return self._show(thing, address, refusal=refusal, status=404 if refusal else 200)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask; a refusal comes back with what was typed."""
        data = request.POST
        address = data.get("address", "").strip()
        thing, office = self._found(address)
        part = data.get("part", "")
        try:
            if thing is None or office is None:
                raise redacting.missing()
            words = pages.WORDS if part.strip() else pages.WHOLE
            redacting.ask(
                by=request.user,
                office=office,
                target=thing.target,
                object_id=thing.key if thing.is_file else f"{thing.key}#{data.get('text', '')[:24]}",
                field=uploads.WHOLE if thing.is_file else words,
                datum=data.get("datum", ""),
                note=data.get("note", ""),
                part=part,
            )
        except REFUSED as error:
            return self._show(thing, address, refusal=str(error), status=422)
        messages.success(request, _("已经提出，能确认的人都收到了消息。等第二个人确认，网上马上就没有了。"))
        return redirect("desk:redactions")

    def _found(self, address: str) -> tuple[Thing | None, Office | None]:
        """Return what is public at `address` and the office by which this official asks, or two None."""
        thing = thing_at(address)
        scope = scope_of(self.request.user)
        office = scope.holds(self.roles(), thing.area.path, thing.line) if thing and thing.area else None
        return (thing, office) if office else (None, None)

    def _show(
        self, thing: Thing | None, address: str, *, refusal: str = "", status: int = 200
    ) -> HttpResponse:
        context = self.get_context_data(
            thing=thing,
            stays=thing.stays if thing else "",
            address=address,
            data=Datum.choices,
            typed=self.request.POST,
            refusal=refusal,
        )
        return self.render_to_response(context, status=status)


def thing_at(address: str) -> Thing | None:
    """Return what is, or was, public at `address` (whole, or its path alone), or None."""
    path = unquote(urlsplit(address).path).removeprefix("/da/").strip("/")
    if not path or len(path) > 300:
        return None
    parts = path.split("/")
    if parts[0] == "programmes" and len(parts) == 2:
        return _programme(parts[1])
    key = uploads.at(f"/{path}") or uploads.at(f"/{path}/")
    upload = uploads.one(key) if key else None
    if key and upload is not None:
        also = tuple(
            f"{other.title} {uploads.address_of(other)}"
            for its_key, other in uploads.alike(upload)
            if its_key != key
        )
        return Thing(uploads.TARGET, key, upload.title, uploads.place_of(upload), None, (), also)
    return _page(f"/{path}/")


def _programme(slug: str) -> Thing | None:
    found = programmes.by_slug(slug)
    if found is None:
        return None
    texts = tuple(programmes.public_texts(found))
    return Thing(programmes.TARGET, str(found.pk), found.title, found.area, str(found.line), texts)


def _page(path: str) -> Thing | None:
    # The first step of Wagtail's own path is the home page's.
    found = Page.objects.filter(depth__gt=2, slug=path.rsplit("/", 2)[1]).order_by("pk")
    same = (one for one in found if one.url_path[one.url_path.index("/", 1) :] == path)
    page = next(same, None)
    specific = page.specific if page else None
    texts = tuple(pages.public_texts(specific)) if specific else ()
    if specific is None or not texts:
        return None
    return Thing(pages.TARGET, str(specific.pk), specific.title, pages.place_of(specific), None, texts)


def _short(text: Text) -> str:
    return text.value if len(text.value) <= SHOWN else f"{text.value[:SHOWN]}……"
