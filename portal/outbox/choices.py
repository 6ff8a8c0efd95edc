"""Which channels each person chose for each kind of message, beside the desk, which shows all of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.configuration import services as configuration
from portal.ledger.services import Draft, append
from portal.people.models import User

from .errors import OutboxError
from .events import MAIL_SET
from .keys import DIGEST_HOUR
from .models import Choice, Kind, MailMode


@dataclass(frozen=True)
class Chosen:
    """The channels beside the desk: when mail goes, and whether a group robot may tell."""

    mail: str = MailMode.NOW
    robot: bool = True


def chosen_by(users: Collection[int], kind: str) -> dict[int, Chosen]:
    """Return what each of `users` (primary keys) chose for `kind`; one query."""
    rows = Choice.objects.filter(user__in=users, kind=kind)
    kept = {row.user_id: Chosen(row.mail, row.robot) for row in rows}
    return {pk: kept.get(pk, Chosen()) for pk in users}


def choices_of(user: User) -> dict[str, Chosen]:
    """Return what `user` chose for every kind."""
    kept = {row.kind: Chosen(row.mail, row.robot) for row in Choice.objects.filter(user=user)}
    return {kind: kept.get(kind, Chosen()) for kind in Kind.values}


def choose(*, by: User, choices: Mapping[str, Chosen]) -> None:
    """Keep what `by` chose for the kinds named; it counts for what is sent from then on. OutboxError."""
    for kind, chosen in choices.items():
        if kind not in Kind.values or chosen.mail not in MailMode.values:
            raise OutboxError(_("请从列出的几种里选"))
    with transaction.atomic():
        for kind, chosen in choices.items():
            Choice.objects.update_or_create(
                user=by, kind=kind, defaults={"mail": chosen.mail, "robot": chosen.robot}
            )


def set_address(*, by: User, address: str) -> None:
    """Let mail for `by` go to `address` from the next message on; an empty one ends mail. OutboxError.

    The event tells that there is one, and holds the address as a salted commitment alone.
    """
    typed = address.strip()
    try:
        if typed:
            validate_email(typed)
            User._meta.get_field("email").run_validators(typed)
    except ValidationError:
        raise OutboxError(_("邮箱写得不对，请照 名字@单位.cn 的样子写")) from None
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=by.pk)
        if person.email == typed:
            return
        person.email = typed
        person.save(update_fields=["email"])
        append(
            Draft(
                kind=MAIL_SET,
                object_type="account",
                object_id=str(person.pk),
                actor=by,
                body={"given": bool(typed)},
                sealed={"mail": typed},
            )
        )


def mail_due_at(chosen: Chosen, address: str, now: datetime) -> datetime | None:
    """Return when mail for a message queued `now` is due; None without an address or where none is wanted."""
    if not address or chosen.mail == MailMode.NEVER:
        return None
    if chosen.mail == MailMode.NOW:
        return now
    local = timezone.localtime(now)
    hour = time(configuration.value(DIGEST_HOUR), tzinfo=local.tzinfo)
    today = datetime.combine(local.date(), hour)
    return today if today > local else today + timedelta(days=1)
