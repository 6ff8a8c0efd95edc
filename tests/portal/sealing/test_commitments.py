"""Commitments: value and salt together open one, neither alone tells anything."""

import hashlib

import pytest

from portal.sealing.commitments import commit, opens


def test_value_and_salt_open_a_commitment_and_another_value_or_salt_does_not() -> None:
    commitment, salt = commit("王测试")
    assert opens(commitment, "王测试", salt)
    assert not opens(commitment, "王试测", salt)
    assert not opens(commitment, "王测试", "0" * 32)


def test_an_erased_salt_opens_nothing() -> None:
    commitment, _salt = commit("王测试")
    assert not opens(commitment, "王测试", "")


def test_each_commitment_has_a_salt_of_its_own() -> None:
    assert commit("王测试") != commit("王测试")


def test_anyone_can_recompute_a_commitment_from_what_the_documentation_says() -> None:
    salt = "00112233445566778899aabbccddeeff"
    expected = hashlib.sha256(bytes.fromhex(salt) + "王测试".encode()).hexdigest()
    assert commit("王测试", salt) == (expected, salt)


@pytest.mark.parametrize("salt", ["", "00", "zz" * 16])
def test_a_salt_of_another_length_is_refused(salt: str) -> None:
    with pytest.raises(ValueError):
        commit("王测试", salt)
