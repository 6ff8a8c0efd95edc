"""Settings: two persons, dated, the nearest area first, never stale where they were just changed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from portal import clock
from portal.areas.models import Area
from portal.configuration import errors, keys, services
from portal.configuration.models import Setting
from portal.configuration.services import confirm, propose, register, unverified, value
from portal.ledger.models import Event
from portal.people.models import Line, Role, User
from tests.portal.people import invented
from tests.portal.people.invented import CITY, COUNTY, EAST, ONE, OTHER_COUNTY, officer

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Register invented keys for one test."""
    monkeypatch.setattr(keys, "_keys", dict(keys._keys))
    register("test.days", 7, "S21", False, "公示天数", check=lambda days: None if days > 0 else "至少一天")
    register("test.levels", ["village"], "HY-34", True, "级别")
    register("test.limit", 3, "GK", False, "次数", technical=True)
    services.forget()
    yield
    services.forget()


@pytest.fixture
def county(db: None) -> dict[str, Area]:
    """Return the areas of the invented county."""
    return invented.areas()


@pytest.fixture
def people(county: dict[str, Area]) -> dict[str, User]:
    """Return a county's reviewer and head, its administrators and the other county's head."""
    admins = invented.administrators(county[CITY])
    security = admins[Role.SECURITY_ADMIN]
    return {
        "reviewer": officer(security, Role.COUNTY_REVIEWER, county[COUNTY]),
        "head": officer(security, Role.COUNTY_HEAD, county[COUNTY]),
        "stranger": officer(security, Role.COUNTY_HEAD, county[OTHER_COUNTY]),
        "system": admins[Role.SYSTEM_ADMIN],
        "security": security,
    }


def put(people: dict[str, User], area: Area, days: int, **changes: Any) -> Setting:
    """Propose and confirm `days` for test.days at `area` from today."""
    given = {
        "key": "test.days",
        "area": area,
        "value": days,
        "valid_from": clock.today(),
        "source": "甲县〔2026〕1号",
    }
    return confirm(by=people["head"], setting=propose(by=people["reviewer"], **given | changes))


def test_without_a_setting_the_default_holds_and_its_flag_stands(county: Any) -> None:
    assert value("test.days", county[ONE]) == 7
    assert unverified("test.days", county[ONE])
    assert not unverified("test.levels", county[ONE])


def test_a_key_that_no_room_registered_is_an_error(db: None) -> None:
    with pytest.raises(errors.UnknownKey):
        value("test.none")


def test_registering_again_is_fine_and_registering_otherwise_is_not() -> None:
    register("test.days", 7, "S21", False, "公示天数")
    with pytest.raises(ImproperlyConfigured):
        register("test.days", 8, "S21", False, "公示天数")


def test_a_proposal_counts_only_once_a_second_person_confirmed_it(county: Any, people: Any) -> None:
    given = {
        "key": "test.days",
        "area": county[COUNTY],
        "value": 10,
        "valid_from": clock.today(),
        "source": "文件",
    }
    setting = propose(by=people["reviewer"], **given)
    assert value("test.days", county[ONE]) == 7
    confirm(by=people["head"], setting=setting)
    assert value("test.days", county[ONE]) == 10
    assert not unverified("test.days", county[ONE])
    assert value("test.days", county[OTHER_COUNTY]) == 7
    kinds = Event.objects.filter(object_type="setting").order_by("sequence").values_list("kind", "actor")
    assert list(kinds) == [
        ("setting.proposed", people["reviewer"].pk),
        ("setting.confirmed", people["head"].pk),
    ]
    with pytest.raises(errors.AlreadyConfirmed):
        confirm(by=people["head"], setting=setting)


def test_the_nearest_area_counts_before_the_later_date(county: Any, people: Any) -> None:
    put(people, county[EAST], 5)
    put(people, county[COUNTY], 10)
    assert value("test.days", county[ONE]) == 5
    assert value("test.days", county[ONE].path) == 5
    assert value("test.days", county[COUNTY]) == 10
    assert value("test.days") == 7


def test_a_setting_counts_from_its_date_and_the_latest_confirmed_of_one_date_wins(
    county: Any, people: Any
) -> None:
    today = clock.today()
    put(people, county[COUNTY], 10, valid_from=today + 3 * DAY)
    assert value("test.days", county[ONE]) == 7
    assert value("test.days", county[ONE], on=today + 3 * DAY) == 10
    put(people, county[COUNTY], 12, valid_from=today + 3 * DAY)
    assert value("test.days", county[ONE], on=today + 4 * DAY) == 12


