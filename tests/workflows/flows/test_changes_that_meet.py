"""Two requests about one household: the later sees what the earlier one changed."""

from dataclasses import replace

import pytest

from disclosure.publicity.errors import NotToBeCorrected
from disclosure.publicity.models import ListKind, PublicList
from disclosure.publicity.services import correct
from portal import clock
from portal.people.models import Office
from workflows.changes import services
from workflows.changes.models import Wanted
from workflows.demo import build, play
from workflows.demo.build import County
from workflows.demo.change_play import carry, file_entry, file_exit
from workflows.engine.errors import NothingSigned
from workflows.engine.models import Batch
from workflows.programmes.corrections import as_draft
from workflows.registry.models import Category, ChangeKind, Household, RegisterChange, Standing


def change(county: County, household: Household, wanted: str, **given: object) -> Batch:
    """File a change of `household` by its village's clerk and return the batch."""
    said = {"evidence": "户口簿", "on": clock.today(), "group_name": "一组", **given}
    case = services.file_change(by=county["clerk1"], household=household, wanted=wanted, given=said)
    return Batch.objects.get(cases=case)


def family(county: County, number: int, category: str = Category.LOW_INCOME) -> tuple[Household, int, int]:
    """Return a household and the ids of its head and spouse."""
    household = build.make_household(county, "禾坪村", number, "clerk1", category)
    head, spouse = household.present_members
    return household, head.pk, spouse.pk


def barred(outcome: object) -> list[str]:
    return [row["message"] for row in outcome.rows if row["result"] == "barred"]  # type: ignore[attr-defined]


def test_who_left_by_one_row_does_not_leave_again_by_the_next(county: County) -> None:
    household, _head, spouse = family(county, 61)
    change(county, household, Wanted.MARRY_OUT, member=spouse)
    batch = change(county, household, Wanted.MOVE_OUT, member=spouse)
    carry(county, batch, "check")
    outcome = play.sign(batch, county["reviewer1"])
    assert len(barred(outcome)) == 1 and "已经" in barred(outcome)[0]
    carry(county, batch, "end")
    assert RegisterChange.objects.filter(member=spouse, kind=ChangeKind.LEFT).count() == 1


def test_who_became_the_head_meanwhile_is_not_split_off(county: County) -> None:
    household, _head, spouse = family(county, 62)
    change(county, household, Wanted.HEAD, member=spouse)
    batch = change(county, household, Wanted.SPLIT, members=[spouse], head=spouse)
    carry(county, batch, "check")
    outcome = play.sign(batch, county["reviewer1"])
    assert barred(outcome) and "户主" in barred(outcome)[0]


def test_a_household_enters_once_whatever_it_was_filed_as(county: County) -> None:
    household, _head, _spouse = family(county, 63, Category.ORDINARY)
    file_entry(county, "clerk1", household, category=Category.LOW_INCOME)
    batch = file_entry(county, "clerk1", household, category=Category.LOW_INCOME, wanted=Wanted.REENTER)
    carry(county, batch, "decide")
    outcome = play.sign(batch, county["head1"])
    assert len(barred(outcome)) == 1


def test_who_has_left_the_register_gets_no_other_category(county: County) -> None:
    household, _head, _spouse = family(county, 64)
    other = file_entry(county, "clerk1", household, category=Category.MARGINAL, wanted=Wanted.CATEGORY)
    carry(county, file_exit(county, "clerk1", household), "end")
    carry(county, other, "approve")
    with pytest.raises(NothingSigned, match="已经退出"):
        play.sign(other, county["head1"])
    household.refresh_from_db()
    assert (household.category, household.standing) == (Category.ORDINARY, Standing.EXITED)


def test_a_list_corrected_after_the_register_changed_takes_nobody_back(county: County) -> None:
    household, _head, _spouse = family(county, 65)
    other, _head, _spouse = family(county, 66)
    file_exit(county, "clerk1", household)
    batch = carry(county, file_exit(county, "clerk1", other), "announce")
    listed = PublicList.objects.get(kind=ListKind.APPLICATION)
    first, second = [as_draft(row) for row in listed.rows.order_by("position")]
    office = Office.objects.get(user=county["reviewer1"])
    said = {"by": county["reviewer1"], "office": office, "list_id": listed.pk, "reason": "写错了"}
    with pytest.raises(NotToBeCorrected, match="已经按批准改了户档"):
        correct(rows=[first], **said)
    correct(rows=[replace(first, name=f"{first.name}山"), second], **said)
    batch.refresh_from_db()
    assert (batch.step, batch.row_count) == ("announce", 2)
