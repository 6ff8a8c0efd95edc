"""Model fields that keep personal data encrypted at rest (design.md rule 12)."""

import base64
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from django.db import models

from .keys import ciphers

PREFIX = "v1:"
NONCE_BYTES = 12


def seal(text: str) -> str:
    """Return `text` encrypted with the first key (AES-256-GCM, random nonce), as printable text."""
    nonce = os.urandom(NONCE_BYTES)
    return PREFIX + base64.b64encode(nonce + ciphers()[0].encrypt(nonce, text.encode(), None)).decode()


def unseal(sealed: str) -> str:
    """Return the text that `seal` encrypted; ValueError where no key fits or it was altered."""
    if not sealed.startswith(PREFIX):
        raise ValueError("不是加密的字段值")
    raw = base64.b64decode(sealed[len(PREFIX) :])
    for cipher in ciphers():
        try:
            return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None).decode()
        except InvalidTag:
            continue
    raise ValueError("没有能解开这个字段的密钥，或它已被改动")


class EncryptedTextField(models.TextField):
    """Text that the database holds only encrypted. It cannot be searched: find it by `keyed_hash`."""

    description = "加密文本"

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way to the database; an empty text stays empty."""
        value = super().get_prep_value(value)
        return seal(value) if value else value

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """Decrypt on the way out."""
        return unseal(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse every lookup but emptiness: two encryptions of one value differ."""
        if lookup_name not in {"isnull"}:
            raise TypeError("加密字段不能用来查找，请用对应的散列字段")
        return super().get_lookup(lookup_name)
