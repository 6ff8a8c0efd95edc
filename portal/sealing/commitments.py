"""Salted commitments to personal values: what the ledger holds in place of the values (design.md rule 12).

Whoever holds value and salt can show that they are what was recorded; once the salt is erased nobody can
find the value by trying every name or ID number.
"""

import hashlib
import hmac
import secrets

SALT_BYTES = 16


def commit(value: str, salt: str | None = None) -> tuple[str, str]:
    """Return (commitment, salt), both hex: SHA-256 over the salt's 16 bytes and the UTF-8 value.

    A salt is drawn where none is given. ValueError for a salt that is not 16 bytes of hex.
    """
    salt = secrets.token_hex(SALT_BYTES) if salt is None else salt
    raw = bytes.fromhex(salt)
    if len(raw) != SALT_BYTES:
        raise ValueError("承诺的盐要有 16 个字节")
    return hashlib.sha256(raw + value.encode()).hexdigest(), salt


def opens(commitment: str, value: str, salt: str) -> bool:
    """Return whether `value` with `salt` opens `commitment`; never for an erased (empty) salt."""
    return bool(salt) and hmac.compare_digest(commit(value, salt)[0], commitment)


def holds(commitment: str, value: str, salt: str) -> bool:
    """Return whether `value` may still be what was committed to: an erased salt leaves nothing to compare."""
    return not salt or opens(commitment, value, salt)
