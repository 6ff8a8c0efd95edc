"""Events of the ledger and its head. Written only by `services.append`, never changed."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from . import kinds


class LedgerIsFinal(RuntimeError):
    """Something tried to change or delete what the ledger holds."""

    def __init__(self) -> None:
        super().__init__(_("账本只增不改：请另记一条更正，不要改动或删除已有的记录"))


class FinalQuerySet(models.QuerySet):
    """Rows that are added and read, and nothing else."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise LedgerIsFinal

    def delete(self) -> NoReturn:
        """Refuse."""
        raise LedgerIsFinal


class FinalModel(models.Model):
    """A row that is added in bulk by the ledger's services and never changed."""

    objects = FinalQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: rows come only from `services.append`."""
        raise LedgerIsFinal

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise LedgerIsFinal


class Event(FinalModel):
    """One act. `record` is the canonical JSON whose RFC 6962 leaf hash is in the tree at `sequence - 1`.

    The other columns repeat parts of `record` for looking up; the verifier compares them. `root` is the
    tree's root after this event, so that the first bad event can be named.
    """

    sequence = models.BigIntegerField(primary_key=True)
    kind = models.CharField(_("事项"), max_length=48)
    object_type = models.CharField(max_length=32)
    object_id = models.CharField(max_length=64)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    role = models.CharField(max_length=24, blank=True)
    area_code = models.CharField(max_length=12, blank=True)
    line = models.CharField(max_length=16, blank=True)
    recorded_at = models.DateTimeField(_("记录时间"), db_index=True)
    claimed_at = models.DateTimeField(_("所称时间"), null=True)
    record = models.TextField()
    leaf_hash = models.CharField(max_length=64)
    root = models.CharField(max_length=64)

    class Meta(FinalModel.Meta):
        verbose_name = _("账本事件")
        verbose_name_plural = _("账本事件")
        # Each is walked by number, newest first, from where a page ended: nothing is sorted or counted.
        indexes = [
            models.Index(fields=["object_type", "object_id", "sequence"]),
            models.Index(fields=["kind", "sequence"], name="events_by_kind"),
            models.Index(fields=["actor", "sequence"], name="events_by_actor"),
            models.Index(fields=["area_code", "line", "sequence"], name="events_by_place"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.label}"

    @property
    def label(self) -> str:
        """What happened, in words, for timelines; the bare kind where its room is gone."""
        return kinds.label(self.kind) if kinds.is_registered(self.kind) else self.kind


class Head(models.Model):
    """The one row that orders appends: locked last in every transaction that appends."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    frontier = models.JSONField(default=list, help_text="hex hashes of the perfect subtrees, largest first")
    root = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(null=True)


class Opening(FinalModel):
    """The salt that opens one salted commitment of an event; erased when the value's retention ends."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="openings")
    name = models.CharField(max_length=48)
    salt = models.CharField(max_length=32, blank=True, help_text="hex, 16 bytes; empty once erased")

    class Meta(FinalModel.Meta):
        constraints = [models.UniqueConstraint(fields=["event", "name"], name="one_opening_a_value")]


class Tile(FinalModel):
    """256 consecutive hashes of the tree (C2SP tlog-tiles), full ones only, so that proofs read few rows.

    Level 0 holds leaf hashes; above, each hash is the root of a tile below. A tile only repeats what the
    events give: it is written after them, and the verifier recomputes it.
    """

    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField(help_text="256 hashes of 32 bytes")
    root = models.BinaryField(help_text="the root over them, a hash of the level above")

    class Meta(FinalModel.Meta):
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="one_tile_a_place")]


class Checkpoint(FinalModel):
    """What the signer signed of the tree: `note` is the signed note (C2SP tlog-checkpoint) as it was made."""

    size = models.BigIntegerField(_("笔数"))
    root = models.CharField(_("总指纹"), max_length=64)
    note = models.TextField()
    signed_at = models.DateTimeField(_("签署时间"))

    class Meta(FinalModel.Meta):
        verbose_name = _("检查点")
        verbose_name_plural = _("检查点")
        constraints = [models.UniqueConstraint(fields=["size", "root"], name="one_checkpoint_a_tree")]
        indexes = [models.Index(fields=["size"])]

    def __str__(self) -> str:
        return f"{self.size} {self.root}"


class Cosignature(FinalModel):
    """A witness's line under a checkpoint (C2SP tlog-cosignature): it saw nothing that contradicts it."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="cosignatures")
    witness = models.CharField(_("见证人"), max_length=120)
    line = models.CharField(max_length=400)
    cosigned_at = models.DateTimeField(_("见证时间"))

    class Meta(FinalModel.Meta):
        verbose_name = _("见证")
        verbose_name_plural = _("见证")
        constraints = [models.UniqueConstraint(fields=["checkpoint", "line"], name="one_cosignature_a_line")]
