"""What an invited person fills in: the code that they were told, and a password of their own."""

from allauth.account.forms import ResetPasswordKeyForm
from django import forms
from django.utils.translation import gettext_lazy as _

from . import codes
from .errors import WrongCode


class InvitationForm(ResetPasswordKeyForm):
    """The first password, or the one after a reset: the address alone does not set it."""

    code = forms.CharField(label=_("口令"), max_length=20)

    def clean_code(self) -> str:
        """Check the code; what is wrong counts, and too often voids the invitation."""
        typed = str(self.cleaned_data["code"])
        try:
            codes.check(self.user, typed)
        except WrongCode as error:
            raise forms.ValidationError(str(error)) from error
        return typed
