"""Offices: who grants them, what they exclude, what follows from their dates, and their events."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from guardian.models import UserObjectPermission
from guardian.shortcuts import assign_perm

from portal import clock
from portal.areas.models import HELD_ROLES, Area
from portal.clock.jobs import run_due
from portal.ledger.models import Event
from portal.people import errors, handover, signals
from portal.people.models import Line, Office, Role, User
from portal.people.scope import scope_of
from portal.people.services import (
    bootstrap_administrators,
    end_office,
    hand_over,
    invite_account,
    reset_account,
)

from .invented import CITY, COUNTY, EAST, NORTH, ONE, OTHER_COUNTY, TWO, given, officer, person

DAY = timedelta(days=1)


def grants(user: User) -> list[tuple[str, str]]:
    """Return guardian's grants of `user` as (codename, area's key)."""
    rows = UserObjectPermission.objects.filter(user=user)
    return sorted(rows.values_list("permission__codename", "object_pk"))


def test_there_is_a_permission_on_areas_for_every_role() -> None:
    assert list(HELD_ROLES) == Role.values


def test_granting_writes_the_office_the_grant_and_one_event(county: Any, security: User) -> None:
    before = Event.objects.count()
    user = person()
    office = given(security, user, Role.VILLAGE_CLERK, county[ONE], Line.ASSISTANCE)
    assert office.granted_by == security
    assert grants(user) == [("hold_village_clerk", str(county[ONE].pk))]
    (event,) = Event.objects.order_by("sequence")[before:]
    assert (event.kind, event.actor, event.role) == ("office.granted", security, "security_admin")
    assert (event.area_code, event.line, event.object_id) == (ONE, "assistance", str(office.pk))


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SECURITY_ADMIN])
def test_only_a_security_administrator_grants(county: Any, admins: dict[Role, User], role: Role) -> None:
    by = admins.get(role)
    if by is None:
        level = {"city_assessor": CITY}.get(role, COUNTY)
        level = ONE if role in HELD_ROLES[:6] else EAST if role.startswith("township") else level
        by = officer(admins[Role.SECURITY_ADMIN], role, county[level])
    events = Event.objects.count()
    with pytest.raises(errors.NotPermitted):
        given(by, person(), Role.GRID_WORKER, county[ONE])
    with pytest.raises(errors.NotPermitted):
        end_office(by=by, office=scope_of(by).offices[0], on=clock.today(), reason="退休")
    with pytest.raises(errors.NotPermitted):
        invite_account(by=by, username="new", display_name="赵某")
    with pytest.raises(errors.NotPermitted):
        reset_account(by=by, user=admins[Role.SECURITY_ADMIN])
    with pytest.raises(errors.NotPermitted):
        hand_over(by=by, from_user=admins[Role.SECURITY_ADMIN], to_user=person(), reason="退休")
    assert Event.objects.count() == events


def test_a_security_administrator_acts_within_their_area_and_never_on_themself(
    county: Any, security: User
) -> None:
    local = officer(security, Role.SECURITY_ADMIN, county[COUNTY])
    given(local, person(), Role.GRID_WORKER, county[ONE])
    with pytest.raises(errors.NotPermitted):
        given(local, person(), Role.TOWNSHIP_HEAD, county[NORTH])
    with pytest.raises(errors.NotPermitted):
        given(local, local, Role.SUPERVISOR, county[COUNTY])
    stranger = officer(security, Role.TOWNSHIP_HEAD, county[NORTH])
    with pytest.raises(errors.NotPermitted):
        reset_account(by=local, user=stranger)
    with pytest.raises(errors.NotPermitted):
        reset_account(by=security, user=security)


def test_a_role_is_held_at_its_level(county: Any, security: User) -> None:
    with pytest.raises(errors.WrongLevel, match="村文书"):
        given(security, person(), Role.VILLAGE_CLERK, county[EAST])
    with pytest.raises(errors.WrongLevel):
        given(security, person(), Role.COUNTY_FINANCE, county[CITY])
    for code in (CITY, COUNTY, EAST, ONE):
        given(security, person(), Role.SUPERVISOR, county[code])


ADMINISTRATORS = [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (first, second)
        for first in ADMINISTRATORS
        for second in [*ADMINISTRATORS, Role.COUNTY_HEAD, Role.EDITOR, Role.SUPERVISOR]
        if first != second
    ],
)
def test_administrators_hold_nothing_else(county: Any, security: User, first: Role, second: Role) -> None:
    officer(security, Role.COUNTY_HEAD, county[COUNTY])  # the second person of what follows
    one, other = person(), person()
    given(security, one, first, county[COUNTY])
    with pytest.raises(errors.RolesExclude):
        given(security, one, second, county[COUNTY])
    given(security, other, second, county[COUNTY])
    with pytest.raises(errors.RolesExclude):
        given(security, other, first, county[COUNTY])


def test_one_may_follow_the_other_on_different_days(county: Any, security: User) -> None:
    user, today = person(), clock.today()
    given(security, user, Role.AUDIT_ADMIN, county[COUNTY], ends_on=today + DAY)
    given(security, user, Role.COUNTY_HEAD, county[COUNTY], starts_on=today + DAY)


def test_a_supervision_committee_excludes_the_clerk_and_secretary_of_its_village(
    county: Any, security: User
) -> None:
    user = officer(security, Role.VILLAGE_SUPERVISION, county[ONE])
    for role in (Role.VILLAGE_CLERK, Role.VILLAGE_SECRETARY):
        with pytest.raises(errors.RolesExclude):
            given(security, user, role, county[ONE])
    given(security, user, Role.VILLAGE_CLERK, county[TWO])


def test_the_same_office_is_not_held_twice_on_one_day(county: Any, security: User) -> None:
    user, today = person(), clock.today()
    given(security, user, Role.HELPER, county[ONE], ends_on=today + DAY)
    with pytest.raises(errors.AlreadyHeld):
        given(security, user, Role.HELPER, county[ONE])
    given(security, user, Role.HELPER, county[ONE], starts_on=today + DAY)
    given(security, user, Role.HELPER, county[TWO])


def test_dates_must_agree(county: Any, security: User) -> None:
    today = clock.today()
    with pytest.raises(errors.BadDates):
        given(security, person(), Role.HELPER, county[ONE], starts_on=today, ends_on=today)
    Area.objects.filter(code=TWO).update(valid_to=today)
    with pytest.raises(errors.BadDates, match="停用"):
        given(security, person(), Role.HELPER, Area.objects.get(code=TWO))
    office = given(security, person(), Role.HELPER, county[ONE], starts_on=today + DAY)
    for on in (today - DAY, today):
        with pytest.raises(errors.BadDates):
            end_office(by=security, office=office, on=on, reason="调离")


def test_an_ended_office_opens_nothing_from_that_day_on(county: Any, security: User) -> None:
    user = officer(security, Role.HELPER, county[ONE])
    office = scope_of(user).offices[0]
    end_office(by=security, office=office, on=clock.today(), reason="调离")
    assert scope_of(User.objects.get(pk=user.pk)).offices == ()
    assert grants(user) == []
    event = Event.objects.get(kind="office.ended")
    assert "调离" not in event.record
    with pytest.raises(errors.BadDates, match="不用再办"):
        end_office(by=security, office=office, on=clock.today(), reason="调离")


def test_ending_needs_a_reason(county: Any, security: User) -> None:
    office = given(security, person(), Role.HELPER, county[ONE])
    with pytest.raises(errors.ReasonMissing):
        end_office(by=security, office=office, on=clock.today(), reason=" ")


def test_the_last_security_administrator_stays(county: Any, security: User) -> None:
    office = scope_of(security).offices[0]
    officer(security, Role.SECURITY_ADMIN, county[COUNTY])
    with pytest.raises(errors.LastAdministrator):
        end_office(by=security, office=office, on=clock.today(), reason="退休")
    heir = officer(security, Role.SECURITY_ADMIN, county[CITY])
    end_office(by=heir, office=office, on=clock.today(), reason="退休")


def test_dated_offices_begin_and_end_by_the_clock_and_the_upper_rooms_are_told(
    county: Any, security: User, travel: Any
) -> None:
    told: list[str] = []

    def began(office: Office, **_more: Any) -> None:
        told.append(f"began {office.role}")

    def ended(office: Office, **_more: Any) -> None:
        told.append(f"ended {office.role}")

    signals.office_granted.connect(began)
    signals.office_ended.connect(ended)
    user, now = person(), clock.now()
    first = clock.today() + 8 * DAY
    given(security, user, Role.EDITOR, county[COUNTY], starts_on=first, ends_on=first + 5 * DAY)
    assert told == [] and grants(user) == [] and not scope_of(user).offices
    with travel(now + 8 * DAY):
        assert scope_of(user).offices
        assert run_due()["people.offices"] == 1
        assert run_due()["people.offices"] == 0
        assert told == ["began editor"] and len(grants(user)) == 1
    with travel(now + 13 * DAY):
        assert not scope_of(user).offices
        run_due()
        assert told == ["began editor", "ended editor"] and grants(user) == []


def test_the_grant_stays_while_another_line_of_the_same_role_is_held(county: Any, security: User) -> None:
    user = officer(security, Role.COUNTY_REVIEWER, county[COUNTY], Line.HEALTH)
    other = given(security, user, Role.COUNTY_REVIEWER, county[COUNTY], Line.HOUSING)
    end_office(by=security, office=other, on=clock.today(), reason="分工调整")
    assert grants(user) == [("hold_county_reviewer", str(county[COUNTY].pk))]


def test_the_comparison_finds_grants_and_offices_that_disagree(county: Any, security: User) -> None:
    user = officer(security, Role.HELPER, county[ONE])
    said = StringIO()
    call_command("compare_offices", stdout=said)
    assert "一致" in said.getvalue()
    assign_perm("hold_county_head", user, county[OTHER_COUNTY])
    UserObjectPermission.objects.filter(user=user, permission__codename="hold_helper").delete()
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    said = StringIO()
    with pytest.raises(CommandError):
        call_command("compare_offices", stdout=said)
    assert said.getvalue().splitlines() == [
        f"有任职、没有权限：{user.username} helper {ONE}",
        f"有权限、没有任职：{user.username} county_head {OTHER_COUNTY}",
        f"带超级用户标记（不起作用，请去掉）：{user.username}",
    ]


def test_open_work_goes_over_with_the_rooms_events_and_one_for_the_whole(
    county: Any, security: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.ledger.services import Draft

    def mover(*, by: User, from_user: User, to_user: User, reason: str) -> list[Draft]:
        return [Draft(kind="account.reset", object_type="case", object_id="1", actor=by)]

    monkeypatch.setattr(handover, "_movers", [mover])
    leaver, heir = (officer(security, Role.HELPER, county[ONE]) for _one in range(2))
    assert hand_over(by=security, from_user=leaver, to_user=heir, reason="调离") == 1
    moved, whole = Event.objects.order_by("sequence").reverse()[:2][::-1]
    assert (moved.object_type, whole.kind) == ("case", "account.handed_over")
    for wrong in ({"to_user": leaver}, {"reason": " "}, {"from_user": person()}):
        with pytest.raises(errors.PeopleError):
            hand_over(**{"by": security, "from_user": leaver, "to_user": heir, "reason": "调离"} | wrong)


def test_an_account_is_one_persons(security: User) -> None:
    for name in ("东乡办公室", "村委会", "安全管理员", "Clerk", "", "王"):
        with pytest.raises(errors.BadAccount):
            invite_account(by=security, username="new", display_name=name)
    invite_account(by=security, username="new", display_name="王登科")
    with pytest.raises(errors.BadAccount):
        invite_account(by=security, username="new", display_name="李某")


def test_a_fresh_installation_gets_three_administrators_once(county: Any) -> None:
    said = StringIO()
    names = {"--system": ("sys", "系某"), "--security": ("sec", "安某"), "--audit": ("aud", "审某")}
    words = [word for option, pair in names.items() for word in (option, *pair)]
    with pytest.raises(CommandError, match="load_areas"):
        call_command("first_administrator", "--area", "999999999999", *words)
    call_command("first_administrator", "--area", CITY, *words, stdout=said)
    assert said.getvalue().count("/accounts/password/reset/key/") == 3
    assert {office.role for office in Office.objects.all()} == set(ADMINISTRATORS)
    assert set(Event.objects.filter(kind="office.granted").values_list("actor", flat=True)) == {None}
    with pytest.raises(CommandError, match="已经有过管理员"):
        call_command("first_administrator", "--area", CITY, *words)
    with pytest.raises(errors.PeopleError):
        bootstrap_administrators(area=county[CITY], people={Role.SYSTEM_ADMIN: ("x", "系某")})


def test_a_refused_grant_leaves_nothing_behind(county: Any, security: User) -> None:
    user, events = person(), Event.objects.count()
    with pytest.raises(errors.WrongLevel):
        given(security, user, Role.TOWNSHIP_HEAD, county[ONE])
    assert not Office.objects.filter(user=user).exists()
    assert Event.objects.count() == events and grants(user) == []
