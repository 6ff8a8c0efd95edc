"""A suspended account has a way back: two people who are there, and a page that says who they are."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal import clock
from portal.areas.models import Area
from portal.people import joint
from portal.people.models import JointKind, Office, Role, User
from portal.signin.dormancy import suspend_dormant
from tests.portal.people.invented import CITY, COUNTY, EAST, ONE, officer
from workflows.desk.administration import safety

from .phone import PASSWORD, enrolled, first_step

DORMANT = timedelta(days=91)


def in_use(*users: User) -> None:
    """Have `users` sign in the day before everybody else is suspended."""
    User.objects.filter(pk__in=[user.pk for user in users]).update(
        last_login=clock.now() + timedelta(days=90)
    )


@pytest.mark.parametrize("role", [Role.VILLAGE_CLERK, Role.TOWNSHIP_HEAD, Role.COUNTY_HEAD, Role.SUPERVISOR])
def test_the_sole_holder_of_an_office_comes_back_by_two_and_reads_whom_to_ask(
    client: Client, county: dict[str, Area], security: User, head: User, travel: Any, role: Role
) -> None:
    chief = officer(security, Role.SUPERVISOR, county[COUNTY])
    at = {Role.VILLAGE_CLERK: ONE, Role.TOWNSHIP_HEAD: EAST}.get(role)
    sole = {Role.COUNTY_HEAD: head, Role.SUPERVISOR: chief}.get(role) or officer(
        security, role, county[at or ONE]
    )
    enrolled(sole)
    others = [user for user in (security, head, chief) if user != sole]
    in_use(*others)
    with travel(clock.now() + DORMANT):
        suspend_dormant()
        sole.refresh_from_db()
        assert not sole.is_active
        page = client.post(reverse("account_login"), {"login": sole.username, "password": PASSWORD})
        second = chief if role == Role.COUNTY_HEAD else head
        said = page.content.decode()
        assert "已经停用" in said and "安全管理员" in said
        assert str(Office.objects.get(user=second)) in said
        assert second.display_name not in said, "offices are named, not people"
        guess = client.post(reverse("account_login"), {"login": sole.username, "password": "guess"})
        assert "已经停用" not in guess.content.decode()
        act = joint.ask_for_account(by=security, user=sole, kind=JointKind.REACTIVATE, reason="产假回来")
        joint.agree(by=second, act=act)
        assert first_step(client, sole) == reverse("mfa_authenticate")


def test_whom_nobody_could_bring_back_is_not_suspended(
    county: dict[str, Area], admins: dict[Role, User], travel: Any
) -> None:
    security, system = admins[Role.SECURITY_ADMIN], admins[Role.SYSTEM_ADMIN]
    in_use(security)
    with travel(clock.now() + DORMANT):
        suspend_dormant()
        assert User.objects.get(pk=system.pk).is_active, "the one other person of a fresh installation"
        assert (safety(security)["spared"], safety(security)["dormant"]) == ([system], [])
        # Once a county of the city has a head, there are two.
        head = officer(security, Role.COUNTY_HEAD, county[COUNTY])
        assert joint.way_back(system)[1][0].user == head
        assert (safety(security)["spared"], safety(security)["dormant"]) == ([], [system])
        suspend_dormant()
        assert not User.objects.get(pk=system.pk).is_active
        stored = User.objects.get(pk=system.pk)
        act = joint.ask_for_account(by=security, user=stored, kind=JointKind.REACTIVATE, reason="回来了")
        joint.agree(by=head, act=act)
        assert User.objects.get(pk=system.pk).is_active
    assert county[CITY].covers(county[COUNTY].path)


def test_the_pages_before_signing_in_say_what_to_do(client: Client) -> None:
    page = client.get(reverse("account_login")).content.decode()
    assert "90 天没有登录的账号会自动停用" in page
    more = client.get(reverse("account_reset_password")).content.decode()
    assert "登不进去怎么办" in more and "县级监督员" in more and "忘了密码" in more
