"""Sealing to a key whose opening half the portal does not hold (X25519, HKDF, AES-256-GCM).

Every text is sealed to a fresh key pair, whose private half is forgotten at once: not even the process that
sealed it can open it again. What opens it is kept by the discipline office, on paper or on a machine of its
own, and never stored here.
"""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES, NONCE_BYTES = 32, 12
PREFIX = "box1:"


class WrongKey(ValueError):
    """A text that is no key, or a key that does not open what was sealed."""


def make_pair() -> tuple[str, str]:
    """Return (opening key, sealing key), both as base64 of 32 bytes; the first is a secret."""
    private = X25519PrivateKey.generate()
    return _text(private.private_bytes_raw()), _text(private.public_key().public_bytes_raw())


def is_key(opening: str) -> bool:
    """Return whether `opening` is written as a key is; whether it opens anything, only the rows tell."""
    try:
        _private(opening)
    except WrongKey:
        return False
    return True


def seal(text: str, sealing: str) -> str:
    """Return `text` sealed to the key `sealing`; WrongKey where that is no key."""
    fresh = X25519PrivateKey.generate()
    theirs = X25519PublicKey.from_public_bytes(_bytes(sealing))
    ours = fresh.public_key().public_bytes_raw()
    nonce = os.urandom(NONCE_BYTES)
    shut = _cipher(fresh.exchange(theirs), ours + _bytes(sealing)).encrypt(nonce, text.encode(), None)
    return PREFIX + _text(ours + nonce + shut)


def unseal(sealed: str, opening: str) -> str:
    """Return what `seal` sealed; WrongKey where `opening` does not open it or it was altered."""
    private = _private(opening)
    try:
        raw = base64.b64decode(sealed.removeprefix(PREFIX), validate=True)
        ours, nonce, shut = (
            raw[:KEY_BYTES],
            raw[KEY_BYTES : KEY_BYTES + NONCE_BYTES],
            raw[KEY_BYTES + NONCE_BYTES :],
        )
        shared = private.exchange(X25519PublicKey.from_public_bytes(ours))
        salt = ours + private.public_key().public_bytes_raw()
        return _cipher(shared, salt).decrypt(nonce, shut, None).decode()
    except (InvalidTag, ValueError) as error:
        raise WrongKey("sealed text does not open") from error


def _cipher(shared: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"mingbai inquiry").derive(shared))


def _private(opening: str) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(_bytes(opening))


def _bytes(key: str) -> bytes:
    try:
        raw = base64.b64decode("".join(key.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise WrongKey("not a key") from error
    if len(raw) != KEY_BYTES:
        raise WrongKey("not a key")
    return raw


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
