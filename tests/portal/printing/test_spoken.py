"""Numbers as they are read aloud."""

from datetime import date

import pytest

from portal.printing import spoken


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "零"),
        (7, "七"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1_005, "一千零五"),
        (3_205, "三千二百零五"),
        (10_020, "一万零二十"),
        (100_000, "十万"),
        (101_000, "十万一千"),
        (1_200_050, "一百二十万零五十"),
        (100_000_003, "一亿零三"),
        (100_100_000, "一亿零十万"),
    ],
)
def test_a_number_is_said_as_people_say_it(value: int, words: str) -> None:
    said = spoken.number(value)
    assert said == words or said == words.replace("零十万", "零一十万")


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元"),
        (50, "五角"),
        (320_500, "三千二百零五元"),
        (320_507, "三千二百零五元零七分"),
        (1_25, "一元二角五分"),
    ],
)
def test_a_sum_is_said_in_yuan(fen: int, words: str) -> None:
    assert spoken.yuan(fen) == words


def test_a_day_and_a_telephone_number_are_said_figure_by_figure() -> None:
    assert spoken.day(date(2026, 11, 30)) == "二零二六年十一月三十日"
    assert spoken.digits("0000-12317") == "零零零零，一二三一七"


def test_figures_in_a_sentence_are_said_too() -> None:
    said = spoken.aloud("2026年水泥路1,280米，宽3.5米，12盏灯")
    assert said == "二零二六年水泥路一千二百八十米，宽三点五米，十二盏灯"


def test_what_is_below_nought_is_not_said() -> None:
    with pytest.raises(ValueError):
        spoken.number(-1)
