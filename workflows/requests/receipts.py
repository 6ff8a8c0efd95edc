"""Codes and PINs of requests, and what their page tells: where it stands, since when, with which office."""

import hmac
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.publicity import receipts as objections
from disclosure.site.registry import Receipt
from portal import clock
from workflows.engine.catalogue import flow
from workflows.engine.models import Case, CaseState
from workflows.notices.models import HouseholdNotice, NoticeKind
from workflows.programmes.public_views import LEVEL_WORDS, STEP_WORDS

from . import offices
from .models import HelpRequest, RequestState, RequestStep, RequestStepKind

_NOBODY = "0" * 64
# What the two notices of a waiting list mean; the others say it by their name.
NOTICE_WORDS = {
    NoticeKind.WAITING: gettext_lazy(
        "没有被拒，也没有减：钱一时不够，按困难程度排队候补。有了余钱按名次往下补；排第几写在告知书上。"
    ),
    NoticeKind.PROMOTED: gettext_lazy("您家原来排队候补，现在有了余钱，轮到您家，已经批准，不用再等。"),
}
CSS = {RequestState.OPEN: "look", RequestState.FILED: "done", RequestState.ANSWERED: "done"}


def new_code() -> str:
    """Return a fresh code that neither an objection nor a request has."""
    while HelpRequest.objects.filter(receipt=(code := objections.new_code())).exists():
        pass
    return code


def find(code: str, pin: str) -> HelpRequest | None:
    """Return the request of receipt `code` if `pin` fits, else None: wrong code and wrong PIN look alike."""
    code = objections.normal_code(code)
    pin = "".join(char for char in pin if char.isdecimal())
    related = HelpRequest.objects.select_related("area", "holder", "programme", "case__batch")
    found = related.filter(receipt=code).first()
    fits = hmac.compare_digest(found.pin_hash if found else _NOBODY, objections.pin_hash(code, pin))
    return found if fits else None


def told(code: str, pin: str) -> Receipt | None:
    """Return the page of the request that `code` and `pin` open, or None; for the one form of receipts."""
    request = find(code, pin)
    return Receipt("public/receipt_request.html", page(request)) if request else None


def page(request: HelpRequest) -> dict[str, Any]:
    """Return what the receipt's page shows: no name, no telephone, no official's person."""
    is_open = request.state == RequestState.OPEN
    return {
        "asked": request,
        "what": what(request),
        "holder": offices.words(request.holder, request.line),
        "css": CSS[RequestState(request.state)],
        "open": is_open,
        "overdue": is_open and clock.today() > request.due_on,
        "escalated": is_open and request.steps.filter(kind=RequestStepKind.ESCALATED).exists(),
        "steps": [_step(one) for one in request.steps.order_by("at", "pk")],
        "case": _case(request.case) if request.case else None,
    }


def what(request: HelpRequest) -> str:
    """Return what a request is about in words: the programme, the change, or its matter."""
    if request.programme is not None:
        return str(request.programme.title)
    return str(request.get_wanted_display() or request.get_matter_display())


def _step(step: RequestStep) -> dict[str, Any]:
    said = {"holder": step.holder, "told": "、".join(dict.fromkeys(step.told))}
    kind = RequestStepKind(step.kind)
    own = kind == RequestStepKind.FILED and step.words
    sentence = {
        RequestStepKind.RECEIVED: _("收到，由%(holder)s办"),
        RequestStepKind.PASSED: _("转给%(holder)s办"),
        RequestStepKind.FILED: _("%(holder)s认定了是您家，照您填的表立案，开始走手续")
        if own
        else _("%(holder)s立案，开始走手续"),
        RequestStepKind.ANSWERED: _("%(holder)s答复"),
        RequestStepKind.TOLD: _("%(holder)s登记已经告诉本人"),
        RequestStepKind.YELLOW: _("快到期，提醒了%(told)s"),
        RequestStepKind.RED: _("超期，提醒了%(told)s"),
        RequestStepKind.ESCALATED: _("超期没有办，报给了%(told)s督办"),
        RequestStepKind.WHOSE: _("%(holder)s认定了是哪一户的申请"),
        RequestStepKind.REOPENED: _("立的案撤了，回到%(holder)s重新办"),
    }[kind]
    return {
        "on": clock.day_of(step.at),
        "words": sentence % said,
        # Why it was passed is told to the asker; an answer stands in full above.
        "why": step.words if kind in (RequestStepKind.PASSED, RequestStepKind.RECEIVED) else "",
    }


def _case(case: Case) -> dict[str, Any]:
    steps = flow(case.flow_key, case.flow_version).steps
    place = next((n for n, step in enumerate(steps) if step.key == case.step), 0)
    step = steps[place]
    active = case.state == CaseState.ACTIVE
    waits = active and bool(case.batch.waits)
    notice = HouseholdNotice.objects.filter(case=case, voided_at=None).order_by("-made_at", "-pk").first()
    return {
        "number": case.number,
        "state": case.get_state_display(),
        "active": active,
        "words": _("名单正在公示，谁都可以提意见") if waits else str(STEP_WORDS.get(step.kind, step.name)),
        "level": "" if waits else str(LEVEL_WORDS[step.level]),
        "since": clock.day_of(case.batch.entered_at),
        "due_on": case.batch.due_on if not waits else None,
        "closed_on": clock.day_of(case.closed_at) if case.closed_at else None,
        "place": place + 1,
        "of": len(steps),
        # The reason itself tells of the household: it stands in the notice that is handed over.
        "notice": notice,
        "notice_words": NOTICE_WORDS.get(notice.kind, "") if notice else "",
        "notice_on": clock.day_of(notice.made_at) if notice else None,
    }
