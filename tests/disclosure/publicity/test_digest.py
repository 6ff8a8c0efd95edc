"""The digest of a list: it verifies from rows and salts, and no change goes unseen."""

import json
from typing import Any

import pytest

from disclosure.publicity import digest
from disclosure.publicity.models import ListRow
from disclosure.publicity.services import verify
from portal.ledger import merkle
from portal.sealing import commitments
from tests.disclosure.village import Village, a_list, household


def test_the_digest_verifies_from_rows_and_salts(village: Village) -> None:
    assert verify(a_list(village)).ok


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8])
def test_the_digest_is_the_rfc_6962_root_over_the_rows_commitments(village: Village, count: int) -> None:
    published = a_list(village, [household(n) for n in range(1, count + 1)])
    leaves = [merkle.leaf_hash(bytes.fromhex(row.commitment)) for row in published.rows.order_by("position")]
    assert published.digest == merkle.root(leaves).hex()
    for index, leaf in enumerate(leaves):
        proof = merkle.inclusion_proof(leaves, index)
        assert merkle.verify_inclusion(leaf, index, count, proof, bytes.fromhex(published.digest))


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "case:C9"},
        {"name": "王大山"},
        {"masked_name": "王某水"},
        {"amount_fen": 1},
        {"position": 9},
        {"salt": "00" * 16},
        {"name_salt": "00" * 16},
        {"commitment": "00" * 32},
        {"name_commitment": "00" * 32},
        {"shown": {"group": "一组", "item": "养羊圈舍", "amount_fen": 480_001}},
    ],
)
def test_any_change_to_a_stored_row_is_found(village: Village, change: dict[str, Any]) -> None:
    published = a_list(village)
    row = published.rows.get(position=2)
    for name, value in change.items():
        setattr(row, name, value)
    row.save()
    assert not verify(published).ok


@pytest.mark.parametrize("key", ["group", "item", "amount_fen", "note", "reduced_fen", "why", "effect"])
def test_every_shown_value_is_covered(village: Village, key: str) -> None:
    published = a_list(village)
    row = published.rows.get(position=1)
    row.shown[key] = {"text": "另一个理由"} if key == "why" else 7 if key.endswith("_fen") else "别的"
    row.save()
    assert [*verify(published).bad_rows] == [1]


def test_a_row_that_is_missing_added_or_moved_is_found(village: Village) -> None:
    published = a_list(village)
    ListRow.objects.filter(list=published, position=2).update(position=20)
    ListRow.objects.filter(list=published, position=3).update(position=2)
    ListRow.objects.filter(list=published, position=20).update(position=3)
    assert not verify(published).root_fits
    other = a_list(village)
    ListRow.objects.filter(list=other, position=3).delete()
    assert not verify(other).root_fits


def test_two_lists_of_the_same_rows_have_different_digests(village: Village) -> None:
    assert a_list(village).digest != a_list(village).digest


def test_what_was_shown_is_proved_without_telling_who_it_is(village: Village) -> None:
    row = a_list(village).rows.get(position=1)
    text = digest.shown_text(row.position, row.shown, row.name_commitment)
    assert commitments.opens(row.commitment, text, row.salt)
    assert "王" not in text
    assert json.loads(text)["shown"]["amount_fen"] == 480_000


def test_a_redacted_name_loses_its_salt_and_the_list_still_verifies(village: Village) -> None:
    published = a_list(village)
    published.rows.filter(position=1).update(name="", masked_name="", name_salt="")
    assert verify(published).ok
    published.rows.filter(position=2).update(shown={"redacted": True}, salt="")
    assert verify(published).ok
