"""Accounts of PostgreSQL: the portal's adds events and reads them; nobody changes them, owner included."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from portal.ledger import roles
from portal.ledger.models import Event
from portal.ledger.services import erase_openings

from .parties import Parties, record

TABLES = (*roles.FINAL, roles.OPENINGS, roles.HEAD)


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        yield
        cursor.execute("RESET ROLE")


def denied(sql: str) -> bool:
    """Return whether the database refuses `sql`."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError as error:
        # Not for want of a table, nor for what the transaction has under way.
        return getattr(error.__cause__, "sqlstate", "") == "42501"
    return False


@pytest.mark.postgres(only=True)
@pytest.mark.django_db
def test_the_portal_adds_and_reads_the_auditor_reads_and_nobody_changes_what_the_ledger_holds(
    both: Parties,
) -> None:
    with connection.cursor() as cursor:
        for role in ("t_portal", "t_auditor", "t_owner"):
            cursor.execute(f"CREATE ROLE {role}")
    assert roles.shortcomings()
    call_command("set_up_ledger_roles", application="t_portal", auditor="t_auditor", owner="t_owner")
    # Twice does no harm: it is run again after every migration.
    call_command("set_up_ledger_roles", application="t_portal", auditor="t_auditor", owner="t_owner")
    with acting_as("t_portal"):
        assert roles.shortcomings() == []
        events = record(2, sealed={"name": "王测试"})
        assert erase_openings([events[0].pk], by=None, reason="保存期满") == 1
        assert Event.objects.count() == 3
    with acting_as("t_auditor"):
        assert both.sign() is not None
        both.witness()
        assert denied("INSERT INTO portal_ledger_head (id, size, frontier, root) VALUES (2, 0, '[]', '')")
    changes = [
        "UPDATE portal_ledger_event SET kind = 'x'",
        "DELETE FROM portal_ledger_event",
        "UPDATE portal_ledger_checkpoint SET size = 1",
        "DELETE FROM portal_ledger_cosignature",
        "UPDATE portal_ledger_opening SET salt = repeat('0', 32)",
        "DELETE FROM portal_ledger_opening",
        "UPDATE portal_ledger_head SET size = size - 1",
        "DELETE FROM portal_ledger_head",
        *(f"TRUNCATE {table} CASCADE" for table in TABLES),
    ]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for role in ("t_portal", "t_auditor", "t_owner"):
        with acting_as(role):
            assert [sql for sql in changes if not denied(sql)] == [], role
    with acting_as("t_portal"):
        assert denied("ALTER TABLE portal_ledger_event DISABLE TRIGGER ALL")
        assert denied("DROP TRIGGER portal_ledger_event_final ON portal_ledger_event")
        assert denied(
            "INSERT INTO portal_ledger_checkpoint (size, root, note, signed_at) VALUES (1, '', '', now())"
        )
    # The administrator's usual way past triggers does not lead past these.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    assert [sql for sql in changes[:2] if not denied(sql)] == []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE portal_ledger_event DISABLE TRIGGER ALL")
    with acting_as("t_portal"):
        assert len(roles.shortcomings()) == 1


@pytest.mark.django_db
def test_a_database_without_accounts_is_told_so() -> None:
    if connection.vendor == "postgresql":
        with pytest.raises(ValueError, match="DROP"):
            roles.set_up("DROP TABLE x", "b", "c")
        return
    assert roles.shortcomings() == []
    with pytest.raises(CommandError, match="PostgreSQL"):
        call_command("set_up_ledger_roles")
