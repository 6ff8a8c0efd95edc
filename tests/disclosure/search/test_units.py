"""Rules of reading a text and a question: what is one word, what is the same, what a phrase cannot cross."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.search.asking import LONGEST, MOST_PHRASES, read
from disclosure.search.showing import excerpt, marked, places
from disclosure.search.units import LONGEST_UNIT, code, grams, runs


def cut(text: str) -> list[list[str]]:
    return [[unit.text for unit in run] for run in runs(text)]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("明政〔2026〕7号", [["明", "政", "2026", "7", "号"]]),
        ("ＧＤＰ增长３．５％", [["gdp", "增", "长", "3", "5"]]),
        ("先建，后补。", [["先", "建"], ["后", "补"]]),
        ("户户\n有项目", [["户", "户", "有", "项", "目"]]),
        ("最高14,400元", [["最", "高", "14400", "元"]]),
        ("最高１４，４００元", [["最", "高", "14400", "元"]]),
        ("1,2,3", [["1"], ["2"], ["3"]]),
        ("12,3456", [["12"], ["3456"]]),
        ("Café Wi-Fi", [["cafe", "wi", "fi"]]),
        ("A4纸", [["a", "4", "纸"]]),
        ("零\u200b宽", [["零", "宽"]]),
        ("a\u200bb", [["ab"]]),
        ("𠮷家〇", [["𠮷", "家", "〇"]]),
        ("，。！", []),
        ("", []),
    ],
)
def test_a_text_is_cut_alike_however_it_is_typed(text: str, units: list[list[str]]) -> None:
    assert cut(text) == units


def test_a_very_long_word_is_cut_in_texts_and_questions_alike() -> None:
    assert [len(unit) for unit in cut("a" * 100)[0]] == [LONGEST_UNIT, LONGEST_UNIT, 20]


@given(st.lists(st.text(min_size=1, max_size=4), min_size=2, max_size=2, unique=True))
def test_no_code_is_the_beginning_of_another(pair: list[str]) -> None:
    units = [{unit for run in cut(text) for unit in run} for text in pair]
    for one in units[0] | units[1]:
        assert code(one).isascii() and code(one).isalnum() and code(one)[0] in "hlo" and code(one).islower()
        for other in (units[0] | units[1]) - {one}:
            assert not code(one).startswith(code(other))


@given(st.text(max_size=80))
def test_any_text_makes_tokens_of_letters_and_digits_alone(text: str) -> None:
    made = grams(text)
    assert made == "" or all(token.isascii() and token.isalnum() for token in made.split(" "))


@given(st.text(max_size=80), st.text(max_size=20))
def test_any_text_can_be_shown_with_any_words_marked(text: str, asked: str) -> None:
    phrases = read(asked).phrases
    for start, end in places(text, phrases):
        assert 0 <= start < end <= len(text)
    for shown in (marked(text, phrases), excerpt(text, phrases)):
        assert "<" not in shown.replace("<mark>", "").replace("</mark>", "")


@pytest.mark.parametrize(
    ("typed", "phrases"),
    [
        ("一村 奖补", ["一村", "奖补"]),
        ("“申请 危房” 鉴定", ["申请危房", "鉴定"]),
        ('"先建后补', ["先建后补"]),
        ("「先建」『后补』", ["先建", "后补"]),
        ("先建，后补", ["先建", "后补"]),
        ("奖补 奖补", ["奖补"]),
        ("% _ * ( ) ：", []),
        ("   ", []),
        ("\x00奖\x00补", ["奖", "补"]),
        ("NEAR(奖补) OR NOT", ["near奖补", "or", "not"]),
    ],
)
def test_a_question_is_read_as_people_type_it(typed: str, phrases: list[str]) -> None:
    assert ["".join(phrase) for phrase in read(typed).phrases] == phrases


def test_a_question_that_is_too_long_is_shortened_and_says_so() -> None:
    long = read("字" * 1000)
    assert (len(long.asked), long.shortened) == (LONGEST, True)
    many = read("一 二 三 四 五 六 七 八 九 十")
    assert (len(many.phrases), many.shortened) == (MOST_PHRASES, True)
    assert not read("奖补").shortened


def test_a_long_paragraph_is_shown_around_the_first_word() -> None:
    shown = excerpt("前" * 100 + "圈舍" + "后" * 100, read("圈舍").phrases)
    assert shown.startswith("…前") and shown.endswith("后…") and "<mark>圈舍</mark>" in shown
    assert len(shown) < 120
    assert (
        excerpt("<b>圈舍</b> & 大棚", read("大棚").phrases)
        == "&lt;b&gt;圈舍&lt;/b&gt; &amp; <mark>大棚</mark>"
    )
