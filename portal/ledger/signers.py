"""What signs: a key in a file, or a device outside; and the files that hold keys.

A key file has one line, ``PRIVATE+KEY+<name>+<id>+<base64>``, as Go's note tools write it. A device is a
command that reads what is to be signed and writes the bare signature: that is where a county's SM2 device
fits, with a kind of signature registered in `notes.register_kind` (docs/ledger.md).
"""

import base64
import os
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils.translation import gettext as _

from .notes import COSIGNATURE, RECOVERY, BadNote, Note, Signature, VerifierKey, cosigned_message

PRIVATE = "PRIVATE+KEY+"
# A device that waits for a finger or a card is given this many seconds.
PATIENCE = 60


class CannotSign(RuntimeError):
    """Key or device did not give a signature; the message is Chinese."""


@dataclass(frozen=True)
class Signer:
    """A key by its public half, and what makes its bare signatures."""

    key: VerifierKey
    make: Callable[[bytes], bytes]

    def sign(self, text: str) -> Signature:
        """Return the signature over the note `text`; CannotSign where the device gives no valid one."""
        return self._checked(self.key, text, self.make(text.encode()))

    def cosign(self, text: str, moment: datetime) -> Signature:
        """Return the cosignature of the checkpoint `text` at `moment`, for a witness's key."""
        if self.key.kind != COSIGNATURE:
            raise CannotSign(_("这把不是见证人的密钥，不能见证"))
        timestamp = int(moment.timestamp())
        blob = timestamp.to_bytes(8, "big") + self.make(cosigned_message(text, timestamp))
        return self._checked(self.key, text, blob)

    def sign_recovery(self, text: str) -> Signature:
        """Return a witness's signature under the statement `text` on a restore."""
        return self._checked(self.key.as_kind(RECOVERY), text, self.make(text.encode()))

    @staticmethod
    def _checked(key: VerifierKey, text: str, blob: bytes) -> Signature:
        signature = Signature(key.name, key.key_id, blob)
        if not key.holds(text, signature):
            raise CannotSign(_("签出来的签名用公钥验不过，没有采用：密钥或设备不对"))
        return signature


def signed(text: str, signer: Signer) -> Note:
    """Return `text` as a note with the signature of `signer`."""
    return Note(text, (signer.sign(text),))


def from_file(path: Path) -> Signer:
    """Return the signer whose key stands in the file at `path`; CannotSign where it cannot be used.

    Refused where others than its owner may read it.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise CannotSign(
            _("读不到密钥文件 %(path)s：%(why)s") % {"path": path, "why": error.strerror}
        ) from None
    if mode & 0o077:
        raise CannotSign(_("密钥文件 %(path)s 别人也能读。先执行：chmod 600") % {"path": path})
    try:
        name, key_id, material = text.removeprefix(PRIVATE).split("+", 2)
        raw = base64.b64decode(material, validate=True)
        private = Ed25519PrivateKey.from_private_bytes(raw[1:])
        key = VerifierKey(name, raw[:1], private.public_key().public_bytes_raw())
    except ValueError:
        raise CannotSign(_("%(path)s 不是密钥文件") % {"path": path}) from None
    if not text.startswith(PRIVATE) or key.key_id.hex() != key_id:
        raise CannotSign(_("%(path)s 里的密钥编号和内容对不上") % {"path": path})
    return Signer(key, private.sign)


def device(key: VerifierKey, command: str) -> Signer:
    """Return a signer that has `command` sign: the message on its input, the bare signature on its output.

    The private key stays in the device; what it returns is checked with `key` before it is used.
    """

    def make(message: bytes) -> bytes:
        try:
            done = subprocess.run(shlex.split(command), input=message, capture_output=True, timeout=PATIENCE)
        except (OSError, subprocess.TimeoutExpired):
            raise CannotSign(_("签名设备没有应答")) from None
        if done.returncode:
            raise CannotSign(_("签名设备报错，没有签名"))
        return done.stdout

    return Signer(key, make)


def make_key(path: Path, name: str, *, witness: bool) -> VerifierKey:
    """Make a key called `name` in a new file at `path`, readable by its owner alone; return its public half.

    CannotSign where the file is there already: a key is never overwritten.
    """
    private = Ed25519PrivateKey.generate()
    try:
        key = VerifierKey(name, COSIGNATURE if witness else b"\x01", private.public_key().public_bytes_raw())
    except BadNote as error:
        raise CannotSign(str(error)) from None
    material = base64.b64encode(key.kind + private.private_bytes_raw()).decode()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(f"{PRIVATE}{name}+{key.key_id.hex()}+{material}\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise CannotSign(_("%(path)s 已经有了，不会覆盖。换一个文件名") % {"path": path}) from None
    return key
