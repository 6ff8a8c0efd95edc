"""What no public text may hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.masking.services import NotForThePublic, personal_number, refuse_numbers, refuse_private


@pytest.mark.parametrize(
    "text",
    [
        "身份证99010119490101002X",
        "９９０１０１１９４９０１０１００２Ｘ",
        "990101 19490101 0028",
        "99-01-01-1949-0101-0028",
        "9901\u200b0119490101002X",
        "No990101194901010028",
        "990101490101002",
    ],
)
def test_an_id_number_is_found_however_it_is_written(text: str) -> None:
    assert personal_number(text)


@pytest.mark.parametrize(
    "text", ["电话19900000001", "199-0000-0001", "+86 199 0000 0001", "0999-9000001", "（0999）9000001"]
)
def test_a_telephone_number_is_found_however_it_is_written(text: str) -> None:
    assert personal_number(text) == "phone"


@pytest.mark.parametrize("text", ["6200000000000001234", "6200 0000 0000 0001"])
def test_a_bank_card_is_found_however_it_is_written(text: str) -> None:
    assert personal_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "按投入的六成补助，最多5,000元",
        "北政发〔2022〕39号",
        "2026年11月15日两名干部入户",
        "2026-11-15至2026-11-20公示",
        "990001101201-2026-0007",
        "990001101201-2026-0007-2",
        "区划990001101201",
        "养羊32只，圈舍120平方米",
        "鸡舍2栋、3号棚",
    ],
)
def test_sums_dates_document_numbers_and_the_portals_own_numbers_are_let_through(text: str) -> None:
    refuse_private("名单第1行", [text])


@pytest.mark.parametrize(
    "text",
    ["因病致困", "二级残，无劳动力", "一级残", "戒毒人员", "柳树街12号", "3号院", "5栋2单元", "门牌号"],
)
def test_health_disability_drug_use_and_house_numbers_are_refused(text: str) -> None:
    with pytest.raises(NotForThePublic):
        refuse_private("名单第1行", [text])


def test_the_refusal_says_where_and_what_but_never_repeats_the_number() -> None:
    with pytest.raises(NotForThePublic) as caught:
        refuse_numbers("名单第3行", ["电话19900000001"])
    assert "名单第3行" in str(caught.value)
    assert "电话号码" in str(caught.value)
    assert "1990" not in str(caught.value)


AROUND = st.text(alphabet="王李村组，。 a", max_size=5)


@given(st.integers(0, 10**9 - 1), AROUND, AROUND)
def test_no_text_around_a_mobile_number_hides_it(rest: int, before: str, after: str) -> None:
    assert personal_number(f"{before}19{rest:09d}{after}") == "phone"
