"""Rows are counted once: after that a row that no event names is found, whatever its number."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal.configuration.models import Setting
from portal.ledger import written
from portal.ledger.checks import rows_were_counted
from portal.ledger.counting import count_rows, uncounted
from portal.ledger.events import COUNTED
from portal.ledger.models import Event
from portal.ledger.services import Draft, append
from portal.ledger.verifier import verify

from .test_written import done, past_the_portal, setting

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def planted(number: int, key: str = "publicity.days") -> None:
    """Put a setting into the database as its administrator could."""
    past_the_portal(
        "INSERT INTO portal_configuration_setting (id, key, value, valid_from, source, proposed_at,"
        " turned_down_why) VALUES (%s, %s, '1', '2026-01-01', '无', '2026-01-01', '')",
        number,
        key,
    )


def of_old() -> Setting:
    """Make a setting that no event names, as one from before events named rows."""
    old = Setting.objects.create(key="publicity.days", value=7, valid_from=date(2026, 1, 1), source="试")
    connection.run_on_commit = []
    return old


def test_a_row_put_in_where_no_event_made_one_yet_is_found_after_the_count() -> None:
    planted(40)
    done()
    assert verify().fault is None, "nothing tells it from one that was there"
    past_the_portal("DELETE FROM portal_configuration_setting")
    count_rows()
    planted(40)
    assert "不是从门户登记的" in str(verify().fault)


def test_a_row_put_in_under_an_early_number_is_found_after_the_count() -> None:
    count_rows()
    made = setting()
    assert verify().fault is None
    planted(made.pk - 1 or made.pk + 1, "publicity.board_days")
    assert "不是从门户登记的" in str(verify().fault)


def test_what_was_there_before_the_count_is_held_from_then_on() -> None:
    old = of_old()
    assert count_rows() >= 1
    assert verify().fault is None
    past_the_portal("UPDATE portal_configuration_setting SET source = '改' WHERE id = %s", old.pk)
    fault = verify().fault
    assert fault is not None and "被改过" in fault.reason
    assert Event.objects.get(sequence=fault.sequence).kind == COUNTED


def test_a_second_count_counts_nothing_and_makes_nothing_lawful() -> None:
    count_rows()
    planted(40)
    events = Event.objects.count()
    assert count_rows() == 0 and Event.objects.count() == events
    append(Draft(COUNTED, "ledger", "1", body={"tables": []}))
    assert verify().fault is not None
    written.note(Setting.objects.get(pk=40))
    append(Draft(COUNTED, "ledger", "1", body={"tables": []}))
    assert "又点了一次" in str(verify().fault)


def test_a_count_may_not_name_again_what_an_event_named() -> None:
    made = setting()
    past_the_portal("UPDATE portal_configuration_setting SET source = '改' WHERE id = %s", made.pk)
    made.refresh_from_db()
    written.note(made)
    append(Draft(COUNTED, "ledger", "1", body={"tables": ["portal_configuration.setting"]}))
    assert "又点了一次" in str(verify().fault)


def test_a_table_that_comes_with_an_upgrade_is_counted_then(monkeypatch: pytest.MonkeyPatch) -> None:
    label = "portal_configuration.setting"
    with monkeypatch.context() as before:
        before.delitem(written.FOLLOWED, label)
        count_rows()
    old = of_old()
    assert uncounted() == [label] and verify().uncounted == 1
    assert count_rows() == 1
    assert uncounted() == [] and verify().uncounted == 0 and verify().fault is None
    past_the_portal("UPDATE portal_configuration_setting SET source = '改' WHERE id = %s", old.pk)
    assert verify().fault is not None


def test_a_ledger_that_does_not_hold_is_not_counted_over() -> None:
    made = setting()
    past_the_portal("UPDATE portal_configuration_setting SET source = '改' WHERE id = %s", made.pk)
    with pytest.raises(CommandError, match="先查清再点"):
        call_command("count_rows", stdout=StringIO())
    assert not Event.objects.filter(kind=COUNTED).exists()


def test_the_command_says_how_many_and_the_check_asks_for_it() -> None:
    of_old()
    assert [one.id for one in rows_were_counted(["default"])] == ["portal_ledger.W004"]
    said = StringIO()
    call_command("verify_ledger", stdout=said)
    assert "没有点过底数" in said.getvalue()
    call_command("count_rows", stdout=said)
    assert "点清了" in said.getvalue()
    assert rows_were_counted(["default"]) == []
    said = StringIO()
    call_command("verify_ledger", stdout=said)
    assert "没有点过底数" not in said.getvalue()
