"""How allauth makes accounts and passwords here: nobody signs themselves up, and a new password is an act."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest

from portal.ledger.services import Draft, append

from . import signals
from .models import InvitationCode, User


class ClosedAdapter(DefaultAccountAdapter):
    """Accounts come from a security administrator's invitation alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False, always."""
        return False

    def set_password(self, user: Any, password: str) -> None:
        """Set the password that its person chose, by an invitation or at the change, with its event.

        The stored hash changes, so the invitation lapses with its code; every other session
        of the account ends.
        """
        with transaction.atomic():
            locked = User.objects.select_for_update().get(pk=user.pk)
            user.set_password(password)
            locked.password = user.password
            locked.save(update_fields=["password"])
            InvitationCode.objects.filter(user=locked).delete()
            signals.password_changed.send(sender=User, user=locked, request=self.request)
            append(
                Draft(
                    kind="account.password_set",
                    object_type="account",
                    object_id=str(user.pk),
                    actor=locked,
                    body={"username": locked.username},
                )
            )
