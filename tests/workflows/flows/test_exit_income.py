"""The income of an exit: the register's where it is known, a reason where not, the line of its year."""

from typing import Any

import pytest

from portal import clock
from portal.configuration.services import confirm, propose
from workflows.changes import exit_income, keys, services
from workflows.changes.errors import ChangeRefused
from workflows.changes.models import ChangeRequest
from workflows.demo import build, play
from workflows.demo.build import County
from workflows.demo.change_play import FOUND_FEN, batch_of, carry
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.errors import NothingSigned
from workflows.engine.models import Batch
from workflows.programmes import matters
from workflows.registry.incomes import Figures, record_income
from workflows.registry.models import Category, Household, IncomeSource

from ..desk.conftest import SignIn


@pytest.fixture
def household(county: County) -> Household:
    """Return a helped household of two whose income of last year is on the register: 26,000 yuan."""
    made = build.make_household(county, "禾坪村", 95, "clerk1", Category.MARGINAL)
    figures = Figures(clock.today().year - 1, operating_fen=600_000, wage_fen=1_900_000, transfer_fen=100_000)
    record_income(by=county["clerk1"], household=made, figures=figures, source=IncomeSource.SURVEY)
    return made


def exit_of(county: County, household: Household, **given: Any) -> Batch:
    _named, criteria = services.criteria_for(household)
    said = {"income_year": clock.today().year - 1, "income_fen": FOUND_FEN, "living": "住上了新房"} | given
    evidence = dict.fromkeys(criteria, "入户看过")
    return batch_of(
        services.file_exit(by=county["helper1"], household=household, given=said, evidence=evidence)
    )


def checked(**changes: Any) -> dict[str, Any]:
    return {"income_fen": FOUND_FEN, "signed_on": clock.today(), "signed_how": "本人签字"} | changes


def test_the_form_starts_with_the_registers_figure_and_asks_why_where_it_is_changed(
    county: County, household: Household, sign_in: SignIn
) -> None:
    client, address = sign_in("helper1"), f"/admin/desk/file/exit/?household={household.pk}"
    shown = client.get(address).content.decode()
    assert "户档里的收入" in shown and 'value="26,000"' in shown and "入户调查" in shown
    _named, criteria = services.criteria_for(household)
    typed = {f"a-c-{key}": "入户看过" for key in criteria} | {"a-living": "住上了新房"}
    typed |= {"household": str(household.pk), "a-income_year": str(clock.today().year - 1), "do": "file"}
    refused = client.post(address, typed | {"a-income_fen": "30,000"})
    assert refused.status_code == 422 and "填得不一样要写为什么" in refused.content.decode()
    said = {"a-income_fen": "30,000", "a-income_reason": "年底又卖了一批羊"}
    assert client.post(address, typed | said).status_code == 302
    assert (
        "年底又卖了一批羊"
        in client.get(f"/admin/desk/batches/{Batch.objects.get().number}/").content.decode()
    )


def hints(batch: Batch) -> str:
    case = batch.cases.select_related("change__household").get()
    return "".join(matters.of(case).face(case).hints)


def test_the_registers_figure_is_kept_with_the_case_and_told_with_source_and_day(
    county: County, household: Household
) -> None:
    batch = exit_of(county, household)
    case = batch.cases.select_related("change__household").get()
    told = dict(matters.of(case).answers(case))
    assert "工资性收入 19,000" in told["户档里的收入"] and "入户调查" in told["户档里的收入"]
    assert clock.today().isoformat() in told["户档里的收入"] and told["人均年收入"] == "13,000 元"
    assert "户档" not in hints(batch)


