"""Inviting a person to an account of their own, and resetting it when they lost their way in."""

import re
from dataclasses import dataclass

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import clock
from portal.ledger.services import Draft, append

from .errors import BadAccount
from .models import Office, User
from .permits import acting_office, acting_over, lock_account

NAME = re.compile(r"[\u3400-\u9fff][\u3400-\u9fff·]{1,19}")
# An account is one person's: the name of a body or a post tells of a shared one.
SHARED = re.compile(r"(委员会|办公室|委会|支部|工作队|中心|政府|部门|公用|共用|管理员|文书|经办)$")


@dataclass(frozen=True)
class Invitation:
    """An account whose password is to be set, and the address that lets its person set it, once.

    The address is a secret until it was used: show it to the person alone, never log or store it.
    """

    user: User
    path: str

    @classmethod
    def of(cls, user: User) -> "Invitation":
        """Return a fresh invitation for `user`; it lapses after PASSWORD_RESET_TIMEOUT or when used."""
        kwargs = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
        return cls(user, reverse("account_reset_password_from_key", kwargs=kwargs))

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
        return cls.of(user), draft


def invite_account(*, by: User, username: str, display_name: str, phone: str = "") -> Invitation:
    """Make an account for one person and return the address by which they set their password, once.

    It opens nothing until an office is granted. Raises NotPermitted and BadAccount.
    """
    with transaction.atomic():
        acting = acting_office(by, None)
        invitation, draft = Invitation.create(by, acting, username, display_name, phone)
        append(draft)
    return invitation


def reset_account(*, by: User, user: User) -> Invitation:
    """Take away the account's password, end its sessions, and invite its person anew.

    Every session holds a hash over the password, so the change alone ends them all. Second factors stay: to
    clear them takes two people (`joint`), so that nobody takes over an account alone. Raises NotPermitted,
    also where an office of the account lies outside the acting administrator's area.
    """
    with transaction.atomic():
        locked = lock_account(user)
        acting = acting_over(by, locked)
        locked.set_unusable_password()
        locked.save(update_fields=["password"])
        append(
            Draft(
                kind="account.reset",
                object_type="account",
                object_id=str(locked.pk),
                actor=by,
                office=acting,
                body={"username": locked.username},
            )
        )
    return Invitation.of(locked)
