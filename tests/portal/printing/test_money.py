"""Amounts in capital figures (domain.md section 6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.printing.money import MOST_FEN, capital, figures

DIGITS = {char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


def whole(words: str) -> int:
    """Read a whole number back: what stands before 亿 counts that often, then 万, then the places."""
    for unit, worth in (("亿", 10**8), ("万", 10**4)):
        if unit in words:
            head, tail = words.split(unit, 1)
            return whole(head) * worth + whole(tail)
    total, digit = 0, 0
    for char in words:
        if char in PLACES:
            total, digit = total + digit * PLACES[char], 0
        else:
            digit = DIGITS[char]
    return total + digit


def fen_of(words: str) -> int:
    """Read an amount back in fen."""
    words = words.removesuffix("整")
    yuan, rest = words.split("元", 1) if "元" in words else ("", words)
    rest = rest.removeprefix("零")
    jiao, left = rest.split("角", 1) if "角" in rest else ("", rest)
    fen = left.removesuffix("分")
    return whole(yuan) * 100 + whole(jiao) * 10 + whole(fen)


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (55, "伍角伍分"),
        (100, "壹元整"),
        (101, "壹元零壹分"),
        (110, "壹元壹角整"),
        (1000, "壹拾元整"),
        (140950, "壹仟肆佰零玖元伍角整"),
        (600714, "陆仟零柒元壹角肆分"),
        (10700053, "壹拾万柒仟元伍角叁分"),
        (32504, "叁佰贰拾伍元零肆分"),
        (1000100, "壹万零壹元整"),
        (10000000, "壹拾万元整"),
        (10**10, "壹亿元整"),
        (10**10 + 100, "壹亿零壹元整"),
        (10_005_0000_00, "壹亿零伍万元整"),
        (MOST_FEN - 1, "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        (MOST_FEN, "壹万亿元整"),
    ],
)
def test_amounts_are_written_as_the_rules_for_bank_papers_ask(fen: int, words: str) -> None:
    assert capital(fen) == words


@given(st.integers(0, MOST_FEN))
def test_every_amount_up_to_a_million_million_yuan_reads_back_as_itself(fen: int) -> None:
    assert fen_of(capital(fen)) == fen


@given(st.integers(0, MOST_FEN))
def test_capitals_never_double_a_zero_nor_leave_one_before_a_unit(fen: int) -> None:
    words = capital(fen)
    assert "零零" not in words
    if fen:
        assert not words.startswith("零")
        assert not any(wrong in words for wrong in ("零元", "零万", "零亿", "零仟", "零佰", "零拾", "零角"))
    assert words.endswith("整") == (fen % 10 == 0)


@pytest.mark.parametrize("wrong", [-1, MOST_FEN + 1, 1.5, "100", True])
def test_what_is_no_amount_of_a_form_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="大写金额"):
        capital(wrong)  # type: ignore[arg-type]


def test_figures_have_thousands_and_two_decimals() -> None:
    assert figures(1640902) == "¥16,409.02"
    assert figures(5) == "¥0.05"
    assert figures(-100) == "-¥1.00"