def test_the_proposer_never_confirms(county: Any, people: Any) -> None:
    invented.given(people["security"], people["reviewer"], Role.COUNTY_HEAD, county[COUNTY], Line.HEALTH)
    given = {
        "key": "test.days",
        "area": county[COUNTY],
        "value": 9,
        "valid_from": clock.today(),
        "source": "文件",
    }
    setting = propose(by=people["reviewer"], **given)
    with pytest.raises(errors.SamePerson):
        confirm(by=people["reviewer"], setting=setting)
    assert value("test.days", county[ONE]) == 7


@pytest.mark.parametrize("who", ["head", "stranger", "system", "security"])
def test_only_the_countys_reviewer_proposes(county: Any, people: Any, who: str) -> None:
    given = {
        "key": "test.days",
        "area": county[COUNTY],
        "value": 9,
        "valid_from": clock.today(),
        "source": "文件",
    }
    with pytest.raises(errors.NotYourSetting):
        propose(by=people[who], **given)
    assert not Setting.objects.exists()


@pytest.mark.parametrize("who", ["stranger", "system", "security"])
def test_only_the_countys_head_confirms(county: Any, people: Any, who: str) -> None:
    given = {
        "key": "test.days",
        "area": county[EAST],
        "value": 9,
        "valid_from": clock.today(),
        "source": "文件",
    }
    setting = propose(by=people["reviewer"], **given)
    with pytest.raises(errors.NotYourSetting):
        confirm(by=people[who], setting=setting)


def test_technical_keys_belong_to_the_administrators_and_the_whole_installation(
    county: Any, people: Any
) -> None:
    given = {"key": "test.limit", "area": None, "value": 4, "valid_from": clock.today(), "source": "等保"}
    with pytest.raises(errors.NotYourSetting):
        propose(by=people["reviewer"], **given)
    with pytest.raises(errors.BadValue):
        propose(by=people["system"], **given | {"area": county[COUNTY]})
    setting = propose(by=people["system"], **given)
    with pytest.raises(errors.NotYourSetting):
        confirm(by=people["head"], setting=setting)
    confirm(by=people["security"], setting=setting)
    assert value("test.limit", county[ONE]) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"value": "7"},
        {"value": True},
        {"value": 0},
        {"source": " "},
        {"valid_from": clock.today() - DAY},
        {"area": None},
        {"key": "test.levels", "value": [object()]},
    ],
)
def test_what_does_not_fit_is_refused(county: Any, people: Any, change: dict[str, Any]) -> None:
    given = {
        "key": "test.days",
        "area": county[COUNTY],
        "value": 9,
        "valid_from": clock.today(),
        "source": "文件",
    }
    with pytest.raises(errors.BadValue):
        propose(by=people["reviewer"], **given | change)


def test_a_proposal_whose_date_has_passed_is_not_confirmed(county: Any, people: Any, travel: Any) -> None:
    given = {
        "key": "test.days",
        "area": county[COUNTY],
        "value": 9,
        "valid_from": clock.today(),
        "source": "文件",
    }
    setting = propose(by=people["reviewer"], **given)
    with travel(clock.now() + DAY), pytest.raises(errors.BadValue):
        confirm(by=people["head"], setting=setting)


def test_a_value_that_is_a_list_is_the_readers_own(db: None) -> None:
    value("test.levels").append("township")
    assert value("test.levels") == ["village"]


def test_readings_cost_no_query_once_kept(county: Any, people: Any, django_assert_num_queries: Any) -> None:
    value("test.days")
    with django_assert_num_queries(0):
        assert value("test.days", county[ONE]) == 7
        unverified("test.days", county[ONE])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_change_is_seen_at_once_in_its_transaction_and_gone_with_a_rollback() -> None:
    county = invented.areas()
    admins = invented.administrators(county[CITY])
    security = admins[Role.SECURITY_ADMIN]
    people = {
        "reviewer": officer(security, Role.COUNTY_REVIEWER, county[COUNTY]),
        "head": officer(security, Role.COUNTY_HEAD, county[COUNTY]),
    }
    assert value("test.days", county[ONE]) == 7
    with transaction.atomic():
        put(people, county[COUNTY], 9)
        assert value("test.days", county[ONE]) == 9
        transaction.set_rollback(True)
    assert value("test.days", county[ONE]) == 7
    put(people, county[COUNTY], 11)
    assert value("test.days", county[ONE]) == 11


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_another_process_confirmed_is_seen_after_the_recheck(settings: Any) -> None:
    county = invented.areas()
    assert value("test.days", county[ONE]) == 7
    row = Setting(key="test.days", area=county[COUNTY], value=8, valid_from=clock.today(), source="文件")
    row.confirmed_at = clock.now()
    Setting.objects.bulk_create([row])
    assert value("test.days", county[ONE]) == 7
    settings.CONFIGURATION_RECHECK_SECONDS = -1
    assert value("test.days", county[ONE]) == 8
