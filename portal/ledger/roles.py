"""Who may do what in PostgreSQL: the application adds events and reads them, and can do nothing else to them.

Three accounts besides the database's administrator: the owner (migrations alone), the application, the
auditor (reads; the signer and the witness add checkpoints and cosignatures as members of it). Triggers that
fire always, also for the owner and in replication sessions, deny what no grant should have allowed.
"""

import re

from django.db import connection
from django.utils.translation import gettext as _

EVENTS = "portal_ledger_event"
# Rows that are added once. Of openings the salt alone may be emptied, when a value's retention ends.
FINAL = (EVENTS, "portal_ledger_tile", "portal_ledger_checkpoint", "portal_ledger_cosignature")
OPENINGS = "portal_ledger_opening"
HEAD = "portal_ledger_head"
SIGNED = ("portal_ledger_checkpoint", "portal_ledger_cosignature", "portal_ledger_tile")
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")

DENY = """
CREATE OR REPLACE FUNCTION portal_ledger_deny() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger: % on % is denied', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE FUNCTION portal_ledger_only_erase() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.salt <> '' OR NEW.id <> OLD.id OR NEW.event_id <> OLD.event_id OR NEW.name <> OLD.name THEN
        RAISE EXCEPTION 'ledger: a salt can only be erased' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION portal_ledger_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size < OLD.size OR NEW.recorded_at < OLD.recorded_at THEN
        RAISE EXCEPTION 'ledger: the head only goes on' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
"""


class NotPostgreSQL(RuntimeError):
    """Roles are asked for on a database that has none (Chinese)."""


def set_up(application: str, auditor: str, owner: str) -> list[str]:
    """Set up triggers and grants for three accounts that exist; return what was run, in order.

    To be run as the database's administrator. Run again after a migration adds tables: it grants what is
    new. NotPostgreSQL elsewhere; ValueError for names that are no plain account names.
    """
    if connection.vendor != "postgresql":
        raise NotPostgreSQL(_("只有 PostgreSQL 分得清账号；SQLite 只用于演示和开发"))
    for name in (application, auditor, owner):
        if not _NAME.fullmatch(name):
            raise ValueError(name)
    statements = [DENY, *_triggers(), *_owned(owner), *_grants(application, auditor)]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    return statements


def _triggers() -> list[str]:
    """Return what makes triggers that fire always, in sessions that replay a replica's changes too."""
    made = []
    for table in FINAL:
        made += _trigger(table, "final", "BEFORE UPDATE OR DELETE", "ROW", "portal_ledger_deny")
    made += _trigger(OPENINGS, "erase", "BEFORE UPDATE", "ROW", "portal_ledger_only_erase")
    made += _trigger(OPENINGS, "final", "BEFORE DELETE", "ROW", "portal_ledger_deny")
    made += _trigger(HEAD, "grow", "BEFORE UPDATE", "ROW", "portal_ledger_only_grow")
    made += _trigger(HEAD, "final", "BEFORE DELETE", "ROW", "portal_ledger_deny")
    for table in (*FINAL, OPENINGS, HEAD):
        made += _trigger(table, "keep", "BEFORE TRUNCATE", "STATEMENT", "portal_ledger_deny")
    return made


def _trigger(table: str, name: str, when: str, each: str, function: str) -> list[str]:
    trigger = f"{table}_{name}"
    return [
        f"DROP TRIGGER IF EXISTS {trigger} ON {table}",
        f"CREATE TRIGGER {trigger} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}",
    ]


def _owned(owner: str) -> list[str]:
    """Return what makes `owner` own every table and sequence: who owns a table can drop its triggers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relkind IN ('r', 'p', 'S', 'v') AND pg_get_userbyid(relowner) <> %s "
            # A sequence of a column follows its table.
            "AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_class.oid AND deptype IN ('a', 'i') "
            "AND classid = 'pg_class'::regclass AND relkind = 'S')",
            [owner],
        )
        found = cursor.fetchall()
    words = {"S": "SEQUENCE", "v": "VIEW"}
    return [f'ALTER {words.get(kind, "TABLE")} "{name}" OWNER TO {owner}' for name, kind in found]


def _grants(application: str, auditor: str) -> list[str]:
    ledger = ", ".join((*FINAL, OPENINGS, HEAD))
    return [
        f"GRANT USAGE ON SCHEMA public TO {application}, {auditor}",
        f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {application}, {auditor}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {application}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {application}, {auditor}",
        f"REVOKE ALL ON {ledger} FROM PUBLIC, {application}",
        f"GRANT SELECT, INSERT ON {EVENTS}, portal_ledger_tile, {OPENINGS}, {HEAD} TO {application}",
        # What witnesses sign may come in through the portal; checkpoints come from the signer alone.
        f"GRANT SELECT ON portal_ledger_checkpoint TO {application}",
        f"GRANT SELECT, INSERT ON portal_ledger_cosignature TO {application}",
        f"GRANT UPDATE (salt) ON {OPENINGS} TO {application}",
        f"GRANT UPDATE ON {HEAD} TO {application}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {auditor}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {auditor}",
        f"GRANT INSERT ON {', '.join(SIGNED)} TO {auditor}",
    ]


def shortcomings() -> list[str]:
    """Return in words how the account of this connection can do more than add events and read them."""
    if connection.vendor != "postgresql":
        return []
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            found.append(_("门户用数据库管理员的账号连接，账本拦不住它"))
        cursor.execute(
            "SELECT pg_has_role(current_user, relowner, 'MEMBER') FROM pg_class WHERE relname = %s", [EVENTS]
        )
        if (cursor.fetchone() or (False,))[0]:
            found.append(_("门户的账号是账本各表的所有者，可以拆掉触发器"))
        for table in FINAL:
            cursor.execute(
                "SELECT has_table_privilege(%s, 'UPDATE') OR has_table_privilege(%s, 'DELETE') "
                "OR has_table_privilege(%s, 'TRUNCATE')",
                [table, table, table],
            )
            if cursor.fetchone()[0]:
                found.append(_("门户的账号可以改动或删除 %(table)s") % {"table": table})
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'portal_ledger_%%' AND tgenabled = 'A'"
        )
        due = len(_triggers()) // 3
        if cursor.fetchone()[0] < due:
            found.append(_("拦改动的触发器缺少，或者没有一直启用"))
    return found
