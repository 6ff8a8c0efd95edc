"""What two people decide about an account's sign-in: clearing its second factors, bringing it back."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.ledger.services import Draft
from portal.outbox.services import send
from portal.people import invitations, joint
from portal.people.errors import PeopleError
from portal.people.models import JointAct, JointKind, Office, User
from portal.people.permits import lock_account

from . import events, sessions
from .binding import HELD
from .models import EndedBy


def register() -> None:
    """Have joint acts of these kinds done here."""
    joint.register(JointKind.FACTORS, check=_check_factors, perform=_clear_factors)
    joint.register(JointKind.REACTIVATE, check=_check_suspended, perform=_reactivate)
    joint.register(JointKind.RESET, check=invitations.check_takes_two, perform=invitations.reset_jointly)


def _check_factors(user: User) -> None:
    if not Authenticator.objects.filter(user=user).exists():
        raise PeopleError(_("这个账号没有登记第二道验证，不用清除；下次登录时会要求登记"))


def _clear_factors(act: JointAct, by: User, office: Office) -> Draft:
    user = lock_account(act.user)
    Authenticator.objects.filter(user=user).delete()
    sessions.end_all(user, EndedBy.FACTORS_RESET)
    said = _("您账号的第二道验证被清除了，下次登录要重新登记；不是您要办的，请马上告诉监督员")
    send([user], said, reverse("signin:mine"), groups=False)
    return _draft(events.FACTORS_RESET, act, by, office, **{HELD: []})


def _check_suspended(user: User) -> None:
    if user.is_active:
        raise PeopleError(_("这个账号没有停用，不用恢复"))


def _reactivate(act: JointAct, by: User, office: Office) -> Draft:
    user = lock_account(act.user)
    user.is_active = True
    user.save(update_fields=["is_active"])
    return _draft(events.REACTIVATED, act, by, office)


def _draft(kind: str, act: JointAct, by: User, office: Office, **more: Any) -> Draft:
    body = {"username": act.user.username, "asked_by": act.asked_by.username, **more}
    return Draft(kind, "account", str(act.user_id), actor=by, office=office, body=body)
