"""Letting a request in: the batch locked as the official saw it, and the offices over it."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q

from portal.ledger.canonical import canonical
from portal.people.models import Office, User
from portal.sealing.keys import keyed_hash

from . import authority, catalogue, records
from .acting import RowVerdict
from .errors import NoSuchBatch, StaleCase
from .models import ActKind, Batch, Case, CaseState, Decision


@dataclass(frozen=True)
class Request:
    """What one call of `services.act` asks for."""

    actor: User
    batch_id: int
    seen_version: int
    verdicts: Mapping[int, RowVerdict]
    opinion: str
    payload: Mapping[str, Any]
    kind: ActKind
    given_key: str

    @cached_property
    def key(self) -> str:
        """The key of the act, given or made."""
        # Each person's keys are their own: nobody else's form, nor the clock, can be in the way.
        return keyed_hash(f"{self.actor.pk}:{self.given_key or uuid.uuid4().hex}", "act")

    @property
    def digest(self) -> str:
        """A keyed digest of the whole request, by which a repeated one is told from another."""
        said = {str(pk): records.plain(asdict(verdict)) for pk, verdict in self.verdicts.items()}
        whole = [self.batch_id, self.kind, said, self.opinion, records.plain(dict(self.payload))]
        # Keyed: what was typed may hold a few digits of a card, which a bare digest would give away.
        return keyed_hash(canonical(whole), "act")


def locked(batch_id: int) -> Batch:
    """Return the batch, locked until the transaction ends; NoSuchBatch where there is none."""
    try:
        return Batch.objects.select_for_update(of=("self",)).select_related("area").get(pk=batch_id)
    except Batch.DoesNotExist:
        raise NoSuchBatch from None


def active(batch: Batch, by: Q | None = None) -> list[Case]:
    """Return the cases of `batch` that are on their way, locked, in the order in which they were filed.

    What an upper room knows of them comes along (`catalogue.read_along`): who changes that holds the batch.
    With `by`, a condition on decisions, each tells in `took_part` whether there is such a decision on it: the
    batch is locked, so none can come to be meanwhile.
    """
    found = Case.objects.select_for_update(of=("self",)).filter(batch=batch, state=CaseState.ACTIVE)
    found = found.select_related(*catalogue.along(batch.flow_key)).order_by("pk")
    if by is not None:
        found = found.annotate(took_part=Exists(Decision.objects.filter(by, case=OuterRef("pk"))))
    return list(found)


def closed(batch: Batch, numbered: Collection[int]) -> list[Case]:
    """Return those cases of `batch` with the ids `numbered` that are on their way no more, locked."""
    if not numbered:
        return []
    found = Case.objects.select_for_update(of=("self",)).filter(batch=batch, pk__in=numbered)
    found = found.select_related(*catalogue.along(batch.flow_key))
    return list(found.exclude(state=CaseState.ACTIVE).order_by("pk"))


def fresh(actor: User, batch_id: int, seen_version: int) -> tuple[Batch, list[Office]]:
    """Return the locked batch as the actor saw it, and the offices over it; a hidden one is a missing one."""
    batch = locked(batch_id)
    offices = authority.offices_over(batch.area_path)
    authority.require_sight(actor, batch, offices)
    if batch.version != seen_version:
        last = batch.acts.select_related("actor").order_by("-pk").first()
        by = last.actor if last else None
        raise StaleCase(str(by or ""), yourself=by == actor)
    return batch, offices
