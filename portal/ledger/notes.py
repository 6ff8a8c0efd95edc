"""Signed notes and verifier keys (C2SP signed-note), with the kinds of signatures that the ledger knows.

A kind of signature is told by the bytes before the public key: ``0x01`` Ed25519 over the note's text,
``0x04`` timestamped cosignatures of a witness (C2SP tlog-cosignature), ``0xff`` and a name for what has no
number. An outside device that signs by other algorithms (SM2) registers its kind with `register_kind`.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils.translation import gettext as _

ED25519 = b"\x01"
COSIGNATURE = b"\x04"
# A witness says of a restore that it knows what was lost; its text begins with the same words.
RECOVERY = b"\xffmingbai/recovery/v1"
# Readers have to take 16 signatures; a note with many more is no note of ours.
MOST_SIGNATURES = 64
_DASH = "\u2014 "
_LINE = re.compile(r"\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")


class BadNote(ValueError):
    """A note, key or signature that does not follow the format, or does not hold; the message is Chinese."""


@dataclass(frozen=True)
class Signature:
    """One line of signature: the signer's name, the four bytes that tell the key, and what was signed."""

    name: str
    key_id: bytes
    blob: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.blob).decode()}\n"


@dataclass(frozen=True)
class Note:
    """A text that ends with a newline, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def adding(self, more: Iterable[Signature]) -> "Note":
        """Return the note with the signatures of `more` that it does not have yet."""
        return Note(self.text, tuple(dict.fromkeys([*self.signatures, *more])))


Check = Callable[[bytes, str, bytes], bool]
_kinds: dict[bytes, tuple[int, Check]] = {}


def register_kind(code: bytes, public_length: int, check: Check) -> None:
    """Make signatures of the kind `code` known; ValueError where it is taken.

    `public_length` is the length of a public key in bytes; `check(public, text, blob)` tells whether `blob`
    is a signature by `public` over the note's `text`.
    """
    if _kinds.setdefault(code, (public_length, check))[1] is not check:
        raise ValueError(f"签名种类 {code.hex()} 已经登记过")


def _ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def cosigned_message(text: str, timestamp: int) -> bytes:
    """Return what a witness signs for the checkpoint `text` at `timestamp` (POSIX seconds)."""
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def _cosignature(public: bytes, text: str, blob: bytes) -> bool:
    if len(blob) != 72 or blob[0] >= 0x80:
        return False
    return _ed25519(public, cosigned_message(text, int.from_bytes(blob[:8], "big")), blob[8:])


def _recovery(public: bytes, text: str, blob: bytes) -> bool:
    return text.startswith("mingbai/recovery/v1\n") and _ed25519(public, text.encode(), blob)


register_kind(ED25519, 32, lambda public, text, blob: _ed25519(public, text.encode(), blob))
register_kind(COSIGNATURE, 32, _cosignature)
register_kind(RECOVERY, 32, _recovery)


@dataclass(frozen=True)
class VerifierKey:
    """A public key that notes are checked with: its name, the kind of its signatures, its bytes."""

    name: str
    kind: bytes
    public: bytes

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[^\s+\x00-\x1f]+", self.name):
            raise BadNote(_("密钥的名字不能空着，也不能有空格和加号"))

    @property
    def key_id(self) -> bytes:
        """The four bytes by which signatures name the key."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.kind + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(self.kind + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Return the key written as `text` (a vkey); BadNote where it is none or of no known kind."""
        name, _plus, rest = text.strip().partition("+")
        key_id, _plus, coded = rest.partition("+")
        kind, public = split_kind(unbase64(coded))
        key = cls(name, kind, public)
        if key.key_id.hex() != key_id:
            raise BadNote(_("公钥的编号和内容对不上，抄错了：%(name)s") % {"name": name})
        return key

    def as_kind(self, kind: bytes) -> "VerifierKey":
        """Return the same key for signatures of another kind, which has another id."""
        return VerifierKey(self.name, kind, self.public)

    def made(self, signature: Signature) -> bool:
        """Return whether `signature` names this key."""
        return signature.name == self.name and signature.key_id == self.key_id

    def holds(self, text: str, signature: Signature) -> bool:
        """Return whether `signature` is this key's over `text`."""
        return self.made(signature) and _kinds[self.kind][1](self.public, text, signature.blob)


def split_kind(material: bytes) -> tuple[bytes, bytes]:
    """Return kind and key of `material`, which holds one after the other; BadNote for an unknown kind."""
    for code in sorted(_kinds, key=len, reverse=True):
        if material.startswith(code) and len(material) == len(code) + _kinds[code][0]:
            return code, material[len(code) :]
    raise BadNote(_("不认识这种密钥"))


def unbase64(text: str) -> bytes:
    """Return the bytes of base64 `text`, which must be written in the one proper way; BadNote otherwise."""
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise BadNote(_("不是 base64：%(text)s") % {"text": text[:20]}) from None
    if base64.b64encode(data).decode() != text:
        raise BadNote(_("不是规范的 base64：%(text)s") % {"text": text[:20]})
    return data


def parse(data: str) -> Note:
    """Return the note written as `data`; BadNote where it does not follow the format."""
    if any(char < " " and char != "\n" for char in data):
        raise BadNote(_("签名文书里有控制字符"))
    head, gap, tail = data.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise BadNote(_("签名文书要有正文、空行和签名"))
    lines = tail.splitlines()
    if len(lines) > MOST_SIGNATURES:
        raise BadNote(_("签名文书上的签名太多"))
    return Note(head + "\n", tuple(signature_line(line) for line in lines))


def signature_line(line: str) -> Signature:
    """Return the signature written as `line`, without its newline; BadNote where it is none."""
    match = _LINE.fullmatch(line)
    raw = unbase64(match[2]) if match else b""
    if not match or len(raw) < 5:
        raise BadNote(_("签名行写得不对：%(line)s") % {"line": line[:60]})
    return Signature(match[1], raw[:4], raw[4:])


def verified(note: Note, keys: Iterable[VerifierKey]) -> list[tuple[VerifierKey, Signature]]:
    """Return the signatures of `note` by `keys`; those of others are ignored.

    BadNote where a signature names one of the keys and does not hold: then the whole note is to be rejected.
    """
    found: list[tuple[VerifierKey, Signature]] = []
    known = list(keys)
    for signature in note.signatures:
        for key in known:
            if not key.made(signature):
                continue
            if not key.holds(note.text, signature):
                raise BadNote(_("%(name)s 的签名是假的，或者文书被改过") % {"name": key.name})
            found.append((key, signature))
    return found
