"""Receipt codes and PINs of objections: short enough for a slip of paper, hard to guess or to misread."""

import hmac
import secrets

from portal.sealing.keys import keyed_hash

from .models import Objection

# No letter or digit that reads like another: 0 O, 1 I L, 2 Z, 5 S, 8 B, U V.
ALPHABET = "34679ACDEFGHJKMNPQRTVWXY"
CODE_LENGTH = 8
PIN_DIGITS = 6
_PURPOSE = "objection-pin"
_DRAWN = "objection-pin-drawn"
# Compared against when there is no such code, so that both answers take the same work.
_NOBODY = "0" * 64


def new_code() -> str:
    """Return a fresh code, like ``H3KM-9TQX`` (37 bits), that no objection has."""
    while True:
        drawn = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        code = f"{drawn[:4]}-{drawn[4:]}"
        if not Objection.objects.filter(receipt=code).exists():
            return code


def new_pin() -> str:
    """Return six random digits."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"


def pin_of(code: str, submission: str) -> str:
    """Return six digits that only the server can draw, the same again for the same code and `submission`."""
    return f"{int(keyed_hash(f'{code}:{submission}', _DRAWN)[:16], 16) % 10**PIN_DIGITS:0{PIN_DIGITS}d}"


def normal_code(written: str) -> str:
    """Return a code as it is kept, however the person wrote it: case, spaces and hyphens do not matter."""
    plain = "".join(char for char in written.upper() if char.isalnum())
    return f"{plain[:4]}-{plain[4:]}"[:20]


def pin_hash(code: str, pin: str) -> str:
    """Return the keyed hash that is kept of `pin`; the same PIN of another code gives another hash."""
    return keyed_hash(f"{code}:{pin}", _PURPOSE)


def receipt(code: str, pin: str) -> Objection | None:
    """Return the objection of receipt `code` if `pin` fits, else None: wrong code and wrong PIN look alike.

    Changes nothing. The caller limits how often one may try.
    """
    code = normal_code(code)
    pin = "".join(char for char in pin if char.isdecimal())
    found = Objection.objects.select_related("list__area", "row").filter(receipt=code).first()
    fits = hmac.compare_digest(found.pin_hash if found else _NOBODY, pin_hash(code, pin))
    return found if fits else None
