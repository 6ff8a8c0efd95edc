"""One's own second factor and sign-ins: enrolling a phone, passkeys, recovery codes, what is open where."""

import json
from abc import ABC, abstractmethod
from datetime import datetime, timedelta
from typing import Any

import segno
from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View

from portal import clock
from portal.people.errors import PeopleError
from portal.people.models import User
from portal.sealing.fields import seal, unseal

from . import factors, proof, sessions
from .adapter import FactorAdapter
from .errors import LockedOut, SignInError
from .middleware import PROOFS, ask, take, what_is_due

SECRET, CHANGE = "signin_secret", "signin_change"
# How long the proof given on the page that adds or replaces a factor serves that page, once.
CHANGE_WITHIN = timedelta(minutes=5)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class OwnView(View):
    """A page about one's own sign-in: for whoever is signed in, where sessions are watched."""

    request: HttpRequest
    # Whether one's session must be neither locked nor too old.
    in_use = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let nobody in who is not signed in; ask for a proof where the page needs one."""
        if not settings.SIGN_IN_WATCHED:
            raise Http404
        if not request.user.is_authenticated or proof.state(request) is None:
            return self._to("account_login")
        if not sessions.is_open(request):
            logout(request)
            return self._to("account_login")
        if self.in_use and self._due():
            return self._to("signin:prove")
        return super().dispatch(request, *args, **kwargs)

    def _due(self) -> str:
        enrolled = not factors.wanted() or bool(factors.held_by(self.user))
        if not enrolled:
            return ""
        return what_is_due(self.request)

    @property
    def user(self) -> User:
        """Who is signed in."""
        user: User = self.request.user
        return user

    def after(self) -> str:
        """Return where to go on to: a page of this site that was asked for, else the desk."""
        given = self.request.POST.get("next") or self.request.GET.get("next", "")
        safe = url_has_allowed_host_and_scheme(given, self.request.get_host(), self.request.is_secure())
        return given if safe else reverse("wagtailadmin_home")

    def show(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        """Return the page; no browser keeps it."""
        response = render(self.request, template, {"next": self.after(), **context}, status=status)
        add_never_cache_headers(response)
        return response

    def unproved(self, page: str = "") -> HttpResponse | None:
        """Return the page that asks for a proof of this very act; None where the form carries one that holds.

        An earlier proof does not count: whoever finds a screen open changes nothing about its sign-in. The
        page carries the form that was sent, unless it is to lead to `page`.
        """
        wrong = ""
        if PROOFS & set(self.request.POST):
            try:
                take(self.request, "proof")
            except LockedOut:
                logout(self.request)
                return HttpResponse(status=429)
            except SignInError as error:
                wrong = str(error)
            else:
                return None
        return ask(self.request, "proof", wrong=wrong, page=page, once=True)

    def _to(self, name: str) -> HttpResponse:
        here = self.request.get_full_path() if self.request.method == "GET" else reverse("signin:mine")
        return redirect(f"{reverse(name)}?{urlencode({'next': here})}")


class ChangeView(OwnView, ABC):
    """Adding or replacing a factor. Who has one proves it on this very page, before anything is shown.

    That proof serves this change alone, and for minutes. A passkey's answer and the making of another cannot
    stand in one form, nor would the code of a new phone outlast the question; so it is asked first.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Have no second factor where none is asked for."""
        if not factors.wanted():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for the proof; the first factor of all needs none."""
        request.session.pop(CHANGE, None)
        if not factors.held_by(self.user):
            return self.begin()
        asked = self.unproved(request.get_full_path())
        return asked if asked is not None else self.begin()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take the proof and begin; or, begun with one, make the change."""
        if not factors.held_by(self.user):
            return self.finish()
        if PROOFS & set(request.POST) or not self._begun():
            asked = self.unproved(request.get_full_path())
            if asked is not None:
                return asked
            request.session[CHANGE] = {"page": request.path, "at": clock.now().isoformat()}
            return self.begin()
        return self.finish()

    @abstractmethod
    def begin(self) -> HttpResponse:
        """Show what the change needs."""

    @abstractmethod
    def finish(self) -> HttpResponse:
        """Make the change with what was sent."""

    def done(self) -> None:
        """Note that the change was made: the next one asks anew."""
        self.request.session.pop(CHANGE, None)
        proof.proved(self.request, factor=True)

    def _begun(self) -> bool:
        told = self.request.session.get(CHANGE) or {}
        begun = told.get("page") == self.request.path
        return begun and clock.now() - datetime.fromisoformat(told["at"]) < CHANGE_WITHIN


class EnrolView(ChangeView):
    """Enrolling a phone: scan, type the code, note the recovery codes."""

    def begin(self) -> HttpResponse:
        """Draw a secret and show it, as a picture and as letters."""
        self.request.session[SECRET] = seal(factors.new_secret())
        return self._form()

    def finish(self) -> HttpResponse:
        """Enrol the phone whose code fits; show the recovery codes once."""
        request = self.request
        if SECRET not in request.session:
            return redirect(f"{reverse('signin:enrol')}?{urlencode({'next': self.after()})}")
        secret = unseal(request.session[SECRET])
        try:
            codes = factors.enrol_phone(user=self.user, secret=secret, code=request.POST.get("code", ""))
        except SignInError as error:
            return self._form(wrong=str(error), status=422)
        del request.session[SECRET]
        self.done()
        return self.show("account/codes.html", codes=codes)

    def _form(self, *, wrong: str = "", status: int = 200) -> HttpResponse:
        secret = unseal(self.request.session[SECRET])
        address = FactorAdapter().build_totp_url(self.user, secret)
        picture = segno.make(address, error="m", micro=False).svg_data_uri(scale=5, border=2, light="#fff")
        spaced = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
        again = bool(factors.held_by(self.user))
        return self.show(
            "account/enrol.html", picture=picture, secret=spaced, wrong=wrong, again=again, status=status
        )


class PasskeyView(ChangeView):
    """Adding a passkey: the browser makes it, this page takes it."""

    def begin(self) -> HttpResponse:
        """Show the button."""
        return self._form()

    def finish(self) -> HttpResponse:
        """Take what the browser made."""
        request = self.request
        try:
            credential = json.loads(request.POST.get("credential", ""))
            codes = factors.add_passkey(
                user=self.user, name=request.POST.get("name", ""), credential=dict(credential)
            )
        except (SignInError, ValueError, TypeError) as error:
            said = str(error) if isinstance(error, SignInError) else _("没有登记成，请再点一次")
            return self._form(wrong=said, status=422)
        self.done()
        if codes:
            return self.show("account/codes.html", codes=codes)
        return redirect("signin:mine")

    def _form(self, *, wrong: str = "", status: int = 200) -> HttpResponse:
        made = factors.making(self.user)
        return self.show("account/passkey.html", making=made, wrong=wrong, status=status)


class ProveView(OwnView):
    """The locked screen, and the question before a page that asks for a fresh proof."""

    in_use = False

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask."""
        return self._ask()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take the proof and go on."""
        try:
            take(request, what_is_due(request) or "proof")
        except LockedOut:
            logout(request)
            return HttpResponse(status=429)
        except SignInError as error:
            return self._ask(wrong=str(error))
        return redirect(self.after())

    def _ask(self, wrong: str = "") -> HttpResponse:
        page = f"{reverse('signin:prove')}?{urlencode({'next': self.after()})}"
        return ask(self.request, what_is_due(self.request) or "proof", wrong=wrong, page=page)


class MineView(OwnView):
    """One's factors and sign-ins, and what may be done with them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        return self._show()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take a factor away, renew the recovery codes, or end another session."""
        deed, given = request.POST.get("do", ""), request.POST.get("which", "")
        which = int(given) if given.isascii() and given.isdecimal() and len(given) < 18 else 0
        asked = self.unproved() if deed in ("remove", "codes") else None
        if asked is not None:
            return asked
        try:
            if deed == "remove":
                factors.remove(user=self.user, pk=which)
            elif deed == "codes":
                codes = factors.renew_codes(user=self.user)
                return self.show("account/codes.html", codes=codes, renewed=True)
            elif deed == "end":
                sessions.end_own(user=self.user, pk=which)
            else:
                return self._show(wrong=_("没有看懂要办什么，请刷新页面后再办。"), status=422)
        except (SignInError, PeopleError) as error:
            return self._show(wrong=str(error), status=422)
        return redirect("signin:mine")

    def _show(self, *, wrong: str = "", status: int = 200) -> HttpResponse:
        now = proof.state(self.request)
        return self.show(
            "account/mine.html",
            wrong=wrong,
            status=status,
            wanted=factors.wanted(),
            held=[
                {"pk": one.pk, "passkey": one.type == factors.Type.WEBAUTHN, "name": one.data.get("name", "")}
                | {"used": one.last_used_at, "made": one.created_at}
                for one in factors.held_by(self.user)
            ],
            codes_left=factors.codes_left(self.user),
            sessions=list(sessions.live(self.user)),
            this=now.live if now else 0,
        )
