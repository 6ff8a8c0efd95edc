"""Importing households: a dry run names each bad cell, a confirmation writes all of it or nothing."""

import io
import json
import tracemalloc
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest

from portal import clock
from portal.ledger.models import Event
from workflows.demo import names
from workflows.demo.build import County
from workflows.registry.checking import NewMember
from workflows.registry.errors import RegisterRefused, StaleImport, TableRefused
from workflows.registry.imports import services
from workflows.registry.imports.columns import PLAIN, SHEET
from workflows.registry.imports.template import template
from workflows.registry.models import (
    DuplicatePair,
    Household,
    HouseholdImport,
    ImportState,
    Member,
    RegisterChange,
    YearIncome,
)

from .tables import filled, head, member, sheet_part, upload, with_part
from .test_register import register


def preview(county: County, data: bytes, by: str = "clerk1") -> HouseholdImport:
    """Upload `data`."""
    return services.preview(by=county[by], upload=upload(data))


def shown(pending: HouseholdImport) -> dict[str, Any]:
    """Return what the preview shows."""
    return dict(json.loads(pending.plan))


def errors(county: County, data: bytes, by: str = "clerk1") -> dict[str, str]:
    """Return the errors of a table by cell, after making sure that nothing of it can be written."""
    pending = preview(county, data, by)
    with pytest.raises(TableRefused, match="错误"):
        services.confirm(by=county[by], pending=pending, seen_digest=pending.plan_digest)
    return dict(shown(pending)["errors"])


def confirm(county: County, pending: HouseholdImport, by: str = "clerk1") -> dict[str, int]:
    """Confirm what was previewed."""
    return services.confirm(by=county[by], pending=pending, seen_digest=pending.plan_digest)


def test_the_template_keeps_codes_as_text(db: None) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(template()))[SHEET]
    assert [cell.value for cell in sheet[1]] == [column.title for column in PLAIN]
    assert {sheet.column_dimensions[letter].number_format for letter in "AFM"} == {"@"}


def test_nothing_is_written_before_the_confirmation_and_all_of_it_after(county: County) -> None:
    rows = [head(1), member(301, 1), head(2), head(3, bank_card=None, year=None, operating_fen=None)]
    rows[3] |= {"wage_fen": None, "property_fen": None, "transfer_fen": None}
    pending = preview(county, filled(rows))
    assert pending.counts["new"] == 3 and pending.counts["people"] == 4 and not pending.counts["errors"]
    assert not Household.objects.exists() and not Member.objects.exists()
    confirm(county, pending)
    assert (Household.objects.count(), Member.objects.count()) == (3, 4)
    first = Household.objects.order_by("pk")[0]
    income = YearIncome.objects.get(household=first)
    assert (income.year, income.wage_fen, income.total_fen) == (2025, 800_050, 2_360_050)
    assert income.people == 2 and income.per_person_fen == 1_180_025
    assert first.cause == "no_skill" and [one.labour for one in first.present_members] == ["able", "weak"]
    assert RegisterChange.objects.filter(kind="registered", evidence=pending.file).count() == 3
    kinds = list(Event.objects.order_by("sequence").values_list("kind", flat=True))
    assert kinds.count("household.registered") == 3 and kinds[-1] == "import.confirmed"
    pending.refresh_from_db()
    assert pending.state == ImportState.CONFIRMED and pending.plan == ""


def test_the_preview_is_encrypted_and_numbers_in_it_are_masked(county: County) -> None:
    pending = preview(county, filled([head(1)]))
    with_card = pending.plan + Event.objects.get(kind="import.previewed").record
    for secret in (names.phone(1), names.bank_card(1), names.person(1).id_number):
        assert secret not in with_card
    assert names.person(1).name not in Event.objects.get(kind="import.previewed").record


