"""Loading areas: all or nothing, twice changes nothing, and an area stays where it is."""

from collections import Counter
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portal.areas.errors import AreasStay, BadRow
from portal.areas.models import Area
from portal.areas.services import Loaded, load
from portal.ledger.models import Event
from tests.portal.people.invented import COUNTY, EAST, ONE, ROWS, areas, divisions

pytestmark = pytest.mark.django_db


def test_the_tree_is_what_the_tree_library_would_have_built() -> None:
    areas()
    assert Area.find_problems() == ([], [], [], [], [])
    county = Area.objects.get(code=COUNTY)
    assert [child.name for child in county.get_children()] == ["东乡", "西乡"]
    assert county.numchild == 2
    assert Area.objects.get(code=ONE).get_parent().code == EAST


def test_the_rows_may_come_in_any_order() -> None:
    load(divisions(list(reversed(ROWS))))
    assert Area.find_problems() == ([], [], [], [], [])
    assert list(Area.objects.order_by("path").values_list("code", flat=True)) == [
        "990000000000",
        "990001000000",
        "990001101000",
        "990001101201",
        "990001101202",
        "990001102000",
        "990001102201",
        "990002000000",
        "990002101000",
        "990002101201",
    ]


def test_loading_twice_changes_nothing_and_writes_no_second_event() -> None:
    assert load(divisions()) == Loaded(10, 0, 0)
    before = list(Area.objects.values())
    assert load(divisions()) == Loaded(0, 0, 10)
    assert list(Area.objects.values()) == before
    assert [event.kind for event in Event.objects.all()] == ["area.loaded"]


def test_an_area_that_comes_later_stands_behind_its_siblings_and_moves_none() -> None:
    load(divisions())
    before = dict(Area.objects.values_list("code", "path"))
    load(divisions([*ROWS, ("990001100000", "中镇", "township", "990001000000")]))
    assert Area.find_problems() == ([], [], [], [], [])
    after = dict(Area.objects.values_list("code", "path"))
    assert {code: after[code] for code in before} == before
    assert after["990001100000"] > after["990001102000"]


def test_a_new_name_is_taken_over_and_the_ledger_keeps_the_old_one() -> None:
    load(divisions())
    renamed = [(code, "新一村" if code == ONE else name, level, up) for code, name, level, up in ROWS]
    assert load(divisions(renamed)) == Loaded(0, 1, 9)
    assert Area.objects.get(code=ONE).name == "新一村"
    event = Event.objects.get(kind="area.renamed")
    assert event.object_id == ONE and '"from":"一村"' in event.record


BAD = {
    "unknown parent": (("990003101000", "南乡", "township", "990003000000"), "找不到上级"),
    "code too short": (("99000110", "南乡", "township", "990001000000"), "12 位"),
    "letters in the code": (("99000110A000", "南乡", "township", "990001000000"), "12 位"),
    "duplicate": (("990001102000", "西乡", "township", "990001000000"), "和第 6 行重复"),
    "unknown level": (("990001103000", "南乡", "town", "990001000000"), "级别“town”"),
    "level against the code": (("990001103000", "南乡", "village", "990001101000"), "不符"),
    "a level left out": (("990001000201", "南村", "village", "990001000000"), "不"),
    "parent of another county": (("990001103000", "南乡", "township", "990002000000"), "不在上级"),
    "a city under something": (("980000000000", "旧市", "city", "990000000000"), "没有上级"),
    "no parent": (("990001103000", "南乡", "township", ""), "上级代码"),
    "no name": (("990001103000", "", "township", "990001000000"), "名称"),
}


@pytest.mark.parametrize(("row", "said"), BAD.values(), ids=BAD.keys())
def test_a_bad_row_stops_the_load_with_its_line_and_nothing_is_written(
    row: tuple[str, str, str, str], said: str
) -> None:
    with pytest.raises(BadRow, match=said) as refused:
        load(divisions([*ROWS, row]))
    assert refused.value.line == 12
    assert str(refused.value).startswith("第 12 行：")
    assert not Area.objects.exists() and not Event.objects.exists()


def test_a_file_of_another_form_is_refused_at_its_line() -> None:
    with pytest.raises(BadRow, match="第 1 行：表头"):
        load(b"code,name\n")
    with pytest.raises(BadRow, match="第 2 行：应当有 4 列"):
        load(divisions([("990000000000", "测试市", "city", "", "")]))  # type: ignore[list-item]
    with pytest.raises(BadRow, match="第 2 行：文字不是 UTF-8"):
        load(divisions().decode().encode("gb18030"))


def test_an_area_never_moves_nor_changes_its_level() -> None:
    loaded = areas()
    Area.objects.filter(code=ONE).update(path=loaded["990001102000"].path + "0009")
    with pytest.raises(BadRow, match="不能移动"):
        load(divisions())
    with pytest.raises(AreasStay):
        loaded[EAST].move(loaded["990002000000"], "last-child")
    with pytest.raises(AreasStay):
        loaded[EAST].delete()
    with pytest.raises(AreasStay):
        Area.objects.all().delete()


def test_the_command_says_what_it_did_and_takes_the_first_day(tmp_path: Path) -> None:
    file, said = tmp_path / "divisions.csv", StringIO()
    file.write_bytes(b"\xef\xbb\xbf" + divisions())
    call_command("load_areas", str(file), "--valid-from", "2026-01-01", stdout=said)
    assert said.getvalue() == "新增 10，改名 0，不变 0\n"
    assert set(Area.objects.values_list("valid_from", flat=True)) == {date(2026, 1, 1)}


def test_the_command_stops_at_a_bad_row_and_at_a_missing_file(tmp_path: Path) -> None:
    file = tmp_path / "divisions.csv"
    file.write_bytes(divisions([ROWS[1]]))
    with pytest.raises(CommandError, match="第 2 行：找不到上级"):
        call_command("load_areas", str(file))
    with pytest.raises(CommandError, match="读不了文件"):
        call_command("load_areas", str(tmp_path / "none.csv"))


@pytest.mark.postgres
def test_the_divisions_of_five_real_cities_load_and_reload(shared: Path) -> None:
    content = (shared / "data" / "divisions.csv").read_bytes()
    assert load(content) == Loaded(14401, 0, 0)
    # As the tree library's own search for problems, which asks the database for each area.
    children = Counter(path[: -Area.steplen] for path in Area.objects.values_list("path", flat=True))
    assert all(
        children[path] == numchild and depth * Area.steplen == len(path)
        for path, numchild, depth in Area.objects.values_list("path", "numchild", "depth")
    )
    assert load(content) == Loaded(0, 0, 14401)
