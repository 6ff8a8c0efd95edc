"""紧急删去: a personal datum published by mistake, asked for by one official, decided by another."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from disclosure.deliberations.errors import DeliberationError
from disclosure.masking.services import NotForThePublic
from disclosure.publicity import redacting
from disclosure.publicity.errors import PublicityError
from disclosure.publicity.incidents import Datum, RedactionState
from disclosure.publicity.models import Objection, PublicList
from disclosure.publicity.redaction_targets import (
    LIST_FIELDS,
    MEETING_FIELDS,
    OBJECTION_FIELDS,
    ROW_FIELDS,
)
from disclosure.publicity.tombstones import is_tombstone
from portal.people.models import Office
from portal.people.scope import scope_of
from workflows.desk import gates

from .base import DeskMixin

REFUSED = (PublicityError, DeliberationError, NotForThePublic)
SHOWN = 50


class RedactView(DeskMixin, TemplateView):
    """Asking: which text of a list, of the answers to its objections or of its meetings."""

    template_name = "desk/redact.html"

    def roles(self) -> frozenset[str]:
        """Return who may ask."""
        return frozenset(redacting.ASKING_ROLES)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._show(*self._find())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask; a refusal comes back with what was typed."""
        found, office = self._find()
        data = request.POST
        try:
            target, object_id, field = _chosen(found, data.get("text", ""), data.get("row", "").strip())
            redacting.ask(
                by=request.user,
                office=office,
                target=target,
                object_id=object_id,
                field=field,
                datum=data.get("datum", ""),
                note=data.get("note", ""),
            )
        except REFUSED as error:
            return self._show(found, office, refusal=str(error), status=422)
        messages.success(request, _("已经提出，能确认的人都收到了消息。等第二个人确认，网上马上就没有了。"))
        return redirect("desk:redactions")

    def get_page_title(self) -> str:
        """Return the list's number."""
        return _("紧急删去个人信息 %(number)s") % {"number": self.kwargs["number"]}

    def _find(self) -> tuple[PublicList, Office]:
        scope = scope_of(self.request.user)
        lists = scope.filter(PublicList.objects.published()).select_related("area", "deliberation")
        found = lists.filter(number=self.kwargs["number"]).first()
        office = scope.holds(self.roles(), found.area_path, found.line) if found else None
        if found is None or office is None:
            raise Http404
        return found, office

    def _show(
        self, found: PublicList, office: Office, *, refusal: str = "", status: int = 200
    ) -> HttpResponse:
        context = self.get_context_data(
            list=found,
            texts=_texts(found, self.request.user),
            data=Datum.choices,
            typed=self.request.POST,
            refusal=refusal,
        )
        return self.render_to_response(context, status=status)


class Redactions(DeskMixin, TemplateView):
    """What waits for a second person, and what was taken out, when and by whom."""

    template_name = "desk/redactions.html"
    page_title = gettext_lazy("紧急删去个人信息")

    def roles(self) -> frozenset[str]:
        """Return who asks, decides or watches."""
        return gates.REDACTION_READERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show them."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Confirm or decline one."""
        data = request.POST
        given = data.get("redaction", "")
        try:
            waiting = redacting.waiting_for(request.user)
            found = waiting.filter(pk=int(given)).first() if given.isdecimal() and len(given) < 18 else None
            roles = frozenset(redacting.DECIDING_ROLES)
            if found is None:
                raise redacting.missing()
            office = scope_of(request.user).holds(roles, found.area_path, found.line)
            if office is None:
                raise redacting.missing()
            if data.get("do") == "confirm":
                done = redacting.confirm(by=request.user, office=office, redaction_id=found.pk)
                words = _("已经从%(count)s处删去，网页、镜像、公示单都已更新。")
                messages.success(request, words % {"count": done.taken_from})
            else:
                redacting.decline(
                    by=request.user, office=office, redaction_id=found.pk, why=data.get("why", "")
                )
                messages.success(request, _("没有同意，提出的人看得到理由。"))
        except REFUSED as error:
            return self._show(refusal=str(error), status=422)
        return redirect("desk:redactions")

    def _show(self, *, refusal: str = "", status: int = 200) -> HttpResponse:
        user = self.request.user
        waiting = [*redacting.waiting_for(user)[:SHOWN]]
        context = self.get_context_data(
            waiting=[(one, redacting.stays(one)) for one in waiting],
            asks=bool(scope_of(user).roles & frozenset(redacting.ASKING_ROLES)),
            others=[*redacting.readable(user).exclude(pk__in=[one.pk for one in waiting])[:SHOWN]],
            done=RedactionState.DONE,
            typed=self.request.POST,
            refusal=refusal,
        )
        return self.render_to_response(context, status=status)


def _texts(found: PublicList, user: Any) -> list[tuple[str, str]]:
    """Return the texts that may be chosen: of a row, of the list, of answers, of meetings (two queries)."""
    of_row = _("某一行的%(text)s")
    texts = [(f"row::{field}", of_row % {"text": label}) for field, label in ROW_FIELDS.items()]
    texts += [
        (f"list:{found.number}:{field}", _("名单的%(text)s") % {"text": label})
        for field, label in LIST_FIELDS.items()
        if _has(found, field)
    ]
    said = Objection.objects.apart_from(user).filter(list__series=found.series).order_by("pk")
    texts += [
        (f"objection:{one.pk}:{field}", f"{_short(getattr(one, field))}（{label}）")
        for one in said.exclude(answer="")
        for field, label in OBJECTION_FIELDS.items()
        if _has(one, field)
    ]
    meetings = found.deliberation.meetings.order_by("pk") if found.deliberation else []
    return texts + [
        (f"meeting:{one.pk}:{field}", f"{one.get_step_display()}：{_short(getattr(one, field))}（{label}）")
        for one in meetings
        for field, label in MEETING_FIELDS.items()
        if _has(one, field)
    ]


def _has(thing: Any, field: str) -> bool:
    text = getattr(thing, field)
    return bool(text) and not is_tombstone(text)


def _short(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:20]}……"


def _chosen(found: PublicList, text: str, row: str) -> tuple[str, str, str]:
    target, _colon, rest = text.partition(":")
    object_id, _colon, field = rest.rpartition(":")
    if target == "row":
        return target, f"{found.number}#{row}", field
    # What was not offered on this list's form is not asked for through it.
    if target == "list" and object_id != found.number:
        raise redacting.missing()
    return target, object_id, field
