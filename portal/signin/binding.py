"""Holding second factors against the ledger: phones, passkeys and codes that their person put there."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _

from portal.ledger import bindings
from portal.ledger.faults import Fault
from portal.people.models import User
from portal.sealing.fields import unseal
from portal.sealing.keys import keyed_hash

from . import events

HELD = "held"
# What changes with every use, and proves nothing.
COUNTS = ("last_counter", "used_mask")
SECRETS = ("secret", "seed")


def marks_of(user: User) -> list[str]:
    """Return a keyed digest of each factor of `user`, oldest first; nothing can be told from it."""
    return [_mark(one) for one in Authenticator.objects.filter(user=user).order_by("pk")]


def _mark(factor: Authenticator) -> str:
    data = {name: value for name, value in factor.data.items() if name not in COUNTS}
    data |= {name: unseal(data[name]) for name in SECRETS if name in data}
    text = json.dumps([factor.pk, factor.type, data], sort_keys=True, ensure_ascii=False)
    return keyed_hash(text, f"factor:{factor.user_id}")[:32]


@bindings.register
class FactorBinding:
    """Compares the factors of every account with what the last event of its factors says it holds."""

    kinds = (events.FACTOR_ADDED, events.FACTOR_REMOVED, events.CODES_RENEWED, events.FACTORS_RESET)

    def __init__(self) -> None:
        self._held: dict[str, tuple[int, list[str]]] = {}

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take what the account holds after the act; older events do not say."""
        if HELD in record["body"]:
            self._held[record["object_id"]] = (sequence, record["body"][HELD])

    def faults(self) -> Iterator[Fault]:
        """Yield accounts with factors that were exchanged, taken away, or put in past the portal."""
        now: dict[str, list[str]] = defaultdict(list)
        for factor in Authenticator.objects.order_by("pk"):
            now[str(factor.user_id)].append(_mark(factor))
        for account, (sequence, held) in self._held.items():
            if now.pop(account, []) != held:
                yield Fault(sequence, _("账号 %(number)s 的登录验证被换过") % {"number": account})
        for account in now if self._held else ():
            yield Fault(1, _("账号 %(number)s 的登录验证不是从门户登记的") % {"number": account})
