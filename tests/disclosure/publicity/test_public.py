"""What public pages read: few queries at any number of rows."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from disclosure.publicity import public
from disclosure.publicity.services import correct
from portal import clock
from portal.configuration import services as configuration
from portal.people.models import Role
from tests.disclosure.village import Village, a_list, hold, household, opened
from tests.portal.people import invented


@pytest.mark.parametrize("count", [1, 399, 400, 401])
def test_a_page_of_a_list_takes_at_most_six_queries_whatever_its_rows(
    village: Village, django_assert_max_num_queries: Callable[[int], object], count: int
) -> None:
    deliberation = opened(village)
    hold(village, deliberation)
    rows = [household(n) for n in range(count)]
    published = a_list(village, rows, deliberation=deliberation)
    configuration.value("publicity.day_kind")
    with django_assert_max_num_queries(6):  # type: ignore[attr-defined]
        page = public.page(published.number)
        assert page and [step["label"] for step in page.timeline]
        assert page.list.area.name
        assert page.earlier is None
        assert page.later is None
    assert len(page.rows) == min(count, 400)
    assert page.page_count == (2 if count > 400 else 1)


def test_a_long_list_is_paged_at_four_hundred_rows(village: Village) -> None:
    published = a_list(village, [household(n) for n in range(401)])
    second = public.page(published.number, 2)
    assert second and [row["position"] for row in second.rows] == [401]
    assert public.page(published.number, 3) is None
    assert public.page(published.number, 0) is None


def test_there_is_no_page_of_a_list_that_is_missing_or_lies_in_the_future(village: Village) -> None:
    assert public.page("990001101201-2026-9999") is None
    with clock.travel(clock.now() + timedelta(days=1)):
        number = a_list(village).number
    assert public.page(number) is None


def test_the_newest_lists_come_first_and_corrected_versions_are_left_out(
    village: Village, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    old = a_list(village)
    two = a_list(village, area=village.areas[invented.TWO])
    new = correct(
        **village.seat(Role.TOWNSHIP_REVIEWER), list_id=old.pk, rows=[household(1)], reason="写错了"
    )
    with django_assert_max_num_queries(1):  # type: ignore[attr-defined]
        assert [(one, one.area.name) for one in public.newest(5)] == [(new, "一村"), (two, "二村")]
    assert public.newest(1) == [new]
    assert public.for_area(village.area, 5) == [new]
    assert public.for_area(village.areas[invented.EAST], 5) == [new, two]
    assert public.for_area(village.areas[invented.WEST], 5) == []


def test_what_a_county_has_not_filled_in_is_empty_and_nothing_is_invented(village: Village) -> None:
    contact = public.contact(village.area)
    assert contact == {
        "office": "",
        "phone": "",
        "address": "",
        "supervisor": "村务监督委员会",
        "hotline": "12317",
    }
    for key in ("publicity.days.application", "publicity.days.resolution", "publicity.days.result"):
        assert configuration.unverified(key, village.area)
