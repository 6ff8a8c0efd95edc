"""What people type to prove who they are, as allauth asks for it: checked by `factors`, counted there."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.core import context
from django import forms
from django.contrib.auth import logout
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.people.models import User

from . import dormancy, factors, proof
from .errors import LockedOut, SignInError


class SignInForm(LoginForm):
    """Name and password: tries at one account follow each other, so that none slips past the count."""

    def clean(self) -> Any:
        """Check both with the account's row locked; what was counted of a wrong try stays."""
        name, wrong = self.cleaned_data.get("login", ""), None
        with transaction.atomic():
            list(User.objects.select_for_update().filter(username=name).values_list("pk"))
            try:
                return super().clean()
            except forms.ValidationError as error:
                wrong = error
        raise self._suspended() or wrong

    def _suspended(self) -> forms.ValidationError | None:
        """Return what to tell somebody who knows the password of a suspended account: whom to ask."""
        given = self.cleaned_data
        user = User.objects.filter(username=given.get("login", ""), is_active=False).first()
        shut = getattr(context.request, "axes_locked_out", False)
        if user is None or shut or not user.check_password(given.get("password", "")):
            return None
        return forms.ValidationError(dormancy.what_to_do(user))


class NewPasswordForm(ChangePasswordForm):
    """A new password: the old one that is asked for counts with every other proof."""

    def clean_oldpassword(self) -> str:
        """Check the old password; one wrong try too many shuts the account and ends the session."""
        typed = str(self.cleaned_data.get("oldpassword", ""))
        try:
            factors.check_password(user=self.user, password=typed, request=context.request)
        except LockedOut as error:
            logout(context.request)
            raise forms.ValidationError(str(error)) from error
        except SignInError as error:
            raise forms.ValidationError(str(error)) from error
        return typed


class CodeForm(forms.Form):
    """The code from the phone, or a recovery code."""

    code = forms.CharField(label=_("验证码"), max_length=20)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def has_phone(self) -> bool:
        """Return whether a phone shows codes to whoever signs in; else only a recovery code can be typed."""
        return factors.has_phone(self.user)

    def clean_code(self) -> str:
        """Check the code; what is wrong counts towards the lock-out."""
        return _checked(
            lambda: factors.prove(user=self.user, code=self.cleaned_data["code"], request=context.request)
        )

    def save(self) -> None:
        """Note what was shown, for the session that begins now."""
        proof.offer(context.request, f"password+{self.cleaned_data['code']}")


class PasskeyForm(forms.Form):
    """What the browser answered for a passkey."""

    credential = forms.JSONField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_credential(self) -> str:
        """Check the answer."""
        told = self.cleaned_data["credential"]
        credential = told if isinstance(told, dict) else {}
        return _checked(
            lambda: factors.prove_by_passkey(user=self.user, credential=credential, request=context.request)
        )

    def save(self) -> None:
        """Note what was shown, for the session that begins now."""
        proof.offer(context.request, f"password+{self.cleaned_data['credential']}")


def _checked(check: Any) -> str:
    try:
        return str(check())
    except SignInError as error:
        raise forms.ValidationError(str(error)) from error
