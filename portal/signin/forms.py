"""The second step of signing in, as allauth asks for it: checked by `factors`, noted in the session."""

from typing import Any

from allauth.core import context
from django import forms
from django.utils.translation import gettext_lazy as _

from . import factors, proof
from .errors import SignInError


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
