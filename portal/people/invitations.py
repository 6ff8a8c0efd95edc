"""Inviting a person to an account of their own, and resetting it when they lost their way in."""

import re
from dataclasses import dataclass

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import clock
from portal.ledger.services import Draft, append
from portal.outbox.services import send

from . import codes, joint, signals
from .errors import BadAccount, PeopleError, TakesTwo
from .models import JointAct, JointKind, Office, User
from .permits import acting_office, acting_over, lock_account

NAME = re.compile(r"[\u3400-\u9fff][\u3400-\u9fff·]{1,19}")
# What opens an account by itself; recovery codes come with one of these.
PROVING = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# An account is one person's: the name of a body or a post tells of a shared one.
SHARED = re.compile(r"(委员会|办公室|委会|支部|工作队|中心|政府|部门|公用|共用|管理员|文书|经办)$")


@dataclass(frozen=True)
class Invitation:
    """An account whose password is to be set, the address that sets it once, and the code for it.

    Both are secrets until they were used: never log or store them. They go to the person by two ways. `code`
    is empty where another has it: of a joint reset, whoever asked.
    """

    user: User
    path: str
    code: str = ""

    @classmethod
    def of(cls, user: User, code: str = "") -> "Invitation":
        """Return a fresh address for `user`; it lapses after PASSWORD_RESET_TIMEOUT or when used."""
        kwargs = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
        return cls(user, reverse("account_reset_password_from_key", kwargs=kwargs), code)

    @classmethod
    def create(
        cls, by: User | None, acting: Office | None, username: str, display_name: str, phone: str
    ) -> tuple["Invitation", Draft]:
        """Insert the account without a usable password; return its invitation and the event's draft."""
        display_name = display_name.strip()
        if not NAME.fullmatch(display_name) or SHARED.search(display_name):
            raise BadAccount(_("账号只能是一个人的，请填这个人的中文姓名，不要填单位或职务"))
        user = User(username=username.strip(), display_name=display_name, phone=phone.strip())
        user.date_joined = clock.now()
        user.set_unusable_password()
        try:
            user.full_clean(exclude=["password", "phone"])
        except ValidationError as error:
            raise BadAccount("；".join(error.messages)) from error
        user.save()
        draft = Draft(
            kind="account.invited",
            object_type="account",
            object_id=str(user.pk),
            actor=by,
            office=acting,
            body={"username": user.username},
        )
        return cls.of(user, codes.issue(user)), draft


def invite_account(*, by: User, username: str, display_name: str, phone: str = "") -> Invitation:
    """Make an account for one person and return the address by which they set their password, once.

    It opens nothing until an office is granted. Raises NotPermitted and BadAccount.
    """
    with transaction.atomic():
        acting = acting_office(by, None)
        invitation, draft = Invitation.create(by, acting, username, display_name, phone)
        append(draft)
    return invitation


def takes_two(user: User) -> bool:
    """Return whether resetting `user` is a joint act: it has an office, of today or to come, and no factor.

    Whoever held the address of its invitation could enrol a phone of their own and act by the office.
    """
    return (
        Office.objects.filter(user=user).lasting(clock.today()).exists()
        and not Authenticator.objects.filter(user=user, type__in=PROVING).exists()
    )


def reset_account(*, by: User, user: User) -> Invitation:
    """Take away the account's password, end its sessions, and invite its person anew.

    Second factors stay: to clear them takes two people (`joint`), as does the reset of an account that has
    none (`takes_two`), so that nobody takes over an account alone. Raises TakesTwo for that, NotPermitted
    also where an office of the account lies outside the acting administrator's area.
    """
    with transaction.atomic():
        locked = lock_account(user)
        acting = acting_over(by, locked)
        if takes_two(locked):
            raise TakesTwo(
                _("这个账号有职务、还没有登记第二道验证，重置要两个人办：请写明原因提出，由当地的负责人复核")
            )
        code = codes.issue(locked)
        append(_take_password(locked, by, acting))
    return Invitation.of(locked, code)


def ask_for_reset(*, by: User, user: User, reason: str) -> str:
    """Ask that the account be reset (`joint.ask_for_account`); return the code, for who asks alone.

    The second person will have the address: neither of the two can open the account without the other.
    """
    with transaction.atomic():
        code = codes.issue(lock_account(user))
        joint.ask_for_account(by=by, user=user, kind=JointKind.RESET, reason=reason)
    return code


def reset_jointly(act: JointAct, by: User, office: Office) -> Draft:
    """Take away the password as two agreed to, in the caller's transaction; return the event's draft."""
    return _take_password(lock_account(act.user), by, office, asked_by=act.asked_by.username)


def check_takes_two(user: User) -> None:
    """Raise PeopleError where one person may reset the account."""
    if not takes_two(user):
        raise PeopleError(_("这个账号登记了第二道验证，或者没有职务，安全管理员直接重置就行"))


def agreed_reset(act: JointAct) -> Invitation | None:
    """Return the invitation that a reset which was just agreed to gives; None for another act.

    Its address is shown to the second person alone, who gives it to the account's person by hand: who asked
    never holds it and has the code instead (`ask_for_reset`).
    """
    if act.kind != JointKind.RESET or not act.agreed:
        return None
    return Invitation.of(User.objects.get(pk=act.user_id))


def _take_password(user: User, by: User, office: Office, **more: str) -> Draft:
    """Take away the password of the locked `user`, and end what was opened with it."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    signals.password_changed.send(sender=User, user=user, request=None)
    send([user], _("您的账号被重置，原来的密码作废；不是您要办的，请马上告诉监督员"), "", groups=False)
    return Draft(
        kind="account.reset",
        object_type="account",
        object_id=str(user.pk),
        actor=by,
        office=office,
        body={"username": user.username, **more},
    )
