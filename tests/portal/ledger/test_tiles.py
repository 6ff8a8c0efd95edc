"""Stored tiles: as the specification has them, proofs in few reads, an independent second opinion."""

import hashlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.ledger import merkle, proofs, tiles
from portal.ledger.models import Event, Head, Tile

from .parties import record


def mth(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word, with nothing of the portal's."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """RFC 6962, 2.1.2."""
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*subproof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def leaves() -> list[bytes]:
    return [
        bytes.fromhex(leaf) for leaf in Event.objects.order_by("sequence").values_list("leaf_hash", flat=True)
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 21, 64, 100])
def test_spans_name_the_runs_that_the_proofs_of_rfc_6962_are_made_of(size: int) -> None:
    data = [hashlib.sha256(bytes([n])).digest() for n in range(size)]

    def roots(spans: list[tuple[int, int]]) -> list[bytes]:
        found = []
        for start, end in spans:
            nodes = merkle.perfect_nodes(start, end)
            assert sum(1 << height for height, _index in nodes) == end - start
            found.append(merkle.folded([mth(data[i << h : (i + 1) << h]) for h, i in nodes]))
        return found

    for index in range(size):
        assert roots(merkle.inclusion_spans(index, size)) == path(index, data)
        assert roots(merkle.consistency_spans(index + 1, size)) == subproof(index + 1, data)


@pytest.mark.django_db
def test_tiles_are_those_of_the_specification_and_proofs_from_them_those_of_rfc_6962(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Width 4 in place of 256, so that three levels fill with few events.
    monkeypatch.setattr(tiles, "WIDTH", 4)
    monkeypatch.setattr(tiles, "HEIGHT", 2)
    monkeypatch.setattr(tiles, "BATCH", 3)
    record(90)
    data = leaves()
    for written in (22 + 5 + 1, 0):
        assert tiles.complete() == written
    for level, index, hashes, root in Tile.objects.values_list("level", "index", "hashes", "root"):
        start, each = index * 4 ** (level + 1), 4**level
        expected = [mth(data[start + n * each : start + (n + 1) * each]) for n in range(4)]
        assert bytes(hashes) == b"".join(expected) and bytes(root) == mth(data[start : start + 4 * each])
    record(7)
    data = leaves()
    for size in (1, 16, 63, 64, 65, 90, 97):
        assert proofs.root_at(size) == mth(data[:size])
        for place in {0, size // 3, size - 1}:
            assert proofs.inclusion(place, size) == path(place, data[:size])
            assert proofs.consistency(place + 1, size) == subproof(place + 1, data[:size])
    # A tile that is not there, at any level, makes a proof slower, not wrong.
    Tile.objects.filter(level=1)._raw_delete("default")
    assert proofs.inclusion(3, 97) == path(3, data)
    Tile.objects.filter(index=2)._raw_delete("default")
    assert proofs.consistency(70, 97) == subproof(70, data)


@pytest.mark.django_db
def test_a_proof_reads_few_rows_however_long_the_ledger_is() -> None:
    record(600)
    assert tiles.complete() == 2
    head = Head.objects.get()
    assert proofs.root_at(600).hex() == head.root
    with CaptureQueriesContext(connection) as queries:
        proof = proofs.inclusion(10, 600)
    assert merkle.verify_inclusion(leaves()[10], 10, 600, proof, bytes.fromhex(head.root))
    assert len(queries) <= 4


@pytest.mark.django_db
def test_no_tile_is_made_up_over_an_event_that_is_gone() -> None:
    record(300)
    Event.objects.filter(sequence=17)._raw_delete("default")
    assert tiles.complete() == 0
    with pytest.raises(IndexError):
        proofs.inclusion(290, 300)
