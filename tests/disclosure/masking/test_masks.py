"""Masks of names and numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.masking.services import mask_card, mask_id, mask_name, mask_phone

HAN = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=6)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王五", "王某"),
        ("王小山", "王某山"),
        ("王大小山", "王某山"),
        ("欧阳明", "欧阳某"),
        ("欧阳小明", "欧阳某明"),
        ("司马", "司某"),
        ("阿依古丽·买买提", "阿依古丽·某"),
        ("阿依•古丽", "阿依·某"),
        (" 王 小 山 ", "王某山"),
        ("王", "某"),
        ("", ""),
    ],
)
def test_a_name_keeps_its_surname_and_at_most_its_last_character(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(HAN)
def test_no_mask_is_the_name_itself_and_the_middle_is_never_shown(name: str) -> None:
    masked = mask_name(name)
    if "某" not in name:
        assert masked != name
        assert "某" in masked
    assert len(masked) <= 4


def test_an_id_number_shows_its_area_and_its_end_to_officials() -> None:
    assert mask_id("99010119490101002X") == "9901**********002X"
    assert mask_id("123456") == "******"


def test_a_phone_number_shows_its_first_three_and_last_four_digits() -> None:
    assert mask_phone("199 0000 0001") == "199****0001"
    assert mask_phone("1234567") == "*****67"
    assert mask_phone("12") == "**"


def test_a_card_shows_its_last_four_digits_alone() -> None:
    assert mask_card("6200 0000 0000 0001 234") == "****1234"
    assert mask_card("1234") == "****"
