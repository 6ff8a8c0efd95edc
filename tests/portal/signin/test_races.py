"""Many tries at once: no more are checked than the limit allows, whichever way they come."""

from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse

from portal.people.models import User
from portal.signin import factors
from portal.signin.errors import SignInError

from .phone import enrolled

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
TRIES = 10


def at_once(act: object) -> list[str]:
    """Do `act` in ten threads that start together; return what each said, sorted."""
    barrier, said = Barrier(TRIES), [""] * TRIES

    def run(place: int) -> None:
        barrier.wait()
        try:
            said[place] = str(act())  # type: ignore[operator]
        except SignInError as error:
            said[place] = type(error).__name__
        except Exception as error:  # a crash must show in the assertion, not vanish with the thread
            said[place] = repr(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place,)) for place in range(TRIES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


def test_of_many_guesses_at_once_only_as_many_are_checked_as_the_limit(clerk: User) -> None:
    enrolled(clerk)

    def guess() -> str:
        return factors.prove(
            user=User.objects.get(pk=clerk.pk), code="000000", request=RequestFactory().get("/")
        )

    # The fifth is counted and shuts the account, the others find it shut.
    assert at_once(guess) == ["LockedOut"] * 6 + ["WrongCode"] * 4


def test_of_many_passwords_at_once_only_as_many_are_checked_as_the_limit(clerk: User) -> None:
    enrolled(clerk)

    def guess() -> str:
        typed = {"login": clerk.username, "password": "guess"}
        return str(Client().post(reverse("account_login"), typed).status_code)

    assert at_once(guess) == ["200"] * 4 + ["429"] * 6
