"""Rules of reading a policy document: nothing lost, nothing invented, every paragraph citable."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.pages.citations import anchor_of, normal_label, number_value
from disclosure.pages.policy_text import ParsedPolicy, parse

from . import texts

ALL = [value for name, value in vars(texts).items() if name.isupper()]


def words(text: str) -> str:
    """The words of a file less layout, told independently of the reader."""
    kept = []
    for line in text.replace("\f", "\n").splitlines():
        line = re.sub(r"^\s*#+\s+|^\s*[-*•]\s+", "", line)
        if re.fullmatch(r"[\s\-*_=—]*|\s*[—-]\s*\d+\s*[—-]\s*", line):
            continue
        kept.append(re.sub(r"\s|\*\*|\ufeff", "", line))
    return "".join(kept)


def shown(policy: ParsedPolicy) -> str:
    """The words of the pieces that make the page."""
    return re.sub(r"\s", "", "".join(piece.number + piece.text for piece in policy.blocks))


def text_at(policy: ParsedPolicy, label: str) -> str:
    wanted = normal_label(label)
    return next(piece.text for piece in policy.blocks if normal_label(piece.label) == wanted)


@pytest.mark.parametrize("text", ALL)
def test_the_words_of_the_page_equal_the_words_of_the_file(text: str) -> None:
    assert shown(parse(text)) == words(text)


@pytest.mark.parametrize("text", ALL)
def test_every_anchor_stands_once(text: str) -> None:
    anchors = [piece.anchor for piece in parse(text).blocks if piece.kind != "around"]
    assert all(anchors)
    assert len(anchors) == len(set(anchors))


@given(
    st.lists(st.sampled_from([line for text in ALL for line in text.splitlines(keepends=True)]), max_size=60)
)
def test_no_mixture_of_lines_loses_a_word(lines: list[str]) -> None:
    text = "".join(lines)
    assert shown(parse(text)) == words(text)


def test_a_plain_document_gives_its_whole_record() -> None:
    policy = parse(texts.PLAIN)
    assert policy.title == "明山县人民政府关于印发《明山县到户增收实施方案》的通知"
    assert policy.issuer == "明山县人民政府"
    assert policy.document_number == "明政〔2026〕7号"
    assert policy.signed_date == date(2026, 3, 5)
    assert policy.recipients == "各乡（镇）人民政府，县政府各部门"
    assert (policy.sponsor, policy.supervising_office) == ("县帮扶办", "县政府办公室")
    assert policy.cc == "县委各部门。\n县法院，县检察院。"
    assert (policy.printed_by, policy.printed_date) == ("明山县人民政府办公室", date(2026, 3, 6))


def test_what_the_text_does_not_say_stays_empty_and_is_reported() -> None:
    policy = parse(texts.PLAIN)
    assert policy.missing == ["index_number", "theme", "published_date", "validity", "source"]
    assert policy.published_date is None
    assert policy.validity == ""


def test_a_paragraph_cut_by_a_page_break_is_whole_again() -> None:
    assert "“户户有增收项目，家家有增收门路”" in text_at(parse(texts.PLAIN), "一（一）")
    assert text_at(parse(texts.TOWNSHIP), "二(一)").endswith("早干预、早帮扶。")


def test_a_first_line_that_a_page_break_cut_is_no_heading() -> None:
    cut = "一、措施\n\n（一）对有劳动能力的农户，优先安排公益性岗\n\n位就业。\n\n（二）入户核实，动态管理"
    policy = parse(cut)
    assert text_at(policy, "一（一）") == "对有劳动能力的农户，优先安排公益性岗位就业。"
    assert policy.blocks[-1].kind == "heading"


def test_a_run_in_heading_in_bold_is_numbered_like_the_others() -> None:
    assert text_at(parse(texts.PLAIN), "一（二）").startswith("先建后补。")


def test_numbers_nest_down_to_the_fourth_level() -> None:
    policy = parse(texts.PLAIN)
    assert text_at(policy, "一（二）2（1）") == "钢架大棚。每平方米补助20元。"
    anchors = {piece.label: piece.anchor for piece in policy.blocks}
    assert anchors["一（二）2（1）"] == "s1-2-2-1"
    assert anchors["二"] == "s2"


def test_an_unnumbered_paragraph_is_counted_below_its_section() -> None:
    policy = parse(texts.PLAIN)
    anchors = {piece.text: piece.anchor for piece in policy.blocks}
    assert anchors["各部门要通力协作。"] == "s2-p1"
    assert anchors["为拓宽增收渠道，制定本方案。"] == "s0-p1"


def test_a_web_page_gives_its_record_table_and_keeps_its_frame_apart() -> None:
    policy = parse(texts.WEB_PAGE)
    assert policy.index_number == "990101000/2026-00012"
    assert policy.validity == "valid"
    assert policy.title == "明山县人民政府办公室关于做好公益性岗位工作的通知"
    assert (policy.signed_date, policy.published_date) == (date(2026, 3, 5), date(2026, 3, 9))
    frame = [piece.text for piece in policy.blocks if piece.part == "frame"]
    assert frame[0].startswith("首页 > 政务公开")
    assert frame[-1].endswith("扫一扫在手机打开当前页")


def test_a_garbled_date_is_kept_as_printed_and_pointed_out() -> None:
    policy = parse(texts.WEB_PAGE)
    assert any("202635日" in warning for warning in policy.warnings)
    without_table = parse(texts.WEB_PAGE.split("\n\n", 1)[1])
    assert without_table.signed_date is None
    assert "signed_date" in without_table.missing


def test_an_index_number_without_its_agency_is_kept_and_pointed_out() -> None:
    policy = parse(texts.WEB_PAGE.replace("990101000/2026-00012", "-01-2026-00012"))
    assert policy.index_number == "-01-2026-00012"
    assert any("缺机构代码" in warning for warning in policy.warnings)


def test_a_news_page_gives_its_source_and_two_issuers() -> None:
    policy = parse(texts.NEWS_PAGE)
    assert policy.source == "明州网"
    assert policy.issuer == "中共明州市委办公室 明州市人民政府办公室"
    assert policy.signed_date == date(2026, 9, 2)
    assert policy.document_number == ""
    assert "document_number" in policy.missing


def test_items_counted_through_the_sections_are_cited_by_their_own_number() -> None:
    policy = parse(texts.NEWS_PAGE)
    assert text_at(policy, "一（一）2").startswith("及时增补。")
    assert text_at(policy, "一（二）3") == "灵活培训。优先安排重点对象。"
    assert text_at(policy, "一（二）") == "提升技能,就业帮扶"


def test_list_dashes_go_and_blanks_inside_chinese_text_close_up() -> None:
    policy = parse(texts.TOWNSHIP)
    assert text_at(policy, "一（二）1") == "因天气灾害、经营规模缩小导致的减收2026年要补上;"
    assert policy.document_number == "青政发[2026]3号"
    assert policy.signed_date is None


def test_lines_broken_at_a_width_are_joined_even_after_a_full_stop() -> None:
    policy = parse(texts.WRAPPED)
    paragraphs = [piece.text for piece in policy.blocks if piece.kind == "paragraph" and not piece.label]
    assert any(
        "公示栏张贴工作通知如下。各村要在公示栏醒目处张贴名单。张贴要拍照" in text for text in paragraphs
    )


def test_articles_are_cited_by_their_number_and_an_annex_begins_anew() -> None:
    policy = parse(texts.ARTICLES)
    assert text_at(policy, "第二条") == "名单公示期按照设置执行。"
    assert text_at(policy, "第二条（一）") == "村级名单在本村公示。"
    assert text_at(policy, "附件1一") == "填写说明"


@pytest.mark.parametrize(
    ("label", "anchor"),
    [
        ("二（四）1", "s2-4-1"),
        ("二、(四) 1．", "s2-4-1"),
        ("三1", "s3-0-1"),
        ("十二（十一）", "s12-11"),
        ("第二十条（三）", "t20-s0-3"),
        ("说明", ""),
        ("百百（一）", ""),
    ],
)
def test_a_label_has_one_anchor_however_it_is_typed(label: str, anchor: str) -> None:
    assert anchor_of(label) == anchor


@pytest.mark.parametrize(
    ("printed", "value"),
    [("一", 1), ("十", 10), ("十九", 19), ("二十", 20), ("九十九", 99), ("一百零二", 102), ("二百一十", 210)],
)
def test_chinese_numbers_are_read(printed: str, value: int) -> None:
    assert number_value(printed) == value


@pytest.mark.parametrize("text", ["", "\n\n", "百百、甲", "十百. 乙", "一二、丙", "0. 丁"])
def test_what_only_looks_like_a_number_is_text(text: str) -> None:
    policy = parse(text)
    assert shown(policy) == words(text)
    assert not [piece for piece in policy.blocks if piece.label]


# Of each real document: title, number, signed date, and the beginning of some cited paragraphs.
REAL = {
    "000": (
        "许昌市人民政府关于印发全市建档立卡贫困人口稳定增收计划实施方案的通知",
        "许政〔2017〕33号",
        date(2017, 8, 22),
        {
            "二（二）": "因人制宜，分类施策。",
            "四（二）": "实施产业发展增收工程。",
            "六（三）": "加强督导考核。",
        },
    ),
    "001": (
        "北张乡人民政府关于印发《北张乡加大力度落实帮扶增收措施促进脱贫人口稳定增收实施方案》的通知",
        "北政发[2022]39号",
        None,
        {
            "二（一）": "排香对象",
            "二（二）6": "因家庭种植",
            "三2": "落实养殖业",
            "四（二）": "走出符合本乡镇实际",
        },
    ),
    "002": (
        "印发河源市新时期分散贫困人口精准扶贫工作方案的通知",
        "河扶〔2016〕10号",
        None,
        {"三（四）": "健全扶贫资金监管机制。", "三（二）3": "各村工作小组。", "二(七)": "金融扶持到户。"},
    ),
    "003": (
        "信阳市人民政府办公室关于印发信阳市脱贫人口增收实施方案(2023—2025年)的通知",
        "信政办〔2024〕3号",
        date(2024, 1, 6),
        {
            "二(一)1": "深化劳务协作,稳定务工就业规模。",
            "二(四)3": "深化移风易俗。",
            "三（三）": "抓实日常监测。",
        },
    ),
    "004": (
        "关于推进精准扶贫增强低收入农户发展能力的实施意见",
        "",
        date(2016, 9, 2),
        {"二(一)2": "及时增补返贫对象。", "二(三)8": "灵活开展职业技能培训。", "三(三)": "实施责任捆绑。"},
    ),
}


@pytest.mark.parametrize("number", REAL)
def test_a_real_document_is_read_whole(shared: Path, number: str) -> None:
    path = next((shared / "policy-documents").glob(f"{number}_*.txt"))
    text = path.read_text(encoding="utf-8")
    policy = parse(text)
    title, document_number, signed, cited = REAL[number]
    assert shown(policy) == words(text)
    assert (policy.title, policy.document_number, policy.signed_date) == (title, document_number, signed)
    for label, beginning in cited.items():
        assert text_at(policy, label).startswith(beginning)


def test_no_real_paragraph_breaks_off_in_mid_sentence(shared: Path) -> None:
    """Page breaks leave no fragment: only three paragraphs end as printed, without a stop."""
    broken = []
    for path in sorted((shared / "policy-documents").glob("*.txt")):
        for piece in parse(path.read_text(encoding="utf-8")).blocks:
            if piece.kind == "paragraph" and not re.search(r"[。；;：:)）”\"]$", piece.text):
                broken.append(piece.text[-12:])
    assert [text[-4:] for text in broken] == ["1.1左右"[-4:], "标准以上", "羊山新区"]