def test_another_figure_than_the_registers_needs_a_reason_and_every_level_reads_it(
    county: County, household: Household
) -> None:
    with pytest.raises(ChangeRefused, match="26,000") as refused:
        exit_of(county, household, income_fen=30_000_00)
    assert set(refused.value.fields) == {"income_reason"}
    batch = exit_of(county, household, income_fen=30_000_00, income_reason="年底又卖了一批羊")
    assert "户档" in hints(batch) and "年底又卖了一批羊" in hints(batch)
    carry(county, batch, "check")
    play.visit_all(batch, county["reviewer1"])
    with pytest.raises(NothingSigned, match="核查的不一样，要写为什么"):
        play.sign(batch, county["reviewer1"], changes=checked(income_fen=28_000_00))
    found = checked(income_fen=28_000_00, income_reason="看了卖羊的单据")
    play.sign(batch, county["reviewer1"], changes=found)
    for step in ("consent", "approve", "county_decide"):
        carry(county, batch, step)
        assert "核查 28,000 元" in hints(batch) and "看了卖羊的单据" in hints(batch), step


def test_what_was_filed_with_a_reason_is_not_asked_for_it_again(county: County, household: Household) -> None:
    batch = exit_of(county, household, income_fen=30_000_00, income_reason="年底又卖了一批羊")
    carry(county, batch, "check")
    play.visit_all(batch, county["reviewer1"])
    play.sign(batch, county["reviewer1"], changes=checked(income_fen=30_000_00))
    assert ChangeRequest.objects.get().findings["income_reason"] == "年底又卖了一批羊"


def test_the_line_is_that_of_the_incomes_year(county: County, household: Household) -> None:
    lines = propose(
        by=county["county"],
        key=keys.lines_key(keys.MONITORED),
        area=county.areas["枫禾县"],
        value=["2023 7500", f"{clock.today().year - 1} 13000"],
        valid_from=clock.today(),
        source="县里公布的当年标准",
    )
    confirm(by=county["countyhead"], setting=lines)
    batch = exit_of(county, household)
    carry(county, batch, "check")
    play.visit_all(batch, county["reviewer1"])
    with pytest.raises(NothingSigned, match="没有超过 13,000 元的标准"):
        play.sign(batch, county["reviewer1"], changes=checked())
    named, path = keys.MONITORED, household.area_path
    assert exit_income.line_of(named, path, 2023) == (750_000, "2023 年的标准")
    assert "还没有填" in exit_income.line_of(named, path, 2024)[1]


def test_a_line_by_year_is_a_year_and_an_amount() -> None:
    assert keys.line_entry("2025 8200.5") == (2025, 820_050)
    for wrong in ("2025", "25 8200", "2025 八千", "2025 8200 9000"):
        with pytest.raises(ValueError):
            keys.line_entry(wrong)
    assert keys._bad_lines(["2025 8200", "2025 8300"]) and keys._bad_lines([2025])
    assert keys._bad_lines(["2025 8200"]) is None


def test_what_a_refused_exit_found_stays_with_it_and_is_proposed_to_the_register(
    county: County, household: Household, sign_in: SignIn
) -> None:
    batch = exit_of(county, household)
    carry(county, batch, "check")
    play.visit_all(batch, county["reviewer1"])
    case = batch.cases.get()
    no = RowVerdict(Verdict.REFUSE, "打工的厂关了，没有那么多", {"income_fen": 12_000_00})
    play.sign(batch, county["reviewer1"], rows={case.number: no})
    request = ChangeRequest.objects.get()
    assert request.findings["income_fen"] == 12_000_00
    assert request.findings["income_reason"] == "打工的厂关了，没有那么多"
    proposed = exit_income.to_propose(household)
    assert [(one["year"], one["fen"], one["case"]) for one in proposed] == [
        (clock.today().year - 1, 12_000_00, case.number)
    ]
    shown = sign_in("clerk1").get(f"/admin/desk/households/{household.pk}/").content.decode()
    assert "查得全家 12,000 元" in shown and case.number in shown
    figures = Figures(clock.today().year - 1, wage_fen=12_000_00)
    record_income(by=county["reviewer1"], household=household, figures=figures, source=IncomeSource.CHECK)
    assert exit_income.to_propose(household) == []
