"""Keys of the portal: they come from the environment and never stand in the database."""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@lru_cache(maxsize=4)
def _ciphers(encoded: tuple[str, ...]) -> tuple[AESGCM, ...]:
    keys = [base64.b64decode(key) for key in encoded]
    if not keys or any(len(key) != 32 for key in keys):
        raise ImproperlyConfigured("FIELD_KEYS 要有至少一个 32 字节的 base64 密钥，第一个用来加密")
    return tuple(AESGCM(key) for key in keys)


def ciphers() -> tuple[AESGCM, ...]:
    """Return the ciphers of personal fields; the first encrypts, the later ones still decrypt."""
    return _ciphers(tuple(settings.FIELD_KEYS))


def keyed_hash(value: str, purpose: str) -> str:
    """Return the hex HMAC-SHA-256 of `value` for `purpose`, by which an encrypted value is found."""
    key = settings.LOOKUP_KEY.encode()
    return hmac.new(key, f"{purpose}\x00{value}".encode(), hashlib.sha256).hexdigest()
