"""Leave: a substitute acts under both names, for a period, confirmed, and obeys what binds both."""

from datetime import timedelta

import pytest

from portal import clock
from portal.ledger.models import Event
from portal.people import excluding, leave
from portal.people.errors import BadDates, NotPermitted, PeopleError, RolesExclude
from portal.people.models import Line, Office, Role, Substitution
from portal.people.scope import scope_of
from portal.people.services import end_office
from tests.workflows import wells
from tests.workflows.kept import county, kept_county
from tests.workflows.wells import FEN
from workflows.demo import build
from workflows.demo.build import County
from workflows.demo.play import sign
from workflows.engine.errors import ActedAtAnotherLevel, NotYourTurn
from workflows.engine.models import Batch

__all__ = ["county", "kept_county"]


@pytest.fixture
def heads(county: County) -> County:
    wells.make_heads(county)
    build.make_official(county, "reviewer8", "温如玉", Role.TOWNSHIP_REVIEWER, "杉坞镇", Line.ASSISTANCE)
    return county


def away(county: County, who: str, instead: str, by: str, days: int = 5) -> Substitution:
    """Let `instead` stand in for `who` from today, confirmed by `by`."""
    made = leave.name_substitute(
        by=county[who],
        office=county[who].offices.get(),
        substitute=county[instead],
        starts_on=clock.today(),
        last_on=clock.today() + timedelta(days=days - 1),
        reason="探亲",
    )
    return leave.confirm(by=county[by], substitution=made)


def test_a_substitute_acts_under_both_names(heads: County) -> None:
    batch = wells.at(heads, "look")
    with pytest.raises(NotYourTurn):
        sign(batch, heads["head9"])
    away(heads, "reviewer1", "head9", "head1")
    assert batch in Batch.objects.waiting_for(heads["head9"])
    sign(batch, heads["head9"])
    act = batch.acts.get(step="look")
    assert (act.actor, act.instead_of) == (heads["head9"], heads["reviewer1"])
    assert act.office == heads["reviewer1"].offices.get() and act.role == Role.TOWNSHIP_REVIEWER
    record = Event.objects.filter(kind="batch.acted", object_id=batch.number).order_by("-sequence").first()
    assert record is not None and '"instead_of":"reviewer1"' in record.record
    assert record.actor == heads["head9"]


def test_it_has_no_effect_before_it_is_confirmed_nor_after_its_last_day(heads: County) -> None:
    batch = wells.at(heads, "look")
    made = leave.name_substitute(
        by=heads["reviewer1"],
        office=heads["reviewer1"].offices.get(),
        substitute=heads["head9"],
        starts_on=clock.today(),
        last_on=clock.today() + timedelta(days=2),
        reason="探亲",
    )
    with pytest.raises(NotYourTurn):
        sign(batch, heads["head9"])
    for wrong in ("reviewer1", "head9", "reviewer8", "head2", "clerk1"):
        with pytest.raises(NotPermitted):
            leave.confirm(by=heads[wrong], substitution=made)
    assert leave.to_confirm(heads["head1"]) == [made] and leave.to_confirm(heads["head2"]) == []
    leave.confirm(by=heads["security"], substitution=made)
    with pytest.raises(PeopleError):
        leave.confirm(by=heads["head1"], substitution=made)
    with clock.travel(clock.now() + timedelta(days=3)):
        assert batch not in Batch.objects.waiting_for(heads["head9"])
        with pytest.raises(NotYourTurn):
            sign(batch, heads["head9"])


def test_nobody_acts_twice_through_a_substitution(heads: County) -> None:
    batch = wells.at(heads, "look")
    away(heads, "reviewer1", "head9", "head1")
    sign(batch, heads["head9"])
    with pytest.raises(ActedAtAnotherLevel):
        sign(batch, heads["head9"], changes=FEN)  # who judged it for somebody else judges it no more
    away(heads, "head1", "head8", "countyhead")
    sign(batch, heads["head8"], changes=FEN)  # by the own office, which comes first
    with pytest.raises(ActedAtAnotherLevel, match="已经签过"):
        sign(batch, heads["head8"])
    assert batch.step == "decide"
    sign(batch, heads["head1"])
    assert batch.step == "county"


def test_a_substitute_is_of_the_same_level_area_and_line(heads: County) -> None:
    own = heads["reviewer1"].offices.get()
    days = {"starts_on": clock.today(), "last_on": clock.today(), "reason": "探亲"}
    for wrong in ("reviewer2", "county", "clerk1", "reviewer1", "security"):
        with pytest.raises(PeopleError, match="同一级"):
            leave.name_substitute(by=heads["reviewer1"], office=own, substitute=heads[wrong], **days)
    with pytest.raises(PeopleError, match="同一级"):  # all lines are not covered by one
        leave.name_substitute(
            by=heads["head1"], office=heads["head1"].offices.get(), substitute=heads["reviewer1"], **days
        )
    with pytest.raises(NotPermitted):
        leave.name_substitute(by=heads["head1"], office=own, substitute=heads["head8"], **days)


