"""What the correction of a list does to its cases, wherever they stand (design.md rules 5 and 6)."""

from dataclasses import replace

import pytest

from disclosure.publicity.errors import NotToBeCorrected
from disclosure.publicity.models import ListKind, PublicList
from disclosure.publicity.services import RowDraft, correct
from workflows.demo import play
from workflows.demo.build import County
from workflows.engine.models import Batch, Case
from workflows.programmes.corrections import Change, Effect, as_draft, effects_of
from workflows.programmes.models import Application
from workflows.programmes.services import committed_fen

from ..county import carry, make_batch
from .test_lists import end, office, stands


def listed(batch: Batch, kind: str = ListKind.APPLICATION) -> PublicList:
    """Return the latest list of `kind` of the batch's village."""
    return PublicList.objects.filter(area=batch.area, kind=kind).latest("pk")


def rows_of(published: PublicList) -> list[RowDraft]:
    """Return the rows of `published` as drafts."""
    return [as_draft(row) for row in published.rows.order_by("position")]


def corrected(
    county: County, published: PublicList, rows: list[RowDraft], by: str = "reviewer1"
) -> PublicList:
    """Publish a corrected version."""
    return correct(
        by=county[by], office=office(county, by), list_id=published.pk, rows=rows, reason="写错了，已核对"
    )


def numbers(rows: list[RowDraft]) -> list[str]:
    """Return the case numbers of `rows`."""
    return [row.subject.removeprefix("case:") for row in rows]


@pytest.mark.parametrize("step", ["approve", "record", "start", "accept", "pay"])
def test_after_approval_an_amount_that_changes_stops_its_row_and_the_others_go_on(
    county: County, step: str
) -> None:
    batch = make_batch(county, rows=3, until=step)
    rows = rows_of(listed(batch))
    first, second, third = numbers(rows)
    rows[0] = replace(rows[0], amount_fen=rows[0].amount_fen - 10_000)
    corrected(county, listed(batch), rows)
    assert stands(first) == ("check", "")
    assert {stands(number)[0] for number in (second, third)} == {step}
    application = Application.objects.get(case__number=first)
    assert (application.approved_fen, application.budget, application.accepted_fen) == (None, None, None)


def test_a_row_that_is_taken_out_after_approval_frees_its_budget(county: County) -> None:
    batch = make_batch(county, rows=2, until="start")
    budget = Application.objects.filter(case__batch=batch).first().budget
    before = committed_fen(budget)
    rows = rows_of(listed(batch))
    corrected(county, listed(batch), rows[1:])
    assert stands(numbers(rows)[0]) == ("check", "")
    assert committed_fen(budget) == before - rows[0].amount_fen


def test_a_name_that_changes_after_approval_is_published_again_and_approved_anew(county: County) -> None:
    batch = make_batch(county, rows=2, until="record")
    rows = rows_of(listed(batch))
    first, second = numbers(rows)
    new = corrected(county, listed(batch), [replace(rows[0], name="孔某一"), rows[1]])
    assert stands(first) == ("publish", new.number)
    assert stands(second) == ("record", "")
    apart = Case.objects.get(number=first).batch
    assert not apart.pending
    end(new)
    assert stands(first) == ("approve", "")


def test_other_words_than_name_and_amount_stop_nothing_after_approval(county: County) -> None:
    batch = make_batch(county, rows=2, until="record")
    rows = rows_of(listed(batch))
    corrected(county, listed(batch), [replace(rows[0], group="九组"), rows[1]])
    assert {stands(number) for number in numbers(rows)} == {("record", "")}


def test_while_a_list_runs_a_name_that_changes_waits_with_all_rows_for_the_new_version(
    county: County,
) -> None:
    batch = make_batch(county, rows=2, until="publish")
    play.sign(batch, county["reviewer1"])
    rows = rows_of(listed(batch))
    new = corrected(county, listed(batch), [replace(rows[0], name="孔某一"), rows[1]])
    assert {stands(number) for number in numbers(rows)} == {("publish", new.number)}


def test_what_was_paid_is_not_corrected_on_paper_but_its_name_may_be(county: County) -> None:
    batch = make_batch(county, rows=2, until="announce")
    published = listed(batch)
    rows = rows_of(published)
    for wrong in (rows[1:], [replace(rows[0], amount_fen=1), rows[1]]):
        with pytest.raises(NotToBeCorrected, match="已经拨付"):
            corrected(county, published, wrong)
    assert listed(batch) == published
    corrected(county, published, [replace(rows[0], name="孔某一"), rows[1]])
    assert {stands(number) for number in numbers(rows)} == {("announce", "")}


@pytest.mark.parametrize("kind", [ListKind.RESOLUTION, ListKind.RESULT])
def test_what_the_village_voted_on_and_what_was_paid_keep_their_amounts(county: County, kind: str) -> None:
    batch = make_batch(county, rows=2, until="end")
    published = listed(batch, kind)
    rows = rows_of(published)
    with pytest.raises(NotToBeCorrected, match="不能在名单上改"):
        corrected(county, published, [replace(rows[0], amount_fen=1), rows[1]])
    assert corrected(county, published, [replace(rows[0], item="养鹅"), rows[1]], by="clerk1").version == 2


def test_a_row_published_on_another_list_since_is_left_alone(county: County) -> None:
    batch = make_batch(county, rows=2, until="approve")
    old = listed(batch)
    rows = rows_of(old)
    corrected(county, old, rows[1:])
    back = Case.objects.get(number=numbers(rows)[0]).batch
    carry(county, back, "approve")
    second = PublicList.objects.get(supersedes=old)
    effects = effects_of(second, [*rows_of(second)])
    assert [(one.change, one.effect) for one in effects] == [(Change.NONE, Effect.GOES_ON)]
    first = effects_of(old, rows[1:])[0]
    assert (first.change, first.effect) == (Change.REMOVED, Effect.NOTHING)
