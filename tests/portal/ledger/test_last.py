"""What waits for the end of its transaction is appended just before the commit: all of it, nothing more."""

from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from portal import clock
from portal.areas.models import Area, Level
from portal.ledger import kinds
from portal.ledger.canonical import NotCanonical
from portal.ledger.last import append_last
from portal.ledger.models import Event
from portal.ledger.services import Draft, OutsideTransaction, append

kinds.register("test.done", "试办")


def draft(number: object) -> Draft:
    return Draft("test.done", "thing", str(number))


def told() -> list[str]:
    return list(Event.objects.order_by("sequence").values_list("object_id", flat=True))


class Undone(Exception):
    """An act that failed."""


@pytest.mark.django_db
def test_it_comes_after_everything_else_of_the_outermost_transaction() -> None:
    with transaction.atomic():
        with transaction.atomic():
            append_last(draft(1), draft(2))
        append_last(draft(3))
        assert told() == []
        append(draft("at once"))
    assert told() == ["at once", "1", "2", "3"]


@pytest.mark.django_db
def test_nothing_is_told_of_what_was_rolled_back() -> None:
    with transaction.atomic():
        append_last(draft("kept"))
        with pytest.raises(Undone), transaction.atomic():
            append_last(draft("undone"))
            raise Undone
    with pytest.raises(Undone), transaction.atomic():
        append_last(draft("all undone"))
        raise Undone
    with transaction.atomic():
        append_last(draft("after"))
    assert told() == ["kept", "after"]


@pytest.mark.django_db
def test_an_unknown_kind_is_refused_at_once() -> None:
    with transaction.atomic(), pytest.raises(kinds.UnknownKind):
        append_last(Draft("test.unheard-of", "thing", "1"))


def village(name: str) -> Area:
    return Area.add_root(name=name, code="990000000000", level=Level.CITY, valid_from=clock.today())


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_real_commit_writes_them_and_where_they_cannot_be_written_there_is_none() -> None:
    with pytest.raises(OutsideTransaction):
        append_last(draft("nowhere"))
    with transaction.atomic():
        append_last(draft("kept"))
    assert told() == ["kept"] and not connection.in_atomic_block
    with pytest.raises(NotCanonical), transaction.atomic():
        village("不该有的市")
        append_last(Draft("test.done", "thing", "wrong", body={"half": 0.5}))
    assert not Area.objects.filter(name="不该有的市").exists()
    assert not connection.in_atomic_block and connection.get_autocommit()
    with transaction.atomic():
        append_last(draft("after"))
    assert told() == ["kept", "after"]


@pytest.mark.postgres(only=True)
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_one_that_logs_and_then_locks_a_row_and_one_that_does_it_the_other_way_round_both_end() -> None:
    area = village("抢锁市")
    met, wrong = Barrier(2, timeout=20), []

    def logs_first() -> None:
        with transaction.atomic():
            append_last(draft("logged first"))
            met.wait()
            Area.objects.select_for_update().get(pk=area.pk)

    def locks_first() -> None:
        with transaction.atomic():
            Area.objects.select_for_update().get(pk=area.pk)
            met.wait()
            append(draft("locked first"))

    def run(act: object) -> None:
        try:
            act()  # type: ignore[operator]
        except Exception as error:  # a deadlock must show in the assertion, not vanish with the thread
            wrong.append(repr(error))
        finally:
            connection.close()

    threads = [Thread(target=run, args=(act,)) for act in (logs_first, locks_first)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == [] and sorted(told()) == ["locked first", "logged first"]
