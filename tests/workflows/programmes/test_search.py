"""Rules of programmes in the search: what the version in force says, from the day on which it is in force."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from disclosure.pages.services import ensure_site
from disclosure.search import services
from disclosure.search.asking import read
from disclosure.search.finding import documents, find
from portal import clock
from portal.clock import jobs
from tests.workflows.county import VILLAGE, make_batch
from workflows.demo.build import County
from workflows.programmes.search_source import JOB
from workflows.programmes.services import current_version, make_version
from workflows.registry.models import Member

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def found(asked: str) -> list[str]:
    return [name for name in documents(read(asked)) if name.startswith("programme:")]


def changed(county: County, **changes: Any) -> dict[str, Any]:
    """Make the programme's next version with other words, in force tomorrow; return what it says."""
    assert county.programme is not None
    version = current_version(county.programme)
    assert version is not None
    definition = version.definition | changes
    make_version(
        by=county["county"],
        programme=county.programme,
        valid_from=clock.today() + timedelta(days=1),
        flow_key=version.flow_key,
        policy=version.policy,
        definition=definition,
    )
    return definition


def test_a_programme_is_found_by_its_title_and_by_who_may_apply(county: County) -> None:
    assert county.programme is not None
    name = f"programme:{county.programme.pk}"
    assert found("产业奖补") == [name]
    one = find(read("要有能干活的人")).found[0]
    assert (one.document, one.path) == (name, "programmes/build-then-subsidise/#who")
    assert "<mark>要有能干活的人</mark>" in one.text


def test_the_next_version_is_found_from_the_day_on_which_it_is_in_force(
    county: County, travel: Callable
) -> None:
    changed(county, who="种核桃的人家都可以申请。")
    assert found("核桃") == []
    assert jobs.run_due()[JOB] == 0
    with travel(clock.now() + timedelta(days=1)):
        assert jobs.run_due()[JOB] == 1
        assert found("核桃") != []
        assert jobs.run_due()[JOB] == 0
        assert [*services.compare()] == []


def test_no_name_of_a_running_list_is_in_the_index(county: County) -> None:
    ensure_site("枫禾县")
    make_batch(county, rows=3, until="approve")
    lists = [name for name in documents(read(f"{VILLAGE} 名单公示")) if name.startswith("list:")]
    assert lists
    names = {member.name for member in Member.objects.all()}
    assert names
    for name in names | {f"{name[0]}某{name[-1]}" for name in names}:
        assert documents(read(name)) == [], name
