"""Events name the rows that their act wrote: what is changed, taken away or put in past them is found."""

import json
from datetime import date
from hashlib import sha256

import pytest
from django.apps import apps
from django.db import connection, models, transaction

from portal.configuration.models import Setting
from portal.ledger import written
from portal.ledger.models import Event
from portal.ledger.services import Draft, append
from portal.ledger.verifier import verify
from portal.people.models import User

pytestmark = pytest.mark.django_db
FLOORS = ("portal.", "disclosure.", "workflows.")
# Tables whose rows no event names, and why.
OPEN_HERE = "the ledger's own tables, which the tree and the signatures hold"
OPERATING = "how the portal runs, which decides nothing"
OWN_TYPING = "what somebody typed and has not sent, or how they like their desk"
DERIVED = "made anew from what is followed"
UNFOLLOWED = {
    "portal_ledger": OPEN_HERE,
    "disclosure_search": DERIVED,
    "disclosure_mirror": DERIVED,
    "portal_clock": OPERATING,
    "portal_outbox": "messages on their way, each of which tells of an event",
    "portal_signin": "sessions, attempts and files that wait for a proof; their beginning and end are events",
    "workflows_desk": OWN_TYPING,
    "portal_files.publicimage": "its bytes are shown by pages, which are followed; Wagtail's log names it",
    "portal_files.publicdocument": "its bytes are shown by pages, which are followed; Wagtail's log names it",
    "portal_files.publicrendition": DERIVED,
    "portal_people.invitationcode": "kept until it is used; inviting, resetting and voiding are events",
    "portal_people.user_groups": "`compare_offices` names what differs; no right counts without its office",
    "portal_people.user_user_permissions": "no permission is asked for that an office does not give",
    "disclosure_pages.secondpersonapproval": "the one step of the editors' workflow, made with the database",
    "disclosure_pages.pageviews": "how often a page was read",
    "disclosure_publicity.heartbeat": OPERATING,
    "disclosure_publicity.listrow": "the list's digest, in the event of its publication, holds each row",
    "workflows_deadlines.reminder": "which reminder was sent; the reminder is an event",
    "workflows_deadlines.owedreminder": "which reminder was sent; the reminder is an event",
    "workflows_engine.series": "the last number of a series, which the object's event names",
    "workflows_engine.task": "what was passed on: each passing on is an act, and the batch is followed",
    "workflows_radar.contact": DERIVED,
    "workflows_radar.photoprint": DERIVED,
    "workflows_radar.progress": OPERATING,
    "workflows_rectification.fortnightreport_edited_by": "who edited a report; each edit is an event",
    "workflows_registry.yearincome": "the register's own binding holds every column",
    "workflows_registry.registerchange": "the register's own binding holds every column",
    "workflows_registry.kinship": "the register's own binding holds every column",
}


def done() -> None:
    append(Draft("ledger.evidence_exported", "thing", "1"))


def setting(key: str = "publicity.days") -> Setting:
    """Make a row with its event."""
    with transaction.atomic():
        made = Setting.objects.create(key=key, value=7, valid_from=date(2026, 1, 1), source="试")
        done()
    return made


def past_the_portal(statement: str, *given: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)


def named(sequence: int) -> dict[str, dict[str, str]]:
    record = Event.objects.get(sequence=sequence).record
    rows: dict[str, dict[str, str]] = json.loads(record).get("rows", {})
    return rows


def test_the_event_names_what_was_written_and_says_nothing_of_it() -> None:
    made = setting()
    told = named(1)["portal_configuration.setting"][str(made.pk)]
    assert told.startswith("+") and len(told) == 33
    assert verify().fault is None


def test_a_row_changed_past_the_portal_is_named_by_the_last_event_that_wrote_it() -> None:
    made = setting()
    with transaction.atomic():
        made.source = "另一份文件"
        made.save()
        done()
    setting("publicity.board_days")
    past_the_portal("UPDATE portal_configuration_setting SET source = '试' WHERE id = %s", made.pk)
    fault = verify().fault
    assert fault is not None and fault.sequence == 2 and "被改过" in str(fault)


def test_a_row_taken_away_or_put_in_past_the_portal_is_found() -> None:
    first, second = setting(), setting("publicity.board_days")
    with transaction.atomic():
        past_the_portal("DELETE FROM portal_configuration_setting WHERE id = %s", first.pk)
        assert "不见了" in str(verify().fault)
        transaction.set_rollback(True)
    assert verify().fault is None
    with transaction.atomic():
        Setting.objects.create(key="publicity.days", value=1, valid_from=date(2026, 2, 1), source="无")
    # No event came after it in its transaction; in a test the next one would still see the note.
    connection.run_on_commit = []
    assert "不是从门户登记的" in str(verify().fault)
    assert second.pk


