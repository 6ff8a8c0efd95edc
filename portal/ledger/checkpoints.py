"""Checkpoints (C2SP tlog-checkpoint): the text that is signed, and how signed ones are kept and found."""

import base64
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from portal import clock

from . import merkle, notes, trust
from .models import Checkpoint, Cosignature, Event

_SIZE = re.compile(r"0|[1-9]\d{0,18}")


@dataclass(frozen=True)
class TreeHead:
    """What a checkpoint says: of which log, how many leaves, which root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> "TreeHead":
        """Return what the checkpoint `text` says; BadNote where it is none.

        Lines after the third are let be, as the format says.
        """
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:-1]) or not _SIZE.fullmatch(lines[1]):
            raise notes.BadNote(_("不是检查点：要有账本名、笔数、总指纹三行"))
        root = notes.unbase64(lines[2])
        if len(root) != 32 or (lines[1] == "0" and root != merkle.EMPTY_ROOT):
            raise notes.BadNote(_("检查点的总指纹写得不对"))
        return cls(lines[0], int(lines[1]), root)


def checked(note: notes.Note, keys: Iterable[notes.VerifierKey]) -> TreeHead:
    """Return what `note` says once it is signed by one of the log's `keys`; BadNote otherwise."""
    head = TreeHead.parse(note.text)
    by = [key for key, _signature in notes.verified(note, keys)]
    if not any(key.name == head.origin for key in by):
        raise notes.BadNote(_("检查点没有账本自己的有效签名：密钥不是认得的那把，或者文书被换过"))
    return head


def keep(note: notes.Note, signed_at: datetime | None = None) -> Checkpoint:
    """Keep the signed checkpoint `note`; one of the same tree that is there already stays as it is."""
    head = TreeHead.parse(note.text)
    row = Checkpoint(size=head.size, root=head.root.hex(), note=str(note), signed_at=signed_at or clock.now())
    Checkpoint.objects.bulk_create([row], ignore_conflicts=True)
    return Checkpoint.objects.get(size=head.size, root=head.root.hex())


def add_cosignatures(lines: str) -> list[Cosignature]:
    """Keep what witnesses signed: `lines` is a checkpoint with its cosignatures; return the new ones.

    BadNote where the checkpoint is not one of the ledger's, or no line is by a witness that it trusts.
    """
    note = notes.parse(lines)
    head = TreeHead.parse(note.text)
    found = notes.verified(note, trust.policy().witnesses)
    if not found:
        raise notes.BadNote(_("没有认得的见证人的签名。先把见证人的公钥写进信任文件"))
    with transaction.atomic():
        checkpoint = Checkpoint.objects.filter(size=head.size, root=head.root.hex()).first()
        if checkpoint is None or notes.parse(checkpoint.note).text != note.text:
            raise notes.BadNote(_("账本没有签过这个检查点：%(size)d 笔") % {"size": head.size})
        before = set(checkpoint.cosignatures.values_list("line", flat=True))
        new = [
            Cosignature(
                checkpoint=checkpoint,
                witness=key.name,
                line=str(signature).strip(),
                cosigned_at=datetime.fromtimestamp(int.from_bytes(signature.blob[:8], "big"), UTC),
            )
            for key, signature in found
            if str(signature).strip() not in before
        ]
        Cosignature.objects.bulk_create(new, ignore_conflicts=True)
    return new


def latest() -> Checkpoint | None:
    """Return the checkpoint of the largest tree, with its cosignatures, or None (two queries)."""
    return _with_witnesses().order_by("-size", "-pk").first()


def covering(sequence: int) -> Checkpoint | None:
    """Return the first checkpoint whose tree holds event `sequence`; cosigned ones before others.

    None while no checkpoint covers it: the signer comes round within minutes.
    """
    found = _with_witnesses().filter(size__gte=sequence).order_by("size", "-pk")
    return found.filter(cosignatures__isnull=False).first() or found.first()


def first_covering(sequences: Collection[int]) -> dict[int, tuple[int, str]]:
    """Return size and root of the first signed tree that holds each of `sequences`, where there is one.

    That never changes any more, whoever signs later. One query.
    """
    if not sequences:
        return {}
    # Looked up in the index for each number: there may be years of checkpoints between two of them.
    trees = Checkpoint.objects.filter(size__gte=OuterRef("sequence")).order_by("size", "pk")
    found = Event.objects.filter(sequence__in=sequences).annotate(
        tree=Subquery(trees.values("size")[:1]), its_root=Subquery(trees.values("root")[:1])
    )
    signed = found.exclude(tree=None).values_list("sequence", "tree", "its_root")
    return {sequence: (size, root) for sequence, size, root in signed}


def note_of(checkpoint: Checkpoint) -> notes.Note:
    """Return the signed note of `checkpoint` with every cosignature that came in for it."""
    lines = sorted(checkpoint.cosignatures.all(), key=lambda line: line.pk)
    return notes.parse(checkpoint.note).adding(notes.signature_line(line.line) for line in lines)


def _with_witnesses() -> "QuerySet[Checkpoint]":
    return Checkpoint.objects.prefetch_related("cosignatures")
