"""Filing an application: who may ask, for how much, once a year (HY-34, XC-05, XC-15)."""

import pytest

from workflows.demo import build
from workflows.demo.build import County
from workflows.demo.play import active, answers, sign
from workflows.engine.errors import BadAct, NoSuchBatch, NotYourTurn
from workflows.engine.models import Case
from workflows.programmes.answers import BadAnswers, fen_of, in_words, yuan
from workflows.programmes.models import Application
from workflows.programmes.services import ProgrammeRefused, amend_application, file_application
from workflows.registry.models import Category, Household

from ..county import make_batch


def file(county: County, household: Household, by: str = "helper1", **changed: object) -> Case:
    """File for `household` with answers of which `changed` are others."""
    assert county.programme is not None
    return file_application(
        by=county[by],
        programme=county.programme,
        household=household,
        answers={**answers(1), **changed},
    )


def household(county: County, number: int = 1, category: str = Category.LIFTED) -> Household:
    """Return an invented household of 禾坪村."""
    return build.make_household(county, "禾坪村", number, "clerk1", category)


def test_the_programme_grants_its_rate_up_to_its_ceiling_in_whole_yuan(county: County) -> None:
    for number, (invested_fen, granted_fen) in enumerate(
        [(400_000, 240_000), (333_333, 199_900), (900_000, 500_000)], 1
    ):
        case = file(county, household(county, number), invested_fen=invested_fen)
        assert case.requested_fen == case.amount_fen == granted_fen


def test_a_household_outside_the_categories_may_not_apply_and_is_told_why(county: County) -> None:
    with pytest.raises(ProgrammeRefused, match="脱贫户或者监测对象"):
        file(county, household(county, category=Category.ORDINARY))


def test_a_household_applies_once_a_year(county: County) -> None:
    home = household(county)
    file(county, home)
    with pytest.raises(ProgrammeRefused, match="一年只能"):
        file(county, home)


def test_a_household_that_was_refused_or_withdrew_may_apply_again(county: County) -> None:
    from workflows.engine.acting import RowVerdict

    home = household(county)
    case = file(county, home)
    sign(case.batch, county["helper1"], rows={case.number: RowVerdict("withdraw", "填错了")})
    assert file(county, home).pk != case.pk


def test_a_household_without_anyone_able_to_work_may_not_apply(county: County) -> None:
    home = household(county)
    home.members.update(able_to_work=False)
    with pytest.raises(ProgrammeRefused, match="能干活"):
        file(county, home)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"invested_fen": 0}, "自己投入"),
        ({"invested_fen": True}, "自己投入"),
        ({"project": "开矿"}, "选项"),
        ({"scale": ""}, "规模"),
        ({"scale": "长" * 201}, "太长"),
    ],
)
def test_an_answer_that_cannot_be_is_named(county: County, changed: dict[str, object], said: str) -> None:
    with pytest.raises(BadAnswers, match=said):
        file(county, household(county), **changed)
    assert not Case.objects.exists()


def test_only_the_villages_own_filers_file(county: County) -> None:
    home = household(county)
    with pytest.raises(NotYourTurn):
        file(county, home, by="helper2")
    with pytest.raises(NotYourTurn):
        file(county, home, by="reviewer1")
    assert not Application.objects.exists()


def test_answers_are_changed_while_the_case_is_in_the_village_and_the_sums_follow(county: County) -> None:
    batch = make_batch(county, rows=2, until="file")
    case = active(batch)[0]
    new = {**answers(1), "invested_fen": 200_000}
    amend_application(by=county["clerk1"], case=case, seen_version=batch.version, answers=new)
    batch.refresh_from_db()
    assert batch.amount_fen == sum(row.amount_fen for row in active(batch))
    assert Application.objects.get(case=case).requested_fen == 120_000
    with pytest.raises(NoSuchBatch):
        amend_application(by=county["clerk2"], case=case, seen_version=batch.version, answers=new)
    sign(batch, county["helper1"])
    with pytest.raises(BadAct, match="已经报上去"):
        amend_application(by=county["clerk1"], case=case, seen_version=batch.version, answers=new)


def test_money_is_read_and_written_in_yuan_and_kept_in_fen() -> None:
    assert [fen_of("4,800"), fen_of("4800.5"), fen_of("4，800.05")] == [480_000, 480_050, 480_005]
    for wrong in ("", "abc", "1.005", "-3", "NaN", "1e30", "sNaN", "9E999999"):
        with pytest.raises(ValueError):
            fen_of(wrong)
    assert [yuan(480_000), yuan(480_050), yuan(-5)] == ["4,800", "4,800.50", "-0.05"]
    fields = [{"key": "a", "label": "投入", "kind": "money"}, {"key": "b", "label": "规模", "kind": "text"}]
    assert in_words(fields, {"a": 480_000}) == [("投入", "4,800 元")]
