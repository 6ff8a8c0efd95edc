"""Full names: county, township, village, once each, in one query."""

from typing import Any

import pytest

from portal.areas.models import Area, path_range
from portal.areas.names import full_name, full_names
from portal.areas.services import load
from tests.portal.people.invented import CITY, COUNTY, EAST, ONE, ROWS, areas, divisions

pytestmark = pytest.mark.django_db


def test_a_village_is_called_after_county_and_township() -> None:
    loaded = areas()
    assert full_name(loaded[ONE]) == "甲县东乡一村"
    assert full_name(loaded[EAST]) == "甲县东乡"
    assert full_name(loaded[COUNTY]) == "甲县"
    assert full_name(loaded[CITY]) == "测试市"


def test_a_name_that_already_says_where_it_is_says_it_once() -> None:
    long_names = [
        ("990001101203", "甲县东乡三组村", "village", EAST),
        ("990001101204", "某省测试市甲县东乡五村", "village", EAST),
        ("990001101205", "东乡街道村", "village", EAST),
        ("990001101206", "甲县东某族乡六村", "village", EAST),
        ("990001101207", "甲县村", "village", EAST),
    ]
    load(divisions([*ROWS, *long_names]))
    found = full_names(Area.objects.filter(code__in=[row[0] for row in long_names]))
    assert sorted(found.values()) == [
        "甲县东乡三组村",
        "甲县东乡五村",
        "甲县东乡甲县村",
        "甲县东乡街道村",
        "甲县东某族乡六村",
    ]


def test_a_village_straight_under_its_county_leaves_the_placeholder_township_out() -> None:
    load(
        divisions(
            [
                *ROWS,
                ("990001198000", "甲县直辖村级区划", "township", COUNTY),
                ("990001198201", "六村", "village", "990001198000"),
            ]
        )
    )
    assert full_name(Area.objects.get(code="990001198201")) == "甲县六村"


def test_the_names_of_many_areas_cost_one_query(django_assert_num_queries: Any) -> None:
    areas()
    every = list(Area.objects.all())
    with django_assert_num_queries(1):
        assert len(full_names(every)) == 10


def test_a_subtree_is_a_range_of_paths() -> None:
    loaded = areas()
    inside = Area.objects.filter(path_range(loaded[EAST].path, "path"))
    assert {area.name for area in inside} == {"东乡", "一村", "二村"}
    assert set(inside) == set(Area.objects.within(loaded[EAST]))