def test_the_same_table_again_changes_nothing(county: County) -> None:
    data = filled([head(1), member(301, 1), head(2, id_number=None, born_on=date(1960, 2, 3))])
    confirm(county, preview(county, data))
    again = preview(county, data)
    assert again.counts | {"people": 0} == {
        **{"errors": 0, "new": 0, "people": 0, "changed": 0, "unchanged": 2, "missing": 0, "alike": 0}
    }
    before = RegisterChange.objects.count()
    confirm(county, again)
    assert RegisterChange.objects.count() == before and Household.objects.count() == 2


def test_the_difference_is_shown_and_then_written(county: County) -> None:
    confirm(county, preview(county, filled([head(1), member(301, 1), head(2)])))
    rows = [head(1, phone=names.phone(77), cause="因病", wage_fen=9000), member(301, 1, labour="丧失劳动力")]
    pending = preview(county, filled(rows))
    plan = shown(pending)
    titles = [line[0] for line in plan["changed"][0]["lines"]]
    assert titles == ["伍己 劳动能力", "联系电话", "致贫原因", "2025 工资性收入（元）"]
    assert [one["head"] for one in plan["missing"]] == [names.person(2).name]
    assert names.phone(77) not in pending.plan
    confirm(county, pending)
    home = Household.objects.order_by("pk")[0]
    assert (home.phone, home.cause) == (names.phone(77), "illness")
    assert not home.members.get(relation="配偶").able_to_work
    assert home.incomes.get().wage_fen == 900_000 and home.incomes.get().history.count() == 2
    assert Household.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "cell", "said"),
    [
        ({"id_number": names.person(1).id_number[:-1] + "Y"}, "F2", "校验不对"),
        ({"id_number": "990101630202001"}, "F2", "15 位"),
        ({"id_number": 990101630202001}, "F2", "15 位"),
        ({"id_number": 990101196302020010}, "F2", "后几位已经丢了"),
        ({"id_number": None}, "G2", "出生日期"),
        ({"id_number": None, "born_on": "63年2月"}, "G2", "1965-03-02"),
        ({"id_number": None, "born_on": 23043}, "G2", "1965-03-02"),
        ({"born_on": date(1963, 2, 3)}, "G2", "不一样"),
        ({"sex": "女"}, "H2", "不一样"),
        ({"name": " "}, "D2", "姓名"),
        ({"area": "990101201201"}, "A2", "没有这个村"),
        ({"category": "贫困户"}, "J2", "请从列出的里选"),
        ({"category": None}, "J2", "类别"),
        ({"labour": "能干"}, "I2", "请从列出的里选"),
        ({"phone": "没有"}, "L2", "只填数字"),
        ({"bank_card": 6217000000000000000}, "M2", "后几位已经丢了"),
        ({"helper": "reviewer1"}, "N2", "没有帮扶职务"),
        ({"year": "去年"}, "O2", "四位数字"),
        ({"year": None}, "O2", "哪一年"),
        ({"property_fen": None}, "R2", "没有的填 0"),
        ({"wage_fen": "很多"}, "Q2", "请填数字"),
        ({"wage_fen": -5}, "Q2", "不能是负数"),
        ({"relation": "配偶"}, "E2", "户主"),
        ({"family": None}, "B2", "户序号"),
        ({"name": True}, "D2", "对错值"),
    ],
)
def test_each_bad_cell_is_told_by_its_address(
    county: County, changes: dict[str, Any], cell: str, said: str
) -> None:
    found = errors(county, filled([head(1) | changes, head(2)]))
    assert said in found[cell], found
    assert not Household.objects.exists()


def spoil(sheet: Any, what: str) -> None:
    """Do to the sheet what people do to sheets."""
    if what == "merged":
        sheet.merge_cells("C2:C3")
    elif what == "hidden row":
        sheet.row_dimensions[3].hidden = True
    elif what == "hidden column":
        sheet.column_dimensions["F"].hidden = True
    elif what == "hidden sheet":
        sheet.parent.create_sheet("旧表").sheet_state = "hidden"
    elif what == "formula":
        sheet["Q2"] = "=8000+500"
    elif what == "columns":
        sheet.delete_cols(3)
    elif what == "columns in another order":
        sheet["C1"], sheet["D1"] = sheet["D1"].value, sheet["C1"].value
    elif what == "one more column":
        sheet["T1"] = "备注"


