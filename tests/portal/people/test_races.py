"""Two at once: excluding offices, two administrators who end each other, one setting confirmed twice."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from portal import clock
from portal.ledger.models import Event
from portal.people import codes
from portal.people.errors import PeopleError
from portal.people.invitations import invite_account
from portal.people.models import InvitationCode, Office, Role, User
from portal.people.scope import scope_of
from portal.people.services import end_office

from .invented import CITY, COUNTY, administrators, areas, given, officer, person

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Run the acts in threads that start together; return "done" or the error's name for each."""
    barrier, said = Barrier(len(acts)), [""] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            act()
            said[place] = "done"
        except PeopleError as error:
            said[place] = type(error).__name__
        except Exception as error:  # a crash must show in the assertion, not vanish with the thread
            said[place] = repr(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


@pytest.mark.proof
def test_of_two_excluding_offices_granted_at_once_one_is_refused(rounds: Callable[[int, int], int]) -> None:
    county = areas()
    security = administrators(county[CITY])[Role.SECURITY_ADMIN]
    officer(security, Role.COUNTY_HEAD, county[COUNTY])  # the second person of what follows
    for _round in range(rounds(5, 100)):
        user = person()

        def grant(role: Role, user: User = user) -> Callable[[], Any]:
            by = User.objects.get(pk=security.pk)
            return lambda: given(by, User.objects.get(pk=user.pk), role, county[COUNTY])

        assert at_once(grant(Role.AUDIT_ADMIN), grant(Role.COUNTY_HEAD)) == ["RolesExclude", "done"]
        assert Office.objects.filter(user=user).count() == 1


@pytest.mark.proof
def test_of_two_administrators_who_end_each_other_one_stays(rounds: Callable[[int, int], int]) -> None:
    county = areas()
    one = administrators(county[CITY])[Role.SECURITY_ADMIN]
    for _round in range(rounds(5, 100)):
        other = officer(one, Role.SECURITY_ADMIN, county[CITY])

        def end(by: User, whose: User) -> Callable[[], Any]:
            (office,) = scope_of(whose, fresh=True).offices
            actor = User.objects.get(pk=by.pk)
            return lambda: end_office(by=actor, office=office, on=clock.today(), reason="调离")

        assert at_once(end(one, other), end(other, one)) == ["NotPermitted", "done"]
        left = Office.objects.in_force(clock.today()).filter(role=Role.SECURITY_ADMIN)
        assert left.count() == 1
        one = left.get().user


def test_however_many_codes_are_tried_at_once_no_more_than_the_limit_are_checked() -> None:
    security = administrators(areas()[CITY])[Role.SECURITY_ADMIN]
    invitation = invite_account(by=security, username="new", display_name="赵某")
    wrong = "000000" if invitation.code != "000000" else "000001"
    assert at_once(*[lambda: codes.check(invitation.user, wrong)] * 8) == ["WrongCode"] * 8
    assert InvitationCode.objects.get(user=invitation.user).failures == 5
    assert Event.objects.filter(kind="account.invitation_voided").count() == 1
    assert at_once(lambda: codes.check(invitation.user, invitation.code)) == ["WrongCode"]
