"""A restore from backup, made lawful: a witness signs what was lost, and the ledger says so in an event.

After a genuine restore the ledger is shorter than what was signed: to everyone outside that is what an
attack looks like. The statement names the tree that was lost and the one that was restored; a witness who
has convinced itself signs it; `ledger.recovered`, the first event after the restored tree, carries it.
Without it signer, witness and verifier go on calling it an attack.
"""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from . import checkpoints, merkle, notes, proofs, trust
from .checkpoints import TreeHead
from .memory import Memory
from .models import Event, Head
from .services import Draft, append

RECOVERED = "ledger.recovered"
_FIRST = "mingbai/recovery/v1"
_TREE = re.compile(r"(0|[1-9]\d{0,18}) (\S+)")


class NotLawful(RuntimeError):
    """A statement on a restore that does not hold; the message says what to do (Chinese)."""


@dataclass(frozen=True)
class Statement:
    """Which tree was lost (its events above the restored ones are gone), which was restored, and why."""

    lost: TreeHead
    restored: TreeHead
    reason: str

    def text(self) -> str:
        """Return the text that the witness signs."""
        parts = [
            _FIRST,
            self.lost.origin,
            f"lost {self.lost.size} {base64.b64encode(self.lost.root).decode()}",
            f"restored {self.restored.size} {base64.b64encode(self.restored.root).decode()}",
            f"reason {self.reason}",
        ]
        return "\n".join(parts) + "\n"

    @classmethod
    def parse(cls, text: str) -> "Statement":
        """Return what the statement `text` says; NotLawful where it is none."""
        lines = text.split("\n")
        if len(lines) != 6 or lines[0] != _FIRST or lines[5] or not lines[4].startswith("reason "):
            raise NotLawful(_("不是恢复声明"))
        trees = []
        for line, word in ((lines[2], "lost "), (lines[3], "restored ")):
            match = _TREE.fullmatch(line.removeprefix(word)) if line.startswith(word) else None
            if not match:
                raise NotLawful(_("恢复声明里的笔数或总指纹写得不对"))
            trees.append(TreeHead(lines[1], int(match[1]), notes.unbase64(match[2])))
        return cls(trees[0], trees[1], lines[4].removeprefix("reason "))


def state(lost: notes.Note, reason: str) -> Statement:
    """Return the statement on the present ledger, restored from a backup, that lacks what `lost` signed.

    NotLawful where `lost` is no checkpoint of this log, or nothing of it is missing.
    """
    reason = " ".join(reason.split())
    if not 10 <= len(reason) <= 500:
        raise NotLawful(_("写明为什么恢复、用的哪份备份、丢了哪段时间的记录，10 到 500 个字"))
    head = checkpoints.checked(lost, trust.policy().logs)
    now = Head.objects.first() or Head(size=0, root=merkle.EMPTY_ROOT.hex())
    if now.size >= head.size and (not head.size or proofs.root_at(head.size) == head.root):
        raise NotLawful(_("账本没有丢东西：这个检查点的各笔都在"))
    return Statement(head, TreeHead(head.origin, now.size, bytes.fromhex(now.root)), reason)


def lawful(note: notes.Note, policy: trust.Policy | None = None) -> Statement:
    """Return the statement of `note` once a trusted witness has signed it; NotLawful otherwise."""
    statement = Statement.parse(note.text)
    try:
        by = notes.verified(note, (policy or trust.policy()).recovery_keys)
    except notes.BadNote as error:
        raise NotLawful(str(error)) from None
    if not by:
        raise NotLawful(_("恢复声明没有认得的见证人签名。请见证单位核实后签名"))
    return statement


def record(text: str) -> Event:
    """Append the event of the signed statement `text`; it must be the first after the restored tree.

    It makes the restore lawful. NotLawful where a witness has not signed it, or where it is about another
    tree than the present one; notes.BadNote where it cannot be read.
    """
    if "\n\n" not in text:
        raise NotLawful(_("声明还没有签名。请见证人核实后运行 ledger_recovery sign，再来登记"))
    note = notes.parse(text)
    statement = lawful(note)
    with transaction.atomic():
        head = Head.objects.select_for_update().first()
        if head is None or (head.size, head.root) != (
            statement.restored.size,
            statement.restored.root.hex(),
        ):
            raise NotLawful(_("账本在声明以后又有了新的记录。恢复后先停用门户，出声明、签名、登记，再启用"))
        body = {
            "statement": str(note),
            "lost_size": statement.lost.size,
            "restored_size": statement.restored.size,
            "reason": statement.reason,
        }
        (event,) = append(Draft(RECOVERED, "ledger", "1", body=body))
    return event


def follow(memory: Memory, now: TreeHead, fits: Callable[[TreeHead], bool] = lambda tree: True) -> bool:
    """Let `memory` follow a restore that was made lawful since its last tree; return whether there was one.

    `fits` tells whether the restored tree is one that its owner knows.

    What the restored tree keeps must still extend what `memory` signed up to there.
    """
    last = memory.last
    if last is None or last.size == 0 or _stands(last, now):
        return False
    for event in Event.objects.filter(kind=RECOVERED, sequence__lte=now.size).order_by("-sequence"):
        try:
            statement, note = of_event(event.record)
        except NotLawful:
            continue
        # A witness may have seen less than what was lost, never more or something else.
        if last.size > statement.lost.size or (last.size == statement.lost.size) != (
            last.root == statement.lost.root
        ):
            continue
        if event.sequence != statement.restored.size + 1:
            continue
        if proofs.root_at(statement.restored.size) != statement.restored.root:
            continue
        before = memory.within(statement.restored.size)
        if (before is None or _stands(before, now)) and fits(statement.restored):
            memory.add_recovery(note, statement.restored)
            return True
    return False


def of_event(record: str, policy: trust.Policy | None = None) -> tuple[Statement, notes.Note]:
    """Return the statement and the note that the event with `record` carries; NotLawful where it is bad."""
    try:
        note = notes.parse(json.loads(record)["body"]["statement"])
    except (ValueError, KeyError, TypeError):
        raise NotLawful(_("恢复事件里没有恢复声明")) from None
    return lawful(note, policy), note


def _stands(old: TreeHead, now: TreeHead) -> bool:
    if old.size > now.size:
        return False
    if old.size == 0:
        return True
    proof = proofs.consistency(old.size, now.size)
    return merkle.verify_consistency(old.size, old.root, now.size, now.root, proof)
