"""A page of the public site as it was on a date: whether it was public, which revision, what it said."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from disclosure.pages.models import HomePage
from disclosure.pages.records import IndexNumber
from disclosure.pages.redaction import place_of
from disclosure.pages.taking_out import texts_of
from portal.ledger.models import Event
from portal.people.models import User

from . import words
from .asked import AskedWrongly
from .reach import scope_as_supervisor

PUBLISHED, UNPUBLISHED = "page.published", "page.unpublished"
ELDER = "/da/"


def find(user: User, said: str) -> Any | None:
    """Return the page with that address, index number or title that `user` supervises; None for none.

    Raises AskedWrongly where several have the title.
    """
    offices = scope_as_supervisor(user).offices
    within = []
    for page in _named(said):
        place = place_of(page)
        if place and any(one.area.covers(place.path) or place.covers(one.area.path) for one in offices):
            within.append(page)
    if len(within) > 1:
        raise AskedWrongly("words", _("有几篇同名的网页，请写网址或者索引号。"))
    return within[0] if within else None


def _named(said: str) -> list[Any]:
    path = unquote(urlsplit(said).path)
    if "/" in path:
        home = HomePage.objects.first()
        path = "/" + path.removeprefix(ELDER).strip("/") + "/"
        found = Page.objects.filter(url_path=f"{home.url_path.rstrip('/')}{path}" if home else "")
    else:
        numbered = IndexNumber.objects.filter(number=said).values("page")
        found = Page.objects.filter(pk__in=numbered) or Page.objects.filter(title=said, depth__gt=2)
    return [page.specific for page in found.order_by("pk")[:20]]


def as_it_was(page: Any, end: datetime) -> tuple[list[tuple[str, str]], list[tuple[str, str]], int | None]:
    """Return facts, what the public read (label and text), and the last event's number, just before `end`.

    What two people have taken out since is not there any more: a redaction changes every revision.
    """
    acts = Event.objects.filter(object_type="page", object_id=str(page.pk), recorded_at__lt=end)
    last = acts.filter(kind__in=(PUBLISHED, UNPUBLISHED)).order_by("-sequence").first()
    if last is None:
        return [(_("那天"), _("还没有公开"))], [], None
    done_by = str(last.actor or _("系统"))
    if last.kind == UNPUBLISHED:
        when = f"{words.moment(last.recorded_at)} {done_by}"
        return [(_("状态"), _("已经撤下")), (_("撤下"), when)], [], last.sequence
    body = json.loads(last.record)["body"]
    revision = Revision.objects.filter(pk=body["revision"] or 0, object_id=str(page.pk)).first()
    facts = [
        (_("状态"), _("公开")),
        (_("公开"), f"{words.moment(last.recorded_at)} {done_by}"),
        (_("谁写的"), str(User.objects.filter(username=body.get("written_by")).first() or _("没有记"))),
        (_("版本"), _("第 %(n)s 稿") % {"n": revision.pk} if revision else _("没有留稿")),
    ]
    then = revision.as_object() if revision else page
    return facts, [(text.label, text.value) for text in texts_of(then)], last.sequence
