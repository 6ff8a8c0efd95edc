"""The code that an invitation takes besides its address: it binds the account to its person.

It is told by another way: whoever comes upon the address alone opens nothing. Only a keyed digest of the code
is kept; a few wrong tries void the invitation for good, whatever is typed after.
"""

import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.ledger.services import Draft, append
from portal.outbox.services import send
from portal.sealing.keys import keyed_hash

from .errors import WrongCode
from .lockout import failure_limit
from .models import InvitationCode, Office, Role, User

DIGITS = 6


def issue(user: User) -> str:
    """Return a fresh code for `user`, in the caller's transaction; one that was told before lapses.

    It is a secret until it was used: show it once, to whoever is to tell it to the person.
    """
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    fresh = {"digest": _digest(user, code), "made_at": clock.now(), "failures": 0}
    InvitationCode.objects.update_or_create(user=user, defaults=fresh)
    return code


def check(user: User, typed: str) -> None:
    """Raise WrongCode unless `typed` is the code of `user`; as many slips as shut an account void it."""
    said = "".join(typed.split())
    limit = failure_limit(None, None)
    with transaction.atomic():
        held = InvitationCode.objects.select_for_update().filter(user=user).first()
        if held is None or held.failures >= limit:
            raise WrongCode(_("这个网址作废了。请找安全管理员重新给您一个网址和口令。"))
        if secrets.compare_digest(held.digest, _digest(user, said)):
            return
        held.failures += 1
        held.save(update_fields=["failures"])
        left = limit - held.failures
        if not left:
            _void(user)
    if left:
        raise WrongCode(
            _("口令不对，还能再试 %(left)d 次。口令是当面或者打电话告诉您的，不在网址里。") % {"left": left}
        )
    raise WrongCode(_("口令错得太多，这个网址作废了。请找安全管理员重新给您一个网址和口令。"))


def _void(user: User) -> None:
    """Record that somebody who had the address did not know the code, and tell who keeps accounts."""
    keepers = Office.objects.in_force(clock.today()).filter(role=Role.SECURITY_ADMIN, user__is_active=True)
    said = _("有人拿到%(name)s的邀请网址，口令试错太多次，网址已经作废；请问清本人，再重新邀请")
    people = [office.user for office in keepers.select_related("user")]
    send(people, said % {"name": user}, f"/admin/desk/people/{user.pk}/", groups=False)
    body = {"username": user.username}
    append(Draft("account.invitation_voided", "account", str(user.pk), body=body))


def _digest(user: User, code: str) -> str:
    return keyed_hash(f"{user.pk}:{code}", "invitation-code")
