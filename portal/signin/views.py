"""One's own second factor and sign-ins: enrolling a phone, passkeys, recovery codes, what is open where."""

import json
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

from portal.people.errors import PeopleError
from portal.people.models import User
from portal.sealing.fields import seal, unseal

from . import factors, proof, sessions
from .adapter import FactorAdapter
from .errors import LockedOut, SignInError
from .middleware import ask, take, what_is_due

SECRET = "signin_secret"


@method_decorator(sensitive_post_parameters(), name="dispatch")
class OwnView(View):
    """A page about one's own sign-in: for whoever is signed in, where sessions are watched."""

    request: HttpRequest
    # Whether one's session must be neither locked nor too old; whether the last proof must be fresh.
    in_use, fresh = True, False

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
        due = what_is_due(self.request)
        stale = self.fresh and factors.wanted() and not proof.is_fresh(self.request)
        return due or ("proof" if stale else "")

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

    def _to(self, name: str) -> HttpResponse:
        here = self.request.get_full_path() if self.request.method == "GET" else reverse("signin:mine")
        return redirect(f"{reverse(name)}?{urlencode({'next': here})}")


class EnrolView(OwnView):
    """Enrolling a phone: scan, type the code, note the recovery codes."""

    fresh = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Have no second factor where none is asked for."""
        if not factors.wanted():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw a secret and show it, as a picture and as letters."""
        request.session[SECRET] = seal(factors.new_secret())
        return self._form()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Enrol the phone whose code fits; show the recovery codes once."""
        if SECRET not in request.session:
            return redirect(f"{reverse('signin:enrol')}?{urlencode({'next': self.after()})}")
        secret = unseal(request.session[SECRET])
        try:
            codes = factors.enrol_phone(user=self.user, secret=secret, code=request.POST.get("code", ""))
        except SignInError as error:
            return self._form(wrong=str(error), status=422)
        del request.session[SECRET]
        proof.proved(request, factor=True)
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


class PasskeyView(OwnView):
    """Adding a passkey: the browser makes it, this page takes it."""

    fresh = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Have no second factor where none is asked for."""
        if not factors.wanted():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the button."""
        return self._form()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take what the browser made."""
        try:
            credential = json.loads(request.POST.get("credential", ""))
            codes = factors.add_passkey(
                user=self.user, name=request.POST.get("name", ""), credential=dict(credential)
            )
        except (SignInError, ValueError, TypeError) as error:
            said = str(error) if isinstance(error, SignInError) else _("没有登记成，请再点一次")
            return self._form(wrong=said, status=422)
        proof.proved(request, factor=True)
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
        changes = deed in ("remove", "codes")
        if changes and factors.wanted() and not proof.is_fresh(request):
            return self._to("signin:prove")
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