def test_one_office_has_one_substitute_at_a_time(heads: County) -> None:
    made = away(heads, "reviewer1", "head9", "head1")
    with pytest.raises(BadDates, match="已经请了人代办"):
        away(heads, "reviewer1", "head8", "head1")
    leave.end(by=heads["reviewer1"], substitution=made)
    away(heads, "reviewer1", "head8", "head1")


def test_a_substitute_who_leaves_office_stands_in_for_nobody(heads: County) -> None:
    batch = wells.at(heads, "look")
    away(heads, "reviewer1", "head9", "head1")
    office = heads["head9"].offices.get()
    end_office(by=heads["security"], office=office, on=clock.today(), reason="调走")
    assert batch not in Batch.objects.waiting_for(heads["head9"])
    with pytest.raises(NotYourTurn):
        sign(batch, heads["head9"])


def test_a_reason_is_needed_and_a_refusal_tells_why(heads: County) -> None:
    made = leave.name_substitute(
        by=heads["reviewer1"],
        office=heads["reviewer1"].offices.get(),
        substitute=heads["head9"],
        starts_on=clock.today(),
        last_on=clock.today(),
        reason="探亲",
    )
    with pytest.raises(PeopleError, match="写明理由"):
        leave.decline(by=heads["head1"], substitution=made, reason=" ")
    leave.decline(by=heads["head1"], substitution=made, reason="这几天要验收")
    assert Event.objects.filter(kind="substitute.declined").exists()


def village(county: County, who: str, instead: str, days: tuple[int, int]) -> Substitution:
    """Name `instead` for `who` of the village from day to day, counted from today."""
    first, last = (clock.today() + timedelta(days=day) for day in days)
    return leave.name_substitute(
        by=county[who],
        office=county[who].offices.get(),
        substitute=county[instead],
        starts_on=first,
        last_on=last,
        reason="探亲",
    )


def give(county: County, who: str, role: Role, area: str, days: int = 0) -> None:
    """Grant `who` an office from so many days after today."""
    build.grant(county, county[who], role, area, starts_on=clock.today() + timedelta(days=days))


def test_the_committee_and_the_clerk_do_not_stand_in_for_each_other_on_any_of_the_days(
    county: County,
) -> None:
    made = village(county, "clerk1", "grid1", (1, 5))
    give(county, "grid1", Role.VILLAGE_SUPERVISION, "禾坪村", days=3)
    with pytest.raises(PeopleError, match="另请一位"):
        leave.confirm(by=county["security"], substitution=made)
    with pytest.raises(PeopleError, match="可以请"):
        village(county, "clerk1", "grid1", (6, 8))


def test_no_office_is_granted_that_excludes_the_one_stood_in_for(county: County) -> None:
    made = village(county, "clerk1", "grid1", (1, 5))
    leave.confirm(by=county["security"], substitution=made)
    for days in (0, 1, 5):
        with pytest.raises(RolesExclude, match="代办"):
            give(county, "grid1", Role.VILLAGE_SUPERVISION, "禾坪村", days=days)
    assert excluding.findings() == []
    give(county, "grid1", Role.VILLAGE_SUPERVISION, "禾坪村", days=6)
    assert excluding.findings() == []
    # A row that no service wrote opens nothing, and the check names it.
    with clock.travel(clock.now() + timedelta(days=2)):
        assert [office.role for office in scope_of(county["grid1"]).stand_ins] == [Role.VILLAGE_CLERK]
        Office.objects.filter(role=Role.VILLAGE_SUPERVISION, user=county["grid1"]).update(
            starts_on=clock.today()
        )
        assert scope_of(county["grid1"]).stand_ins == ()
        assert [line for line in excluding.findings() if line.startswith("不能代办")]


def test_who_left_business_stands_in_for_nobody(heads: County) -> None:
    made = leave.name_substitute(
        by=heads["countyhead"],
        office=heads["countyhead"].offices.get(),
        substitute=heads["countyhead9"],
        starts_on=clock.today(),
        last_on=clock.today() + timedelta(days=5),
        reason="探亲",
    )
    leave.confirm(by=heads["security"], substitution=made)
    assert scope_of(heads["countyhead9"]).stand_ins
    give(heads, "countyhead9", Role.SUPERVISOR, "枫禾县")
    own = heads["countyhead9"].offices.get(role=Role.COUNTY_HEAD)
    end_office(by=heads["security"], office=own, on=clock.today(), reason="调走")
    assert scope_of(heads["countyhead9"]).stand_ins == ()
