"""Scope: an office covers its area's subtree on its line, and no office means nothing."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from portal import clock
from portal.areas.models import Area
from portal.people import recusal
from portal.people.models import ROLES_WITHOUT_CASES, Line, Office, Role, User
from portal.people.scope import scope_of
from portal.people.services import end_office

from .invented import CITY, COUNTY, EAST, FOUR, ONE, THREE, TWO, given, officer, person


def seen(user: User, **changes: Any) -> set[str]:
    """Return the names of the villages whose rows `user` sees; offices stand for rows with path and line."""
    rows = Office.objects.filter(role=Role.GRID_WORKER)
    options = {"path_field": "area__path", "line_field": "line"} | changes
    found = scope_of(user).filter(rows, **options)
    return {f"{office.area.name}{office.get_line_display()}" for office in found.select_related("area")}


@pytest.fixture
def rows(county: dict[str, Area], security: User) -> None:
    """Make a row for four villages in three lines."""
    for code, line in ((ONE, "health"), (TWO, "housing"), (THREE, "health"), (FOUR, "health")):
        officer(security, Role.GRID_WORKER, county[code], Line(line))


def test_an_office_sees_its_subtree_and_its_line_only(county: Any, security: User, rows: None) -> None:
    assert seen(officer(security, Role.TOWNSHIP_HEAD, county[EAST])) == {"一村卫健", "二村住建"}
    assert seen(officer(security, Role.TOWNSHIP_HEAD, county[EAST], Line.HEALTH)) == {"一村卫健"}
    assert seen(officer(security, Role.COUNTY_HEAD, county[COUNTY], Line.HEALTH)) == {"一村卫健", "三村卫健"}
    assert seen(officer(security, Role.VILLAGE_CLERK, county[TWO], Line.HEALTH)) == set()
    assert len(seen(officer(security, Role.SUPERVISOR, county[CITY]))) == 4


def test_several_offices_add_up(county: Any, security: User, rows: None) -> None:
    user = officer(security, Role.HELPER, county[ONE])
    given(security, user, Role.HELPER, county[THREE])
    assert seen(user) == {"一村卫健", "三村卫健"}
    given(security, user, Role.TOWNSHIP_REVIEWER, county[EAST], Line.HOUSING)
    assert seen(user) == {"一村卫健", "二村住建", "三村卫健"}
    assert seen(user, roles=[Role.TOWNSHIP_REVIEWER]) == {"二村住建"}
    assert seen(user, line_field=None) == {"一村卫健", "二村住建", "三村卫健"}


def test_no_office_a_visitor_and_a_shut_account_see_nothing(county: Any, security: User, rows: None) -> None:
    assert seen(person()) == set()
    assert seen(AnonymousUser()) == set()  # type: ignore[arg-type]
    user = officer(security, Role.TOWNSHIP_HEAD, county[EAST])
    user.is_active = False
    assert seen(user) == set()


@pytest.mark.parametrize("role", ROLES_WITHOUT_CASES)
def test_administrators_and_editors_see_no_rows_but_their_areas(
    county: Any, security: User, rows: None, role: Role
) -> None:
    user = officer(security, role, county[COUNTY])
    assert seen(user) == set()
    assert seen(user, roles=[role]) == set()
    assert scope_of(user).filter_areas(Area.objects.all()).count() == 6


def test_the_scope_is_read_once_a_request(
    county: Any, security: User, django_assert_num_queries: Any
) -> None:
    user = User.objects.get(pk=officer(security, Role.TOWNSHIP_HEAD, county[EAST]).pk)
    with django_assert_num_queries(1):
        for _time in range(3):
            assert scope_of(user).holds(Role.TOWNSHIP_HEAD, county[ONE].path, "health")


def test_a_service_reads_it_afresh(county: Any, security: User) -> None:
    user = User.objects.get(pk=officer(security, Role.TOWNSHIP_HEAD, county[EAST]).pk)
    (office,) = scope_of(user).offices
    end_office(by=security, office=office, on=clock.today(), reason="调离")
    assert scope_of(user).offices
    assert not scope_of(user, fresh=True).offices


def test_holding_asks_role_area_and_line(county: Any, security: User) -> None:
    user = officer(security, Role.TOWNSHIP_HEAD, county[EAST], Line.HEALTH)
    scope = scope_of(user)
    assert scope.holds(Role.TOWNSHIP_HEAD, county[ONE].path, "health")
    assert scope.holds([Role.COUNTY_HEAD, Role.TOWNSHIP_HEAD], county[EAST].path, None)
    assert scope.holds(Role.TOWNSHIP_HEAD, county[ONE].path, "housing") is None
    assert scope.holds(Role.TOWNSHIP_HEAD, county[THREE].path, "health") is None
    assert scope.holds(Role.TOWNSHIP_HEAD, county[COUNTY].path, "health") is None
    assert scope.holds(Role.TOWNSHIP_REVIEWER, county[ONE].path, "health") is None


def test_the_way_into_the_desk_follows_the_offices(county: Any, security: User) -> None:
    user = person()
    assert not user.has_perm("wagtailadmin.access_admin")
    office = given(security, user, Role.HELPER, county[ONE])
    assert User.objects.get(pk=user.pk).has_perm("wagtailadmin.access_admin")
    end_office(by=security, office=office, on=clock.today(), reason="调离")
    assert not User.objects.get(pk=user.pk).has_perm("wagtailadmin.access_admin")


def test_reasons_to_keep_away_come_from_every_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recusal, "_rules", [])
    recusal.register(lambda user, subjects: {"household:1": "近亲属"})
    recusal.register(lambda user, subjects: {"household:1": "本人经办", "household:2": "本人经办"})
    assert recusal.reasons(User(), ["household:1", "household:2", "household:3"]) == {
        "household:1": "近亲属；本人经办",
        "household:2": "本人经办",
    }
