"""The digest of a list: an RFC 6962 root over salted row commitments (design.md rule 6).

A row has two commitments. The first covers who it is: subject, name, masked name. The second covers what is
shown and the first. With the second salt anyone can check what was shown without learning a name, and
a value that is redacted loses its salt while the digest still verifies.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from portal.ledger import merkle
from portal.ledger.canonical import canonical
from portal.sealing import commitments

from .models import ListRow, PublicList


@dataclass(frozen=True)
class Verification:
    """Whether a list's stored rows still give its digest; `bad_rows` are the positions that do not fit."""

    root_fits: bool
    bad_rows: Sequence[int]

    @property
    def ok(self) -> bool:
        """Whether everything fits."""
        return self.root_fits and not self.bad_rows


def identity_text(position: int, subject: str, name: str, masked_name: str) -> str:
    """Return the canonical text that the first commitment of a row covers."""
    return canonical({"position": position, "subject": subject, "name": name, "masked_name": masked_name})


def shown_text(position: int, shown: dict[str, Any], name_commitment: str) -> str:
    """Return the canonical text that the second commitment of a row covers."""
    return canonical({"position": position, "shown": shown, "identity": name_commitment})


def seal(row: ListRow) -> None:
    """Draw the salts of the unsaved `row` and set its two commitments."""
    identity = identity_text(row.position, row.subject, row.name, row.masked_name)
    row.name_commitment, row.name_salt = commitments.commit(identity)
    row.commitment, row.salt = commitments.commit(shown_text(row.position, row.shown, row.name_commitment))


def seal_again(row: ListRow) -> None:
    """Erase the salt of what was shown and commit to what is shown now, since a datum was redacted from it.

    The first commitment stands as it was, so that the list's digest verifies; the second one covers what is
    left, so that nothing of it can be altered unseen either.
    """
    row.salt = ""
    row.redacted_commitment, row.redacted_salt = commitments.commit(
        shown_text(row.position, row.shown, row.name_commitment)
    )


def root(row_commitments: Iterable[str]) -> str:
    """Return the hex RFC 6962 root over the hex `row_commitments`, in the order of positions."""
    return merkle.root([merkle.leaf_hash(bytes.fromhex(commitment)) for commitment in row_commitments]).hex()


def verify(list: PublicList) -> Verification:
    """Return whether the stored rows of `list` with their salts give the digest that was published.

    A commitment whose salt was erased (a redacted value) is taken as it stands.
    """
    rows = [*list.rows.order_by("position")]
    bad = [row.position for row in rows if not _opens(row)]
    numbered = [row.position for row in rows] == [*range(1, list.row_count + 1)]
    return Verification(numbered and root(row.commitment for row in rows) == list.digest, bad)


def _opens(row: ListRow) -> bool:
    identity = identity_text(row.position, row.subject, row.name, row.masked_name)
    shown = shown_text(row.position, row.shown, row.name_commitment)
    return (
        commitments.holds(row.name_commitment, identity, row.name_salt)
        and commitments.holds(row.commitment, shown, row.salt)
        and (
            not row.redacted_commitment
            or commitments.opens(row.redacted_commitment, shown, row.redacted_salt)
        )
        and (not (row.salt or row.redacted_commitment) or row.shown.get("amount_fen") == row.amount_fen)
    )