def test_what_is_undone_with_a_savepoint_is_not_named() -> None:
    with transaction.atomic():
        kept = Setting.objects.create(key="publicity.days", value=7, valid_from=date(2026, 1, 1), source="试")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            kept.source = "不算"
            kept.save()
            raise ZeroDivisionError
        done()
    assert verify().fault is None


def test_what_was_written_before_a_savepoint_is_named_though_an_event_within_was_undone() -> None:
    with transaction.atomic():
        made = Setting.objects.create(key="publicity.days", value=7, valid_from=date(2026, 1, 1), source="试")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            made.source = "不算"
            made.save()
            done()
            raise ZeroDivisionError
        done()
    assert list(named(1)) == ["portal_configuration.setting"]
    assert verify().fault is None


def test_a_row_taken_away_by_the_portal_is_not_missed_and_may_not_come_back() -> None:
    made = setting()
    pk = made.pk
    with transaction.atomic():
        models.Model.delete(made)
        done()
    assert verify().fault is None
    past_the_portal(
        "INSERT INTO portal_configuration_setting (id, key, value, valid_from, source, proposed_at,"
        " turned_down_why) VALUES (%s, 'publicity.days', '7', '2026-01-01', '试', '2026-01-01', '')",
        pk,
    )
    assert "账本说已经删去" in str(verify().fault)


def test_a_row_from_before_events_named_rows_is_not_held_against_anybody() -> None:
    old = Setting.objects.create(key="publicity.days", value=7, valid_from=date(2026, 1, 1), source="试")
    connection.run_on_commit = []
    done()
    assert verify().fault is None
    setting("publicity.board_days")
    assert verify().fault is None
    with transaction.atomic():
        old.source = "改"
        old.save()
        done()
    past_the_portal("UPDATE portal_configuration_setting SET source = '试' WHERE id = %s", old.pk)
    assert verify().fault is not None


def test_a_spoilt_ciphertext_is_a_fault_and_no_crash() -> None:
    with transaction.atomic():
        user = User.objects.create(username="wu", display_name="吴测试", phone="19900001111")
        done()
    assert verify().fault is None
    past_the_portal("UPDATE portal_people_user SET phone = 'v1:AAAA' WHERE id = %s", user.pk)
    assert "账号的第" in str(verify().fault)


def test_a_save_of_nothing_that_counts_says_nothing_of_what_is_held_in_memory() -> None:
    with transaction.atomic():
        user = User.objects.create(username="wu", display_name="吴测试")
        done()
    with transaction.atomic():
        other = User.objects.get(pk=user.pk)
        other.display_name = "吴测试二"
        other.save()
        done()
    with transaction.atomic():
        user.save(update_fields=["last_login"])
        done()
    assert named(3) == {}
    assert verify().fault is None


def test_an_expression_is_noted_as_the_database_worked_it_out() -> None:
    made = setting()
    with transaction.atomic():
        made.source = models.functions.Concat(models.F("source"), models.Value("二"))
        made.save()
        done()
    assert verify().fault is None
    assert Setting.objects.get(pk=made.pk).source == "试二"


@pytest.mark.parametrize("number", ["0", "-3", "x", "99999999999"])
def test_a_record_written_by_hand_that_nobody_can_read_is_a_fault_and_no_crash(
    number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        done()
        monkeypatch.setattr(written, "taken", lambda: {"portal_configuration.setting": {number: "+00"}})
        done()
    fault = verify().fault
    assert fault is not None and fault.sequence == 2 and "读不懂" in fault.reason


def test_an_event_without_what_its_kind_says_is_a_fault_and_no_crash() -> None:
    append(Draft("inquiry.sealed", "inquiry", "1"))
    assert "读不懂" in str(verify().fault)


def test_every_table_of_the_rooms_is_followed_or_says_why_not() -> None:
    missing, needless = [], dict.fromkeys(UNFOLLOWED)
    for model in apps.get_models(include_auto_created=True):
        if not model.__module__.startswith(FLOORS):
            continue
        label, room = model._meta.label_lower, model._meta.app_label
        reason = label if label in UNFOLLOWED else room
        needless.pop(reason, None)
        if (label in written.FOLLOWED) == (reason in UNFOLLOWED):
            missing.append(label)
    assert (missing, list(needless)) == ([], [])


def test_a_record_nested_deeper_than_anybody_can_read_is_a_fault_and_no_crash() -> None:
    done()
    deep = "[" * 100_000 + "]" * 100_000
    leaf = sha256(b"\x00" + deep.encode()).hexdigest()
    past_the_portal("UPDATE portal_ledger_event SET record = %s, leaf_hash = %s", deep, leaf)
    assert "规范的 JSON" in str(verify().fault)
