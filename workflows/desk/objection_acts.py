"""What is done on an objection's page: answer, tell, extend, register an appeal, keep somebody from it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from disclosure.publicity.errors import PublicityError
from disclosure.publicity.handling import ANSWERING_ROLES
from disclosure.publicity.models import Channel, Objection
from disclosure.publicity.owed import CORRECTING_ROLE, decline
from disclosure.publicity.services import answer, appeal, extend, mark_complained_of, tell_objector
from portal.files.services import Prepared, prepare
from portal.people.models import Office
from portal.people.scope import scope_of
from workflows.desk import gates

from .signing import day_of

MOST_PHOTOS = 4
ON_BEHALF = [Channel.PHONE, Channel.PAPER]


def photos_in(request: HttpRequest, name: str = "photos") -> list[Prepared]:
    """Return the photos sent under `name`, looked through; too many raise PublicityError."""
    sent = request.FILES.getlist(name)
    if len(sent) > MOST_PHOTOS:
        raise PublicityError(_("照片太多了，一次最多%(most)s张。") % {"most": MOST_PHOTOS})
    return [prepare(photo) for photo in sent]


def office_for(request: HttpRequest, objection: Objection, roles: Any) -> Office | None:
    """Return the office of one of `roles` by which the person reaches the objection's place."""
    return scope_of(request.user).holds(roles, objection.list.area_path, objection.list.line)


def act(request: HttpRequest, objection: Objection) -> str:
    """Do what the form asks and return what to tell. Raises what the services raise, as sentences."""
    what = request.POST.get("do", "") or "answer"
    if what not in _ACTS:
        raise PublicityError(_("没有看懂要办什么，请刷新页面后再办。"))
    roles, refusal, do = _ACTS[what]
    office = office_for(request, objection, roles)
    if office is None:
        raise PublicityError(str(refusal()))
    return do(request, objection, office)


def _answer(request: HttpRequest, objection: Objection, office: Office) -> str:
    data = request.POST
    answer(
        by=request.user,
        office=office,
        objection_id=objection.pk,
        outcome=data.get("outcome", ""),
        findings=data.get("findings", ""),
        answer=data.get("answer", ""),
        investigators=[data.get("investigator1", ""), data.get("investigator2", "")],
        photos=photos_in(request),
    )
    return _("已经答复。提异议的人用回执号可以看到，答复也挂在名单的网页上。")


def _decline(request: HttpRequest, objection: Objection, office: Office) -> str:
    why = request.POST.get("why", "")
    decline(by=request.user, office=office, objection_id=objection.pk, why=why)
    return _("理由已经记下，提异议的人用回执号可以看到。")


def _tell(request: HttpRequest, objection: Objection, office: Office) -> str:
    words = request.POST.get("words", "")
    tell_objector(by=request.user, office=office, objection_id=objection.pk, words=words)
    return _("已经告知，提异议的人用回执号可以看到。")


def _extend(request: HttpRequest, objection: Objection, office: Office) -> str:
    why = request.POST.get("extend_why", "")
    extend(by=request.user, office=office, objection_id=objection.pk, why=why)
    return _("期限已经延长，理由提异议的人看得到。")


def _complained(request: HttpRequest, objection: Objection, office: Office) -> str:
    given = request.POST.get("person", "")
    person = int(given) if given.isdecimal() and len(given) < 18 else 0
    mark_complained_of(by=request.user, office=office, objection_id=objection.pk, person_id=person)
    return _("已经标明。从现在起，这位经办的人看不到这件异议，也不能来办。")


def _appeal(request: HttpRequest, objection: Objection, office: Office) -> str:
    data = request.POST
    if data.get("channel") not in ON_BEHALF:
        raise PublicityError(_("请选是电话里说的，还是写在纸上或当面说的。"))
    appeal(
        objection_id=objection.pk,
        text=data.get("text", ""),
        channel=data["channel"],
        by=request.user,
        office=office,
        received_on=day_of(data.get("received_on", ""), _("收到日期")),
        photos=photos_in(request),
    )
    return _("复核申请已经登记，由上一级另外的人查。请告诉提的人：回执号和密码不变。")


_Act = Callable[[HttpRequest, Objection, Office], str]
_ACTS: Mapping[str, tuple[Any, Callable[[], str], _Act]] = {
    "answer": (ANSWERING_ROLES, lambda: _("您的职务不答复异议，请交给该办的人。"), _answer),
    "decline": ([CORRECTING_ROLE], lambda: _("更正名单由乡镇经办办，请交给他们。"), _decline),
    "tell": (ANSWERING_ROLES, lambda: _("您的职务不答复异议，请交给该办的人。"), _tell),
    "extend": (ANSWERING_ROLES, lambda: _("您的职务不答复异议，请交给该办的人。"), _extend),
    "complained": (ANSWERING_ROLES, lambda: _("您的职务不答复异议，请交给该办的人。"), _complained),
    "appeal": (gates.REGISTERING_ROLES, lambda: _("复核申请由村里、乡镇或县里的人登记。"), _appeal),
}
