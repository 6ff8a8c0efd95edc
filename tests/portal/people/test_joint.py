"""Two people for every grant: who may be the second, and that neither does it alone."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.ledger.models import Event
from portal.people import errors, excluding, invitations, joint
from portal.people.models import JointAct, JointKind, Office, Role, User
from portal.people.services import end_office, grant_office, reset_account

from .invented import CITY, COUNTY, EAST, NORTH, ONE, OTHER_COUNTY, given, officer, person


def names(by: User, user: User, role: Role, area: Any) -> list[User]:
    return joint.possible_seconds(by=by, user=user, role=role, area=area)


def ask(by: User, user: User, role: Role, area: Any) -> JointAct:
    return joint.ask_for_office(by=by, user=user, role=role, area=area, starts_on=clock.today())


def end(by: User, user: User) -> Office:
    """End the one office of `user` today."""
    office = Office.objects.get(user=user)
    return end_office(by=by, office=office, on=clock.today(), reason="调离")


def ask_back(by: User, user: User) -> JointAct:
    stored = User.objects.get(pk=user.pk)
    return joint.ask_for_account(by=by, user=stored, kind=JointKind.REACTIVATE, reason="回来上班")


def test_what_is_asked_for_has_no_effect_until_the_second_person_agrees(county: Any, security: User) -> None:
    head, user = officer(security, Role.COUNTY_HEAD, county[COUNTY]), person()
    act = ask(security, user, Role.VILLAGE_CLERK, county[ONE])
    assert not Office.objects.filter(user=user).exists()
    assert joint.waiting_for(head) == [act] and joint.waiting_for(security) == []
    joint.agree(by=head, act=act)
    office = Office.objects.get(user=user)
    assert (office.granted_by, office.confirmed_by) == (security, head)
    asked, granted = Event.objects.order_by("-sequence")[:2][::-1]
    assert (asked.kind, asked.actor) == ("joint.asked", security)
    assert (granted.kind, granted.actor) == ("office.granted", head)
    assert f'"asked_by":"{security.username}"' in granted.record
    with pytest.raises(errors.PeopleError, match="已经有人答复"):
        joint.agree(by=head, act=act)


def test_neither_who_asks_nor_who_gets_it_nor_an_official_from_elsewhere_agrees(
    county: Any, security: User, admins: dict[Role, User]
) -> None:
    head = officer(security, Role.COUNTY_HEAD, county[COUNTY])
    others = [
        officer(security, Role.COUNTY_HEAD, county[OTHER_COUNTY]),
        officer(security, Role.TOWNSHIP_HEAD, county[NORTH]),
        officer(security, Role.COUNTY_REVIEWER, county[COUNTY]),
    ]
    user = person()
    act = ask(security, user, Role.TOWNSHIP_REVIEWER, county[EAST])
    for who in (security, user, *others, *admins.values()):
        with pytest.raises(errors.NotPermitted):
            joint.agree(by=who, act=act)
        with pytest.raises(errors.NotPermitted):
            grant_office(
                by=security,
                second=who,
                user=user,
                role=Role.TOWNSHIP_REVIEWER,
                area=county[EAST],
                starts_on=clock.today(),
            )
    assert not Office.objects.filter(user=user).exists()
    assert names(security, user, Role.TOWNSHIP_REVIEWER, county[EAST]) == [head]


def test_the_computer_room_alone_makes_nobody_an_official_once_there_is_a_head(
    county: Any, security: User, admins: dict[Role, User]
) -> None:
    system = admins[Role.SYSTEM_ADMIN]
    assert names(security, person(), Role.COUNTY_HEAD, county[COUNTY]) == [system]
    head = officer(security, Role.COUNTY_HEAD, county[COUNTY])
    assert names(security, person(), Role.COUNTY_HEAD, county[COUNTY]) == [head]
    # Over the head's own account there is no head but themself: a supervisor, and the system one never again.
    assert names(security, head, Role.COUNTY_HEAD, county[COUNTY]) == []
    chief = officer(security, Role.SUPERVISOR, county[COUNTY])
    assert names(security, head, Role.COUNTY_HEAD, county[COUNTY]) == [chief]
    assert names(security, chief, Role.SUPERVISOR, county[COUNTY]) == [head]


def test_ending_or_suspending_whoever_agrees_does_not_open_the_grant_to_the_computer_room(
    county: Any, security: User, admins: dict[Role, User]
) -> None:
    head = officer(security, Role.COUNTY_HEAD, county[COUNTY])
    with pytest.raises(errors.LastAdministrator):
        end(security, head)
    chief = officer(security, Role.SUPERVISOR, county[COUNTY])
    with pytest.raises(errors.LastAdministrator):
        end(security, chief)
    end(security, head)  # taking away is quick: the supervisor agrees to the next head
    for role, place in ((Role.COUNTY_HEAD, COUNTY), (Role.VILLAGE_CLERK, ONE), (Role.SUPERVISOR, CITY)):
        assert names(security, person(), role, county[place]) == [chief]
    with pytest.raises(errors.NotPermitted):
        grant_office(
            by=security,
            second=admins[Role.SYSTEM_ADMIN],
            user=person(),
            role=Role.COUNTY_HEAD,
            area=county[COUNTY],
            starts_on=clock.today(),
        )
    User.objects.filter(pk=chief.pk).update(is_active=False)
    assert names(security, person(), Role.COUNTY_HEAD, county[COUNTY]) == []
    assert names(security, person(), Role.SUPERVISOR, county[COUNTY]) == []
    # The other county is still a fresh installation.
    assert names(security, person(), Role.COUNTY_HEAD, county[OTHER_COUNTY]) == [admins[Role.SYSTEM_ADMIN]]


def test_a_supervisors_office_ends_once_a_successor_is_in_force(county: Any, security: User) -> None:
    first, heir = (officer(security, Role.SUPERVISOR, county[COUNTY]) for _one in range(2))
    end(security, first)
    with pytest.raises(errors.LastAdministrator):
        end(security, heir)


def test_nobody_decides_on_an_account_by_its_lesser_office(county: Any, security: User) -> None:
    lower = officer(security, Role.TOWNSHIP_HEAD, county[EAST])
    head = officer(security, Role.COUNTY_HEAD, county[COUNTY])
    chief = officer(security, Role.SUPERVISOR, county[COUNTY])
    given(security, head, Role.EDITOR, county[EAST])  # later, and of the township
    User.objects.filter(pk=head.pk).update(is_active=False)
    act = ask_back(security, head)
    assert (act.role, act.area) == (Role.COUNTY_HEAD, county[COUNTY])
    with pytest.raises(errors.NotPermitted):
        joint.agree(by=lower, act=act)
    # Who looks after the township alone does not ask for it either, today or before an office begins.
    local = officer(security, Role.SECURITY_ADMIN, county[EAST])
    with pytest.raises(errors.NotPermitted):
        ask_back(local, head)
    coming = officer(security, Role.GRID_WORKER, county[ONE])
    days = {"starts_on": clock.today() + timedelta(days=9)}
    given(security, coming, Role.COUNTY_REVIEWER, county[COUNTY], **days)
    User.objects.filter(pk=coming.pk).update(is_active=False)
    with pytest.raises(errors.NotPermitted):
        ask_back(local, coming)
    with pytest.raises(errors.NotPermitted):
        reset_account(by=local, user=coming)
    joint.agree(by=chief, act=act)
    assert User.objects.get(pk=head.pk).is_active


def test_what_was_asked_of_an_account_falls_when_it_rises_meanwhile(county: Any, security: User) -> None:
    lower = officer(security, Role.TOWNSHIP_HEAD, county[EAST])
    user = officer(security, Role.TOWNSHIP_REVIEWER, county[EAST])
    User.objects.filter(pk=user.pk).update(is_active=False)
    act = ask_back(security, user)
    given(security, user, Role.COUNTY_REVIEWER, county[COUNTY])
    with pytest.raises(errors.PeopleError, match="职务在提出以后变了"):
        joint.agree(by=lower, act=act)


def test_an_office_asked_for_begins_today_at_the_earliest_and_a_loaded_one_when_it_did(
    county: Any, security: User, travel: Any
) -> None:
    head, user, today = officer(security, Role.COUNTY_HEAD, county[COUNTY]), person(), clock.today()
    past = {"role": Role.VILLAGE_CLERK, "area": county[ONE], "starts_on": today - timedelta(days=1)}
    with pytest.raises(errors.BadDates, match="不能早于今天"):
        joint.ask_for_office(by=security, user=user, **past)
    act = ask(security, user, Role.VILLAGE_CLERK, county[ONE])
    with travel(clock.now() + timedelta(days=3)):
        joint.agree(by=head, act=act)
        assert Office.objects.get(user=user).starts_on == today + timedelta(days=3)
    loaded = grant_office(by=security, second=head, user=person(), **past)
    assert loaded.starts_on == today - timedelta(days=1)


def test_a_supervisor_is_confirmed_by_a_supervisor_not_by_those_they_watch(
    county: Any, security: User
) -> None:
    head = officer(security, Role.COUNTY_HEAD, county[COUNTY])
    first = officer(security, Role.SUPERVISOR, county[COUNTY])
    assert names(security, person(), Role.SUPERVISOR, county[EAST]) == [first]
    act = ask(security, person(), Role.SUPERVISOR, county[COUNTY])
    with pytest.raises(errors.NotPermitted):
        joint.agree(by=head, act=act)
    joint.agree(by=first, act=act)


def test_what_stands_against_it_by_then_refuses_it_and_a_no_needs_a_reason(
    county: Any, security: User
) -> None:
    head, user = officer(security, Role.COUNTY_HEAD, county[COUNTY]), person()
    act = ask(security, user, Role.VILLAGE_SUPERVISION, county[ONE])
    with pytest.raises(errors.PeopleError, match="已经提出"):
        ask(security, user, Role.VILLAGE_SUPERVISION, county[ONE])
    given(security, user, Role.VILLAGE_CLERK, county[ONE])
    with pytest.raises(errors.RolesExclude):
        joint.agree(by=head, act=act)
    with pytest.raises(errors.ReasonMissing):
        joint.decline(by=head, act=act, reason=" ")
    joint.decline(by=head, act=act, reason="他是文书")
    assert "他是文书" not in Event.objects.latest("sequence").record
    assert joint.waiting_for(head) == []


def test_a_security_administrator_who_left_has_asked_for_nothing(county: Any, security: User) -> None:
    head = officer(security, Role.COUNTY_HEAD, county[COUNTY])
    local = officer(security, Role.SECURITY_ADMIN, county[COUNTY])
    act = ask(local, person(), Role.GRID_WORKER, county[ONE])
    held = Office.objects.get(user=local)
    end_office(by=security, office=held, on=clock.today(), reason="调离")
    with pytest.raises(errors.NotPermitted):
        joint.agree(by=head, act=act)
    with pytest.raises(errors.NotPermitted):
        joint.take_back(by=head, act=act)


def test_rows_that_no_service_wrote_are_named_by_the_check(
    county: Any, security: User, admins: dict[Role, User]
) -> None:
    from django.core.management import CommandError, call_command

    call_command("compare_offices")
    audit = admins[Role.AUDIT_ADMIN]
    days = {"line": "all", "starts_on": clock.today()}
    Office.objects.create(user=audit, role=Role.COUNTY_HEAD, area=county[COUNTY], **days)
    found = excluding.findings()
    assert len(found) == 2 and found[0].startswith(f"三员不能兼任：{audit.username}")
    assert found[1].startswith("账本里没有授予记录的任职")
    with pytest.raises(CommandError):
        call_command("compare_offices")


def test_an_account_without_a_factor_is_reset_by_two_and_one_without_an_office_by_one(
    county: Any, security: User
) -> None:
    head = officer(security, Role.COUNTY_HEAD, county[COUNTY])
    clerk = officer(security, Role.VILLAGE_CLERK, county[ONE])
    with pytest.raises(errors.TakesTwo):
        reset_account(by=security, user=clerk)
    assert reset_account(by=security, user=person()).path
    act = joint.ask_for_account(by=security, user=clerk, kind=JointKind.RESET, reason="忘了密码")
    with pytest.raises(errors.NotPermitted):
        joint.agree(by=security, act=act)
    held = User.objects.get(pk=clerk.pk).password
    agreed = joint.agree(by=head, act=act)
    assert User.objects.get(pk=clerk.pk).password != held
    assert invitations.agreed_reset(agreed) is not None
    # Enrolled by now, and one person may: what was asked for before falls.
    act = joint.ask_for_account(by=security, user=clerk, kind=JointKind.RESET, reason="又忘了")
    Authenticator.objects.create(user=clerk, type=Authenticator.Type.TOTP, data={})
    with pytest.raises(errors.PeopleError, match="直接重置"):
        joint.agree(by=head, act=act)
    assert reset_account(by=security, user=clerk).path


def test_what_waits_is_found_in_as_many_queries_however_much_there_is(county: Any, security: User) -> None:
    head = officer(security, Role.COUNTY_HEAD, county[COUNTY])
    ask(security, person(), Role.VILLAGE_CLERK, county[ONE])
    with CaptureQueriesContext(connection) as one:
        assert len(joint.waiting_for(User.objects.get(pk=head.pk))) == 1
    for _count in range(5):
        ask(security, person(), Role.HELPER, county[ONE])
    with CaptureQueriesContext(connection) as many:
        assert len(joint.waiting_for(User.objects.get(pk=head.pk))) == 6
    assert len(many) == len(one)
