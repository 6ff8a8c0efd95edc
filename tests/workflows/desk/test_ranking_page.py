"""排队和候补 on the desk: places for the whole county, names only of one's own area, few queries."""

# ruff: noqa: F811

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal import clock
from workflows.demo import play
from workflows.demo.build import County, make_household
from workflows.demo.ranked_stories import SLUG
from workflows.demo.ranked_stories import definition as courtyard
from workflows.engine.models import Batch, Case
from workflows.programmes.models import Programme
from workflows.programmes.services import create_programme, current_version, file_application, set_budget
from workflows.registry.models import Category, Household

from ..county import OFFICIALS, carry
from ..kept import county, kept_county  # noqa: F401
from .conftest import SignIn
from .test_queries import ABOVE_EMPTY, more_rows, queries, same

ADDRESS = f"/admin/desk/programmes/{SLUG}/ranking/"
OWN, OTHER = "禾坪村", "榆坪村"


def applied(county: County, programme: Programme, number: int, category: Category, village: str) -> Household:
    """Register a household and file its application for 2,000 yuan."""
    end = "1" if village == OWN else "8"
    household = make_household(county, village, number, f"clerk{end}", category)
    answers = {"project": "庭院种菜", "scale": "半亩", "invested_fen": 5_000_00}
    file_application(by=county[f"helper{end}"], programme=programme, household=household, answers=answers)
    return household


@pytest.fixture
def scheme(county: County) -> Programme:
    """Return a ranked scheme that is open for three days, with money for one of 2,000 yuan."""
    assert county.programme is not None
    version = current_version(county.programme)
    assert version is not None
    today = clock.today()
    words = courtyard(today.isoformat(), (today + timedelta(days=3)).isoformat())
    words["citations"] = version.definition["citations"]
    made = create_programme(
        by=county["county"],
        title="庭院经济奖补",
        slug=SLUG,
        line="assistance",
        area=county.areas["枫禾县"],
        valid_from=today,
        flow_key="fund_application",
        policy=version.policy,
        definition=words,
    )
    set_budget(
        by=county["county"], programme=made.programme, year=today.year, total_fen=2_000_00, source="衔接"
    )
    return made.programme


@pytest.fixture
def two(county: County, scheme: Programme) -> Iterator[tuple[Household, Household]]:
    """Yield a lifted household of 禾坪村 and a needier one of the other township, both with applications."""
    yield (
        applied(county, scheme, 71, Category.LIFTED, OWN),
        applied(county, scheme, 72, Category.SUDDEN_HARDSHIP, OTHER),
    )


def test_the_county_sees_who_stands_where_and_why(two: tuple[Household, Household], sign_in: SignIn) -> None:
    html = sign_in("county").get(ADDRESS).content.decode()
    lifted, needy = two
    assert html.index(needy.head_name) < html.index(lifted.head_name)
    assert "突发严重困难户" in html and "钱够 1 户" in html and "候补 1 户" in html
    assert "申报期还没有结束" in html and "人均收入低的在前" in html
    assert reverse("desk:case", args=[Case.objects.get(subject=needy.subject).number]) in html


@pytest.mark.parametrize(
    ("username", "sees"), [("clerk1", (True, False)), ("reviewer1", (True, False)), ("clerk8", (False, True))]
)
def test_a_household_of_another_place_stands_without_name_reason_or_link(
    two: tuple[Household, Household], sign_in: SignIn, username: str, sees: tuple[bool, bool]
) -> None:
    html = sign_in(username).get(ADDRESS).content.decode()
    for household, own in zip(two, sees, strict=True):
        number = Case.objects.get(subject=household.subject).number
        assert (household.head_name in html) is own
        assert (number in html) is own
        # The place itself is open to all who read cases: nobody can be pushed in unseen.
        assert household.area.name in html
    assert "（不归您管）" in html
    assert ("没有能干活" in html or "突发严重困难户，" in html) is sees[1]


@pytest.mark.parametrize("username", ["sysadmin", "security", "audit", "editor"])
def test_who_reads_no_case_finds_no_ranking(scheme: Programme, sign_in: SignIn, username: str) -> None:
    assert sign_in(username).get(ADDRESS).status_code == 404


def test_an_unranked_programme_and_a_missing_one_answer_alike(
    county: County, scheme: Programme, sign_in: SignIn
) -> None:
    assert county.programme is not None
    client = sign_in("county")
    for slug in (county.programme.slug, "none"):
        assert client.get(f"/admin/desk/programmes/{slug}/ranking/").status_code == 404
    assert sign_in("county").get(f"/admin/desk/programmes/{SLUG}/").content.decode().count(ADDRESS) == 1
    assert client.post(ADDRESS).status_code == 405


def test_nobody_has_applied_yet(scheme: Programme, sign_in: SignIn) -> None:
    assert "还没有人申报" in sign_in("county").get(ADDRESS).content.decode()


def test_after_the_window_the_page_says_who_waits(county: County, scheme: Programme, sign_in: SignIn) -> None:
    homes = [applied(county, scheme, number, Category.MARGINAL, OWN) for number in (73, 74)]
    batch = carry(county, Batch.objects.get(), "approve", OFFICIALS)
    with clock.travel(clock.now() + timedelta(days=20)):
        play.sign(batch, county["head1"])
        html = sign_in("head1").get(ADDRESS).content.decode()
    assert all(one.head_name in html for one in homes)
    assert "申报期还没有结束" not in html
    assert html.count("· 候补</td>") == 1 and html.count("· 县备案</td>") == 1


def test_the_page_takes_as_many_queries_at_200_rows_as_at_20(
    county: County,
    scheme: Programme,
    sign_in: SignIn,
    settings: Any,
) -> None:
    settings.CONFIGURATION_RECHECK_SECONDS = None
    # What an official's page costs that shows nothing, as in test_queries.
    empty = queries(sign_in("sysadmin"), "/admin/") + 1
    applied(county, scheme, 75, Category.MARGINAL, OWN)
    batch = Batch.objects.get()
    same(sign_in("county"), ADDRESS, lambda count: more_rows(batch, count), empty + ABOVE_EMPTY)
    first = sign_in("county").get(ADDRESS).content.decode()
    last = sign_in("county").get(f"{ADDRESS}?p=5").content.decode()
    assert "共 201 条，第 1 页，共 5 页" in first
    assert ">201</td>" in last and ">1</td>" not in last


def test_the_public_page_tells_the_window_and_who_comes_first(
    county: County, scheme: Programme, client: Client
) -> None:
    assert county.programme is not None
    ranked = client.get(f"/programmes/{SLUG}/").content.decode()
    assert "申报期" in ranked and "24时止" in ranked and "最难的户排在前面" in ranked
    plain = client.get(f"/programmes/{county.programme.slug}/").content.decode()
    assert "谁先谁后" not in plain and "<dt>申报期</dt>" not in plain
