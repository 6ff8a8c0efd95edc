"""Recall and precision 1.0 on the kept set, on both databases, and against a plain reading of the texts."""

import itertools
import unicodedata
from datetime import date

import pytest

from disclosure.search.asking import read
from disclosure.search.finding import Filters, documents, find
from disclosure.search.models import Entry
from portal.areas.models import Area
from tests.portal.people import invented

from . import kept

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_forty_questions_find_all_that_answers_and_nothing_else(planted: dict[str, str]) -> None:
    assert len(kept.QUESTIONS) == 40
    name_of = {document: name for name, document in planted.items()}
    given = {asked: {name_of[one] for one in documents(read(asked))} for asked in kept.QUESTIONS}
    wrong = {asked: found for asked, found in given.items() if found != kept.QUESTIONS[asked]}
    assert wrong == {}
    hits = sum(len(given[asked] & wanted) for asked, wanted in kept.QUESTIONS.items())
    assert hits / sum(map(len, kept.QUESTIONS.values())) == 1.0
    assert hits / sum(map(len, given.values())) == 1.0


def test_every_pair_and_triple_of_characters_is_found_where_it_stands_and_nowhere_else(
    planted: dict[str, str],
) -> None:
    """The oracle reads the texts character by character and knows nothing of tokens."""
    entries = [*Entry.objects.all()]
    texts = {
        entry.pk: [plain for part in (entry.title, entry.place, entry.text) for plain in _stretches(part)]
        for entry in entries
    }
    everything = "".join(itertools.chain(*texts.values()))
    asked = {everything[at : at + size] for size in (2, 3) for at in range(0, len(everything) - size, 7)}
    # Only Han: letters and figures are whole words, which the oracle does not know.
    asked = {one for one in asked if all("一" <= char <= "龥" for char in one)}
    assert len(asked) > 150
    for one in sorted(asked):
        wanted = {entry.document for entry in entries if any(one in stretch for stretch in texts[entry.pk])}
        assert set(documents(read(one))) == wanted, one


def _stretches(text: str) -> list[str]:
    for mark in "。！？；：，、!?;:,…":
        text = text.replace(mark, "\n\n")
    kept_chars = ("\n" if pair == "\n\n" else pair for pair in text.replace("\n\n", "\0").replace("\n", ""))
    plain = unicodedata.normalize("NFKC", "".join(kept_chars)).casefold()
    return ["".join(char for char in part if char.isalnum()) for part in plain.split("\0")]


def test_the_title_comes_before_the_paragraph_and_the_newer_before_the_older(planted: dict[str, str]) -> None:
    name_of = {document: name for name, document in planted.items()}
    order = [name_of[one] for one in documents(read("奖补"))]
    assert order == ["l-two", "l-one", "r-subsidy", "p-subsidy"]
    order = [name_of[one] for one in documents(read("圈舍"))]
    assert order == ["n-sheep", "r-subsidy", "p-subsidy"]
    order = [name_of[one] for one in documents(read("补助"))]
    assert order == ["n-school", "l-paid", "p-subsidy"]


def test_kind_area_and_days_narrow_a_search(planted: dict[str, str]) -> None:
    name_of = {document: name for name, document in planted.items()}

    def found(asked: str, **narrowed: object) -> set[str]:
        return {name_of[one] for one in documents(read(asked), Filters(**narrowed))}  # type: ignore[arg-type]

    east, west = (Area.objects.get(code=code).path for code in (invented.EAST, invented.WEST))
    assert found("奖补", kind="list") == {"l-one", "l-two"}
    assert found("奖补", kind="policy") == {"p-subsidy"}
    assert found("名单", area_path=east) == {"l-one", "l-two"}
    assert found("名单", area_path=west) == {"l-three"}
    assert found("施工", area_path=east) == {"n-road"}
    assert found("施工", area_path=west) == set()
    assert found("补助", since=date(2026, 3, 7)) == {"n-school"}
    assert found("补助", until=date(2026, 3, 6)) == {"l-paid", "p-subsidy"}
    assert found("补助", since=date(2026, 1, 5), until=date(2026, 1, 5)) == {"l-paid"}
    # A column has no day, so it is in no range of days.
    assert "c-policies" not in found("政策", since=date(2000, 1, 1))


def test_a_finding_shows_the_paragraph_that_answers_and_leads_to_its_anchor(planted: dict[str, str]) -> None:
    findings = find(read("圈舍 最高"))
    by_name = {one.document: one for one in findings.found}
    policy = by_name[planted["p-subsidy"]]
    assert policy.path.endswith("#s2-1")
    assert policy.text == (
        "（一）<mark>圈舍</mark>。新建羊<mark>圈舍</mark>按投入的60%补助，每户<mark>最高</mark>5,000元。"
    )
    assert by_name[planted["r-subsidy"]].path.endswith("#p1")
    repealed = find(read("岗位补贴")).found[0]
    assert (repealed.mark, repealed.about) == ("废止", "明政办〔2025〕12号 · 明山县人民政府办公室")
    titled = find(read("危房改造名单")).found[0]
    assert titled.text == "" and titled.title == "2026年<mark>危房改造名单</mark>公示"
