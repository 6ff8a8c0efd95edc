"""Stands behind the door: enrolment before anything else, locked screens, and a proof before a decision.

A form that meets a locked screen, or an act that asks for a fresh proof, is answered with a page that asks
and carries the whole form (`held`). Sent again with the proof, it goes on to its view as it was.
"""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from portal import clock

from . import asking, factors, held, keys, locks, proof, sessions
from .errors import LockedOut, SignInError

CODE, PASSWORD, CREDENTIAL = "proof-code", "proof-password", "proof-credential"
PROOFS = frozenset({CODE, PASSWORD, CREDENTIAL})
# Outside the desk, what also takes a session in use: files of cases, one's own account.
GUARDED = {"private_file", "private_file_original", "private_files", "account_change_password"}
OPEN = {"wagtailadmin_logout", "wagtailadmin_javascript_catalog", "wagtailadmin_sprite"}
# What a page asks for in full beforehand: a form with a password or a key in it is not held.
PROVED_FIRST = {"account_change_password", "desk:inquiries"}
# What Wagtail's edit page asks for by itself: nobody need be sitting there.
BY_ITSELF = {
    "wagtailadmin_editing_sessions:ping",
    "wagtailadmin_editing_sessions:release",
    "wagtailadmin_pages:preview_on_add",
    "wagtailadmin_pages:preview_on_edit",
    "wagtailadmin_block_preview",
}


class ProofMiddleware:
    """Asks for a proof where one is due."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.desk = reverse("wagtailadmin_home")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; what is asked is asked before its view."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Let the request on where nothing is due; else ask, and keep the form."""
        match = request.resolver_match
        name = match.view_name if match else ""
        if not self._is_guarded(request, name):
            return None
        now = proof.state(request)
        if now is None or not sessions.is_open(request):
            # Ended from elsewhere, or begun before sessions were watched: sign in anew.
            logout(request)
            return _to("account_login", request)
        if factors.wanted() and not now.factor and not factors.held_by(request.user):
            return _to("signin:enrol", request)
        due = what_is_due(request, name)
        if not due:
            if name not in BY_ITSELF:
                sessions.touch(request)
            return _restored(request) if held.is_held(request) else None
        if request.method != "POST" or name in PROVED_FIRST:
            return _to("signin:prove", request)
        return self._asked(request, due)

    def _asked(self, request: HttpRequest, due: str) -> HttpResponseBase | None:
        """Take the proof that came with the form, or ask for it; a wrong one asks again."""
        wrong = ""
        if PROOFS & set(request.POST):
            try:
                take(request, due)
            except LockedOut:
                logout(request)
                return HttpResponse(status=429)
            except SignInError as error:
                wrong = str(error)
            else:
                sessions.touch(request)
                return _restored(request)
        return ask(request, due, wrong=wrong)

    def _is_guarded(self, request: HttpRequest, name: str) -> bool:
        if not settings.SIGN_IN_WATCHED or name in OPEN:
            return False
        guarded = request.path.startswith(self.desk) or name in GUARDED
        return guarded and request.user.is_authenticated


def _restored(request: HttpRequest) -> HttpResponse | None:
    """Give the view the form as it was; where a file of it is gone, nothing is done without it."""
    if held.restore(request):
        return None
    response = render(request, "account/files_gone.html", status=410)
    add_never_cache_headers(response)
    return response


def what_is_due(request: HttpRequest, name: str = "") -> str:
    """Return ``"whole"`` (password and factor), ``"proof"`` (one of them), or nothing."""
    now = proof.state(request)
    if now is None or clock.now() - now.since >= keys.longest():
        return "whole"
    if clock.now() - now.seen >= keys.idle() or (factors.wanted() and not now.factor):
        return "proof"
    match = request.resolver_match
    # At the desk the form says what is done, on Wagtail's screens the address.
    named = str(match.kwargs.get("action_name", "")) if match else ""
    deed = request.POST.get("do", "") if name.startswith("desk:") else named
    acting = request.method == "POST" and asking.asks(name, deed)
    asked = acting or name in PROVED_FIRST
    return "proof" if factors.wanted() and asked and not proof.is_fresh(request) else ""


def take(request: HttpRequest, due: str) -> None:
    """Check the proof in the form and note that it held. Raises SignInError and LockedOut."""
    user: Any = request.user
    factor = factors.wanted()
    if due == "whole" or not factor:
        factors.check_password(user=user, password=request.POST.get(PASSWORD, ""), request=request)
    if factor:
        credential = request.POST.get(CREDENTIAL, "")
        if credential:
            factors.prove_by_passkey(user=user, credential=_parsed(credential), request=request)
        else:
            factors.prove(user=user, code=request.POST.get(CODE, ""), request=request)
    locks.forget_slips(user, request)
    proof.proved(request, factor=factor, whole=due == "whole")


def ask(
    request: HttpRequest, due: str, *, wrong: str = "", page: str = "", once: bool = False
) -> HttpResponse:
    """Return the page that asks for the proof; it carries the form that was sent, if there was one.

    With `once` it says that the proof is for this act alone.
    """
    factor = factors.wanted()
    user: Any = request.user
    sent = request.method == "POST" and not page
    context = {
        "due": due,
        "factor": factor,
        "password": due == "whole" or not factor,
        "wrong": wrong,
        "once": once,
        "action": page or request.get_full_path(),
        "held": held.fields(request) if sent else [],
        "files": held.files(request) if sent else [],
        "phone": factor and factors.has_phone(user),
        "challenge": factors.challenge(user) if factor else {},
        "minutes": int(keys.step_up().total_seconds() // 60),
        "idle": due == "proof" and clock.now() - _seen(request) >= keys.idle(),
    }
    # Not 200: a script that sends a form must not take this page for its answer.
    response = render(request, "account/prove.html", context, status=403 if sent else 200)
    add_never_cache_headers(response)
    return response


def _seen(request: HttpRequest) -> Any:
    now = proof.state(request)
    return now.seen if now else clock.now()


def _parsed(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _to(name: str, request: HttpRequest) -> HttpResponseRedirect:
    match = request.resolver_match
    again = request.method == "GET" or (match is not None and match.view_name in PROVED_FIRST)
    after = request.get_full_path() if again else reverse("wagtailadmin_home")
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': after})}")