@pytest.mark.parametrize(
    ("what", "where", "said"),
    [
        ("merged", "C2:C3", "合并"),
        ("hidden row", "3", "隐藏"),
        ("hidden column", "F", "隐藏"),
        ("hidden sheet", "旧表", "隐藏的工作表"),
        ("formula", "Q2", "公式"),
        ("columns", "C1", "少了“村民小组”这一列"),
        ("columns in another order", "C1", "标题应当是“村民小组”"),
        ("one more column", "T1", "没有这一列"),
    ],
)
def test_what_hides_or_computes_is_told_and_nothing_is_taken(
    county: County, what: str, where: str, said: str
) -> None:
    found = errors(county, filled([head(1), head(2)], lambda sheet: spoil(sheet, what)))
    assert said in found[where], found


def test_a_category_a_member_and_a_head_change_only_by_a_case(county: County) -> None:
    confirm(county, preview(county, filled([head(1), member(301, 1)])))
    rows = [head(1, category="边缘易致贫户", bank_card=names.bank_card(9)), member(302, 1)]
    found = errors(county, filled(rows))
    assert "只能通过办件" in found["J2"] and "换卡" in found["M2"]
    assert "增加成员要走办件" in found["D3"] and "减少成员要走办件" in found["B2"]
    swapped = [head(1, relation="配偶"), member(301, 1, relation="户主", group_name="一组")]
    for key in ("group_name", "category", "cause", "phone", "bank_card", "year"):
        swapped[0][key] = None
    for key in ("operating_fen", "wage_fen", "property_fen", "transfer_fen"):
        swapped[0][key] = None
    assert "变更户主要走办件" in errors(county, filled(swapped))["E3"]


def test_one_number_in_two_rows_or_two_households_stops(county: County) -> None:
    twice = member(301, 2, id_number=names.person(1).id_number)
    found = errors(county, filled([head(1), head(2), twice]))
    assert "第 2 行重复" in found["F4"]
    confirm(county, preview(county, filled([head(1), head(2)])))
    moved = member(5, 1, id_number=names.person(2).id_number, name=names.person(2).name)
    assert "分在两户" in errors(county, filled([head(1), moved]))["F2"]


def test_a_name_with_the_same_birth_goes_to_a_person(county: County) -> None:
    confirm(county, preview(county, filled([head(1)])))
    born = date(1963, 2, 2)
    twin = head(1, 9, id_number=names.id_number(born, 888), phone=None, bank_card=None)
    pending = preview(county, filled([twin]))
    assert pending.counts["alike"] == 1
    confirm(county, pending)
    assert DuplicatePair.objects.get().state == "open"


def test_a_register_that_changed_since_the_preview_refuses_it(county: County) -> None:
    confirm(county, preview(county, filled([head(1)])))
    pending = preview(county, filled([head(1, phone=names.phone(50)), head(2)]))
    home = Household.objects.get()
    home.phone = names.phone(60)
    home.save()
    with pytest.raises(StaleImport, match="什么都没有写入"):
        confirm(county, pending)
    assert Household.objects.count() == 1
    fresh = preview(county, filled([head(2)]))
    with pytest.raises(StaleImport):
        services.confirm(by=county["clerk1"], pending=fresh, seen_digest=pending.plan_digest)


def test_a_preview_expires_is_given_up_and_serves_once(county: County) -> None:
    late, given_up, used = (preview(county, filled([head(number)])) for number in (1, 2, 3))
    services.withdraw(by=county["clerk1"], pending=given_up)
    confirm(county, used)
    for pending in (given_up, used):
        with pytest.raises(StaleImport):
            confirm(county, pending)
    with clock.travel(clock.now() + timedelta(hours=25)):
        with pytest.raises(StaleImport, match="过期"):
            confirm(county, late)
        assert services.expire() == 1 and services.expire() == 0
    late.refresh_from_db()
    assert late.state == ImportState.EXPIRED and late.plan == "" and Household.objects.count() == 1


