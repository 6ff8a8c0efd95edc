"""What can be refused about proving who one is, each told in words that say what to do next."""

from django.utils.translation import gettext as _


class SignInError(Exception):
    """A proof that does not hold, or an act on one's sign-in that cannot be done; the message is shown."""


class WrongCode(SignInError):
    """The code is not the one of this moment, was used before, or is no recovery code that is left."""

    def __init__(self) -> None:
        super().__init__(_("验证码不对，或者刚才已经用过。等手机上换成下一组数字再填；手机时间不准也会这样"))


class LockedOut(SignInError):
    """Too many wrong passwords or codes: the account is shut for a while."""

    def __init__(self) -> None:
        super().__init__(_("输错次数太多，这个账号暂时锁定"))
