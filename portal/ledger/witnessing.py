"""A witness (the discipline office): cosigns a checkpoint that extends what it saw last, and no other.

What the witness gets is the body of C2SP tlog-witness's ``add-checkpoint``: the size that it knows, the
consistency proof, the signed checkpoint. It needs no database: the request may come on a memory stick, and
`offline.py`, the single file that the portal hands out, does the same on a machine with nothing else.
"""

import base64
import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from portal import clock

from . import checkpoints, merkle, notes, proofs, recovery, trust
from .checkpoints import TreeHead
from .memory import Memory
from .models import Checkpoint
from .signers import Signer

MOST_PROOF_LINES = 63


class NothingToWitness(RuntimeError):
    """There is no checkpoint that the witness has not seen; the message is Chinese."""


class NotConsistent(RuntimeError):
    """The checkpoint contradicts what the witness saw before: the log was rewritten or forked (Chinese)."""


def request(checkpoint: Checkpoint, old_size: int) -> str:
    """Return the request to cosign `checkpoint` for a witness that knows the tree of `old_size`."""
    size = checkpoint.size
    path = proofs.consistency(old_size, size) if old_size <= size else []
    lines = [f"old {old_size}", *(base64.b64encode(hash_).decode() for hash_ in path)]
    return "\n".join(lines) + f"\n\n{checkpoint.note}"


def parse(body: str) -> tuple[int, list[bytes], notes.Note]:
    """Return old size, proof and signed checkpoint of the request `body`; BadNote where it is none."""
    head, gap, rest = body.partition("\n\n")
    first, *lines = head.split("\n")
    match = re.fullmatch(r"old (0|[1-9]\d{0,18})", first)
    if not gap or not match or len(lines) > MOST_PROOF_LINES:
        raise notes.BadNote(_("不是见证请求"))
    path = [notes.unbase64(line) for line in lines]
    if any(len(hash_) != 32 for hash_ in path):
        raise notes.BadNote(_("见证请求里的证明写得不对"))
    return int(match[1]), path, notes.parse(rest)


def cosign(signer: Signer, memory: Memory, body: str, logs: Sequence[notes.VerifierKey]) -> notes.Note:
    """Return the checkpoint of the request `body` with the witness's cosignature, and remember it first.

    BadNote where the log did not sign it, NotConsistent where it does not extend what the witness saw last.
    """
    old_size, path, note = parse(body)
    head = checkpoints.checked(note, logs)
    last = memory.last
    seen = last.size if last else 0
    if old_size != seen:
        raise NotConsistent(
            _("请求是从 %(old)d 笔算起的，而上次见证到 %(seen)d 笔。请重新出一份请求：--since %(seen)d")
            % {"old": old_size, "seen": seen}
        )
    if last and last.origin != head.origin:
        raise NotConsistent(_("这是另一个账本的检查点，没有见证"))
    if last is None or last.size == 0:
        holds = not path
    else:
        holds = merkle.verify_consistency(last.size, last.root, head.size, head.root, path)
    if not holds:
        raise NotConsistent(
            _("账本和上次见证的 %(seen)d 笔接不上：被改写过、分过叉或者截短过。没有见证，请立即查明")
            % {"seen": seen}
        )
    signature = signer.cosign(note.text, clock.now())
    cosigned = note.adding([signature])
    memory.add(cosigned)
    return cosigned


def witness(signer: Signer, memory: Memory) -> Checkpoint:
    """Cosign the latest checkpoint from the database and keep the cosignature; return the checkpoint.

    NothingToWitness where the witness has cosigned it already, or none is there; NotConsistent where it
    does not extend what the witness saw last and no restore was made lawful since.
    """
    checkpoint = checkpoints.latest()
    if checkpoint is None:
        raise NothingToWitness(_("账本还没有检查点。先运行 sign_checkpoints"))
    head = TreeHead.parse(notes.parse(checkpoint.note).text)
    recovery.follow(memory, head)
    last = memory.last
    if last and (last.size, last.root) == (head.size, head.root) and memory.last_note:
        if checkpoint.cosignatures.filter(witness=signer.key.name).exists():
            raise NothingToWitness(_("最新的检查点已经见证过：%(size)d 笔") % {"size": head.size})
        cosigned = memory.last_note
    else:
        body = request(checkpoint, last.size if last else 0)
        cosigned = cosign(signer, memory, body, trust.policy().logs)
    checkpoints.add_cosignatures(str(cosigned))
    return checkpoint


def sign_recovery(signer: Signer, memory: Memory, text: str) -> notes.Note:
    """Return the statement `text` on a restore, signed by the witness who has convinced itself.

    NotConsistent where what the witness saw last is neither kept nor named as lost.
    """
    statement = recovery.Statement.parse(text)
    last = memory.last
    if last and last.size > statement.lost.size:
        raise NotConsistent(
            _("声明说丢的是 %(lost)d 笔的账本，而您见证过 %(seen)d 笔的：声明少说了丢的东西")
            % {"lost": statement.lost.size, "seen": last.size}
        )
    return notes.Note(text, (signer.sign_recovery(text),))
