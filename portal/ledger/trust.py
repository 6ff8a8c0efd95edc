"""Whose signatures count: the trust file beside the portal, outside the database (C2SP tlog-policy).

``LEDGER_TRUST_FILE`` names it. Lines ``log <vkey>``, ``witness <name> <vkey>``, ``quorum <name>`` or
``quorum none``; groups are not supported, and said so. Who rewrites the database cannot rewrite this file;
whoever keeps a copy of it elsewhere needs to trust not even the server (`verify_ledger --trust FILE`).
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from .notes import COSIGNATURE, RECOVERY, BadNote, VerifierKey


@dataclass(frozen=True)
class Policy:
    """The keys of the log, newest first, and those of its witnesses; `quorum` names one that must sign."""

    logs: tuple[VerifierKey, ...] = ()
    witnesses: tuple[VerifierKey, ...] = ()
    quorum: VerifierKey | None = None

    @property
    def origin(self) -> str:
        """The log's name; empty where no key is trusted yet."""
        return self.logs[0].name if self.logs else ""

    @property
    def recovery_keys(self) -> tuple[VerifierKey, ...]:
        """The witnesses' keys, for their statements on a restore."""
        return tuple(key.as_kind(RECOVERY) for key in self.witnesses)


def trust_file() -> Path:
    """Return where the trust file is looked for."""
    return Path(settings.LEDGER_TRUST_FILE)


def policy() -> Policy:
    """Return the policy of the trust file, an empty one where there is none; BadNote where it is wrong."""
    path = trust_file()
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return Policy()
    return _read(path, changed)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> Policy:
    return parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> Policy:
    """Return the policy that `text` states; BadNote names the line that cannot be read."""
    logs: list[VerifierKey] = []
    witnesses: dict[str, VerifierKey] = {}
    quorum: VerifierKey | None = None
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "log" and len(words) in (2, 3):
            logs.append(VerifierKey.parse(words[1]))
        elif words[0] == "witness" and len(words) in (3, 4):
            witnesses[words[1]] = VerifierKey.parse(words[2])
        elif words[0] == "quorum" and len(words) == 2 and words[1] in {"none", *witnesses}:
            quorum = witnesses.get(words[1])
        else:
            raise BadNote(_("信任文件第 %(number)d 行读不懂") % {"number": number})
    if any(key.kind == COSIGNATURE for key in logs) or any(
        key.kind != COSIGNATURE for key in witnesses.values()
    ):
        raise BadNote(_("信任文件里，账本的公钥和见证人的公钥放反了"))
    if len({key.name for key in logs}) > 1:
        raise BadNote(_("信任文件里有几个账本的公钥，一个门户只有一个账本"))
    return Policy(tuple(logs), tuple(witnesses.values()), quorum)