@pytest.mark.parametrize("stranger", ["helper1", "head1", "sysadmin", "supervisor"])
def test_only_those_who_register_upload_and_only_who_uploaded_confirms(county: County, stranger: str) -> None:
    with pytest.raises(RegisterRefused, match="没有登记"):
        preview(county, filled([head(1)]), stranger)
    pending = preview(county, filled([head(1)]))
    with pytest.raises(RegisterRefused):
        confirm(county, pending, stranger)
    with pytest.raises(RegisterRefused, match="谁上传"):
        confirm(county, pending, "reviewer1")


def test_somebody_registered_meanwhile_stops_the_whole_table(county: County) -> None:
    pending = preview(county, filled([head(1), head(2)]))
    register(county, by_hand(2), by="reviewer1")
    with pytest.raises(StaleImport):
        confirm(county, pending)
    assert Household.objects.count() == 1
    pending.refresh_from_db()
    assert pending.state == ImportState.PENDING


def by_hand(number: int) -> NewMember:
    """Return the head of the invented household `number`, to be registered by hand."""
    person = names.person(number)
    return NewMember(person.name, "户主", person.id_number)


def zip_bomb() -> bytes:
    """Return a table whose sheet unpacks to 300 MB."""
    data = filled([])
    return with_part(data, sheet_part(data), b"0" * 300_000_000)


def sheet_of(text: str) -> bytes:
    """Return a table whose sheet is `text`."""
    data = filled([])
    return with_part(data, sheet_part(data), text.encode())


def xml_bomb() -> bytes:
    """Return a table whose sheet declares entities that grow."""
    lines = ['<!ENTITY a "ha">'] + [
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    return sheet_of(f"<?xml version='1.0'?><!DOCTYPE x [{''.join(lines)}]><worksheet>&i;</worksheet>")


def far_cell() -> bytes:
    """Return a table of one cell in the last corner of the largest sheet there can be."""
    return sheet_of(
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )


def far_dimension() -> bytes:
    """Return a table that says that it is the largest there can be."""
    return sheet_of(
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<dimension ref="A1:XFD1048576"/><sheetData/></worksheet>'
    )


def deep() -> bytes:
    """Return a table of a million elements within each other."""
    return sheet_of("<worksheet>" + "<a>" * 1_000_000 + "</a>" * 1_000_000 + "</worksheet>")


def word() -> bytes:
    """Return a table without the sheet of households."""
    book = openpyxl.Workbook()
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HOSTILE = {
    "not a table": (lambda: b"name,id\n1,2\n", "不是 Excel"),
    "an old table": (lambda: b"\xd0\xcf\x11\xe0" + b"0" * 600, "xls"),
    "a broken archive": (lambda: filled([head(1)])[:-200], "重新保存|损坏"),
    "200 MB": (lambda: b"PK\x03\x04" + b"0" * 200_000_000, "不能超过 5 MB"),
    "a zip bomb": (zip_bomb, "解开后太大"),
    "an XML bomb": (xml_bomb, "不合规范"),
    "a far cell": (far_cell, "最多 2001 行"),
    "a far dimension": (far_dimension, "最多 2001 行|列太多"),
    "a deep tree": (deep, "不合规范"),
    "no sheet of households": (word, "没有名为“农户”"),
    "an empty table": (lambda: filled([]), "没有农户"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_in_words_within_bounded_memory(county: County, what: str) -> None:
    make, said = HOSTILE[what]
    data = make()
    tracemalloc.start()
    try:
        with pytest.raises(TableRefused, match=said):
            preview(county, data)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 30_000_000
    assert not HouseholdImport.objects.exists() and not Household.objects.exists()
