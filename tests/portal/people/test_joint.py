"""Two people for every grant: who may be the second, and that neither does it alone."""

from typing import Any

import pytest

from portal import clock
from portal.ledger.models import Event
from portal.people import errors, excluding, joint
from portal.people.models import JointAct, Office, Role, User
from portal.people.services import grant_office

from .invented import COUNTY, EAST, NORTH, ONE, OTHER_COUNTY, given, officer, person


def names(by: User, user: User, role: Role, area: Any) -> list[User]:
    return joint.possible_seconds(by=by, user=user, role=role, area=area)


def ask(by: User, user: User, role: Role, area: Any) -> JointAct:
    return joint.ask_for_office(by=by, user=user, role=role, area=area, starts_on=clock.today())


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
    # Over the head's own account there is no head but themself.
    assert names(security, head, Role.COUNTY_HEAD, county[COUNTY]) == [system]


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
    from portal.people.services import end_office

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
