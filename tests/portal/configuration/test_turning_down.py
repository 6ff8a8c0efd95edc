"""A proposed setting may be turned down with a reason: it never counts, the ledger says who and why."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from portal import clock
from portal.areas.models import Area
from portal.configuration import errors, keys, services
from portal.configuration.models import Setting
from portal.configuration.services import confirm, propose, register, turn_down, value
from portal.configuration.standing import standing
from portal.ledger.models import Event
from portal.people.models import Role, User
from tests.portal.people import invented
from tests.portal.people.invented import CITY, COUNTY, OTHER_COUNTY, officer


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Register an invented key for one test."""
    monkeypatch.setattr(keys, "_keys", dict(keys._keys))
    register("test.days", 7, "S21", False, "公示天数")
    services.forget()
    yield
    services.forget()


@pytest.fixture
def county(db: None) -> dict[str, Area]:
    """Return the areas of the invented county."""
    return invented.areas()


@pytest.fixture
def people(county: dict[str, Area]) -> dict[str, User]:
    """Return a county's two reviewers and head, and the other county's head."""
    security = invented.administrators(county[CITY])[Role.SECURITY_ADMIN]
    return {
        "reviewer": officer(security, Role.COUNTY_REVIEWER, county[COUNTY]),
        "colleague": officer(security, Role.COUNTY_REVIEWER, county[COUNTY]),
        "head": officer(security, Role.COUNTY_HEAD, county[COUNTY]),
        "stranger": officer(security, Role.COUNTY_HEAD, county[OTHER_COUNTY]),
    }


@pytest.fixture
def proposed(people: dict[str, User], county: dict[str, Area]) -> Setting:
    """Return ten days proposed for the county."""
    return propose(
        by=people["reviewer"],
        key="test.days",
        area=county[COUNTY],
        value=10,
        valid_from=clock.today(),
        source="县文件",
    )


def test_the_second_person_turns_a_proposal_down_with_a_reason(
    people: dict[str, User], county: dict[str, Area], proposed: Setting
) -> None:
    turn_down(by=people["head"], setting=proposed, reason=" 文件还没有印发 ")
    proposed.refresh_from_db()
    assert proposed.turned_down_by == people["head"]
    assert proposed.turned_down_why == "文件还没有印发"
    assert value("test.days", county[COUNTY]) == 7
    one = standing([keys.get("test.days")], county[COUNTY])[0]
    assert not one.waiting and one.history == [proposed]
    event = Event.objects.order_by("-sequence")[0]
    assert event.kind == "setting.turned_down" and "文件还没有印发" in event.record


def test_who_proposed_may_take_it_back_but_no_colleague_and_nobody_from_elsewhere(
    people: dict[str, User], proposed: Setting
) -> None:
    for name in ("colleague", "stranger"):
        with pytest.raises(errors.NotYourSetting):
            turn_down(by=people[name], setting=proposed, reason="不要")
    turn_down(by=people["reviewer"], setting=proposed, reason="数写错了")
    proposed.refresh_from_db()
    assert proposed.turned_down_by == people["reviewer"]


def test_without_a_reason_nothing_is_turned_down(people: dict[str, User], proposed: Setting) -> None:
    before = Event.objects.count()
    with pytest.raises(errors.ReasonMissing):
        turn_down(by=people["head"], setting=proposed, reason="  ")
    proposed.refresh_from_db()
    assert proposed.turned_down_at is None and Event.objects.count() == before


def test_what_was_turned_down_is_not_confirmed_and_what_was_confirmed_is_not_turned_down(
    people: dict[str, User], county: dict[str, Area], proposed: Setting
) -> None:
    turn_down(by=people["head"], setting=proposed, reason="不合适")
    with pytest.raises(errors.TurnedDown):
        confirm(by=people["head"], setting=proposed)
    with pytest.raises(errors.TurnedDown):
        turn_down(by=people["head"], setting=proposed, reason="再来")
    again = propose(
        by=people["reviewer"],
        key="test.days",
        area=county[COUNTY],
        value=8,
        valid_from=clock.today() + timedelta(days=1),
        source="县文件",
    )
    confirm(by=people["head"], setting=again)
    with pytest.raises(errors.AlreadyConfirmed):
        turn_down(by=people["head"], setting=again, reason="晚了")
