"""Who may act on accounts and offices: a security administrator over the area, never on themself."""

from django.utils.translation import gettext as _

from portal import clock

from .errors import NotPermitted
from .models import Office, Role, User
from .scope import scope_of


def lock_account(user: User) -> User:
    """Lock the account's row until the transaction ends: acts on one account follow each other."""
    return User.objects.select_for_update().get(pk=user.pk)


def acting_office(by: User, area_path: str | None, *, on_account: User | None = None) -> Office:
    """Return the security administrator's office by which `by` acts at `area_path` (None: anywhere).

    Read afresh, inside the transaction. Raises NotPermitted, also where `on_account` is `by`.
    """
    if on_account is not None and on_account.pk == by.pk:
        raise NotPermitted(_("不能给自己办，请由另一位安全管理员办理"))
    scope = scope_of(by, fresh=True)
    if area_path is None:
        office = next((held for held in scope.offices if held.role == Role.SECURITY_ADMIN), None)
    else:
        office = scope.holds(Role.SECURITY_ADMIN, area_path, None)
    if office is None:
        raise NotPermitted(_("这件事要由管这个地方的安全管理员来办，请转给安全管理员"))
    return office


def acting_over(by: User, user: User) -> Office:
    """Return the office by which `by` acts on the account of `user`, whose every office must lie within it.

    Offices to come count. Raises as `acting_office` does.
    """
    acting = acting_office(by, None, on_account=user)
    for held in Office.objects.filter(user=user).lasting(clock.today()).select_related("area"):
        acting = acting_office(by, held.area.path)
    return acting
