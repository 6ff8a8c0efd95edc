"""What each audience sees of a row."""

from disclosure.masking.services import Audience, public_row

FILE = {
    "group": "一组",
    "item": "养羊圈舍",
    "amount_fen": 480_000,
    "note": "乡里核定",
    "reduced_fen": 0,
    "why": {"text": "通过查验", "source_label": "二（二）", "household_income": "9000"},
    "effect": "",
    "phone": "19900000001",
    "house": "3号院",
}


def test_a_row_shows_nothing_that_the_policy_does_not_name() -> None:
    row = public_row(Audience.WEB, FILE, name="王小山", masked_name="王某山", names=True)
    assert set(row) == {"group", "item", "amount_fen", "note", "reduced_fen", "why", "effect", "name"}
    assert row["why"] == {"text": "通过查验", "source_label": "二（二）"}


def test_the_web_shows_a_masked_name_and_the_board_the_whole_one() -> None:
    names = {"name": "王小山", "masked_name": "王某山", "names": True}
    assert public_row(Audience.WEB, FILE, **names)["name"] == "王某山"
    assert public_row(Audience.BOARD, FILE, **names)["name"] == "王小山"


def test_nobody_sees_a_name_where_the_list_carries_none() -> None:
    for audience in Audience:
        assert public_row(audience, FILE, name="王小山", masked_name="王某山", names=False)["name"] == ""
