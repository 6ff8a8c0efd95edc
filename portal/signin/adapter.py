"""How allauth keeps second factors here: secrets sealed, Chinese names."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.sealing.fields import seal, unseal


class FactorAdapter(DefaultMFAAdapter):
    """Second factors of the desk's accounts."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("没有验证通过，请再试一次"),
    }

    def get_totp_issuer(self) -> str:
        """Return the name that stands in the app on the phone."""
        return str(settings.WAGTAIL_SITE_NAME)

    def encrypt(self, text: str) -> str:
        """Seal a secret before it is stored (design.md rule 12)."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a stored secret."""
        return unseal(encrypted_text)

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        """Return whether `user` is asked for a second factor; nobody is where the setting is off."""
        return settings.SIGN_IN_SECOND_FACTOR and super().is_mfa_enabled(user, types)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """Return the name of a passkey that its person gave none."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("通行密钥 %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the site that passkeys are made for."""
        return {**super().get_public_key_credential_rp_entity(), "name": str(settings.WAGTAIL_SITE_NAME)}

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: the portal's own messages and the ledger tell of factors."""

    def _get_site_name(self) -> str:
        return str(settings.WAGTAIL_SITE_NAME)
