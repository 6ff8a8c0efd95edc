"""Objections: anyone may lodge one, it holds its row, and its answer rests on findings."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.dispatch import Signal
from hypothesis import given
from hypothesis import strategies as st

from disclosure.deliberations.errors import NotYourOffice
from disclosure.masking.services import NotForThePublic
from disclosure.publicity import public, receipts
from disclosure.publicity.errors import (
    AlreadyAnswered,
    BadAnswer,
    BadObjection,
    ListReplaced,
    MustStepAside,
    NoSuchList,
    NoSuchObjection,
)
from disclosure.publicity.models import Objection, ObjectionState, PublicList
from disclosure.publicity.services import (
    Lodged,
    answer,
    correct,
    end_due_lists,
    lodge,
    open_subjects,
    receipt,
)
from disclosure.publicity.signals import objection_answered, objection_lodged
from portal import clock
from portal.ledger.models import Event, Opening
from portal.people import recusal
from portal.people.models import Line, Role
from tests.disclosure.village import Village, a_list, household, noon
from tests.portal.people import invented

DAY = date(2026, 11, 21)
LAST = date(2026, 11, 28)
TEXT = "他家没有养羊，圈舍是空的"


@contextmanager
def listening(signal: Signal) -> Iterator[list[dict[str, Any]]]:
    """Yield the facts of every sending of `signal`, each heard inside a transaction."""
    heard: list[dict[str, Any]] = []

    def hear(**facts: Any) -> None:
        assert transaction.get_connection().in_atomic_block
        heard.append(facts)

    signal.connect(hear)
    try:
        yield heard
    finally:
        signal.disconnect(hear)


def object_to(published: PublicList, position: int | None = 1, **changes: Any) -> Lodged:
    """Lodge an objection to one row, or to the whole list."""
    row_id = published.rows.get(position=position).pk if position else None
    return lodge(**{"list_id": published.pk, "row_id": row_id, "text": TEXT} | changes)


def answered(village: Village, objection: Objection, outcome: str = "dismissed", **changes: Any) -> Objection:
    """Answer an objection by the village's supervision committee, unless told otherwise."""
    values: dict[str, Any] = {
        "objection_id": objection.pk,
        "outcome": outcome,
        "findings": "两人入户，圈里有羊32只，拍了照片",
        "answer": "查过了，圈舍里有羊，和名单一致",
        "investigators": ["监督甲", "监督乙"],
    }
    return answer(**village.seat(Role.VILLAGE_SUPERVISION) | values | changes)


@pytest.fixture
def running(village: Village) -> Iterator[PublicList]:
    """Yield a list posted on the 21st, on its third day."""
    village.seat(Role.VILLAGE_SUPERVISION)
    with clock.travel(noon(DAY)):
        published = a_list(village)
    with clock.travel(noon(DAY + timedelta(days=3))):
        yield published


def test_anyone_objects_without_a_name_and_gets_a_receipt_and_a_pin(running: PublicList) -> None:
    lodged = object_to(running)
    assert lodged.objection.state == ObjectionState.OPEN
    assert lodged.objection.registered_by is None
    assert not lodged.objection.late
    assert lodged.objection.due_on == DAY + timedelta(days=18)
    assert re.fullmatch(r"[34679ACDEFGHJKMNPQRTVWXY]{4}-[34679ACDEFGHJKMNPQRTVWXY]{4}", lodged.receipt)
    assert re.fullmatch(r"\d{6}", lodged.pin)


def test_no_letter_of_a_receipt_reads_like_another() -> None:
    assert not set("0O1IL2Z5S8BU") & set(receipts.ALPHABET)


@given(st.text(alphabet=receipts.ALPHABET, min_size=8, max_size=8))
def test_a_code_is_understood_however_it_is_written(code: str) -> None:
    kept = f"{code[:4]}-{code[4:]}"
    for written in (code, kept, kept.lower(), f" {code[:4]} {code[4:]} ", f"{code[:2]}-{code[2:]}"):
        assert receipts.normal_code(written) == kept


def test_only_code_and_pin_together_open_the_receipt(running: PublicList) -> None:
    lodged, other = object_to(running), object_to(running, 2)
    wrong = f"{(int(lodged.pin) + 1) % 10**6:06d}"
    assert receipt(lodged.receipt, lodged.pin) == lodged.objection
    assert receipt(lodged.receipt.lower().replace("-", " "), f" {lodged.pin} ") == lodged.objection
    assert receipt(lodged.receipt, wrong) is None
    assert receipt(lodged.receipt, "") is None
    assert receipt("ACDE-3467", lodged.pin) is None
    assert receipt("", "") is None
    if other.pin != lodged.pin:
        assert receipt(other.receipt, lodged.pin) is None


def test_neither_pin_nor_words_nor_contact_stand_in_the_database_or_the_ledger(running: PublicList) -> None:
    lodged = object_to(running, contact="李四 19900000001")
    with connection.cursor() as cursor:
        cursor.execute(f"select text, contact, pin_hash from {Objection._meta.db_table}")
        stored = str(cursor.fetchall())
    record = Event.objects.get(kind="objection.lodged")
    for secret in (TEXT, "19900000001", lodged.pin):
        assert secret not in stored
    assert lodged.pin not in repr(lodged)
    for secret in (TEXT, "1990000", lodged.pin, lodged.receipt):
        assert secret not in record.record
    assert {*Opening.objects.filter(event=record).values_list("name", flat=True)} == {"text", "contact"}


def test_an_objection_may_be_to_the_whole_list(running: PublicList) -> None:
    lodged = object_to(running, None)
    assert lodged.objection.row is None
    assert open_subjects(running) == {"case:C1", "case:C2", "case:C3"}


def test_an_open_objection_holds_its_row_and_no_other(running: PublicList) -> None:
    object_to(running, 2)
    assert open_subjects(running) == {"case:C2"}


@pytest.mark.parametrize(
    "change",
    [
        {"text": " "},
        {"text": "羊" * 2001},
        {"contact": "1" * 101},
        {"ground": "something"},
        {"channel": "pigeon"},
        {"row_id": 999_999},
        {"received_on": DAY},
    ],
)
def test_an_objection_that_lacks_what_it_needs_is_told_what_to_do(
    running: PublicList, change: dict[str, Any]
) -> None:
    with pytest.raises(BadObjection):
        object_to(running, **change)
    assert not Objection.objects.exists()


def test_a_row_of_another_list_is_not_on_this_one(village: Village, running: PublicList) -> None:
    other = a_list(village)
    with pytest.raises(BadObjection):
        object_to(running, row_id=other.rows.first().pk)


def test_there_is_no_objection_to_a_list_that_is_not_there_or_not_published_yet(running: PublicList) -> None:
    with pytest.raises(NoSuchList):
        lodge(list_id=999_999, text=TEXT)
    with clock.travel(noon(DAY - timedelta(days=1))), pytest.raises(NoSuchList):
        object_to(running)


def test_an_objection_on_the_last_day_is_in_time_to_midnight(running: PublicList) -> None:
    with clock.travel(noon(LAST, 23, 59)):
        assert not object_to(running).objection.late


def test_an_objection_after_the_period_is_late_is_answered_all_the_same_and_holds_nothing(
    village: Village, running: PublicList
) -> None:
    with clock.travel(noon(LAST + timedelta(days=1), 0, 1)):
        before_the_tick = object_to(running).objection
        end_due_lists()
        after_the_tick = object_to(running, 2).objection
        assert before_the_tick.late
        assert after_the_tick.late
        assert open_subjects(running) == set()
        assert answered(village, after_the_tick).state == ObjectionState.DISMISSED


def test_a_slip_of_paper_counts_from_the_day_it_came_in(village: Village, running: PublicList) -> None:
    clerk = village.seat(Role.VILLAGE_CLERK)
    with clock.travel(noon(LAST + timedelta(days=1))):
        in_time = object_to(running, channel="paper", received_on=LAST, **clerk).objection
        assert not in_time.late
        assert in_time.due_on == LAST + timedelta(days=15)
        assert in_time.registered_by == clerk["by"]
        assert open_subjects(running) == {"case:C1"}
        for impossible in (LAST + timedelta(days=2), DAY - timedelta(days=1)):
            with pytest.raises(BadObjection):
                object_to(running, channel="paper", received_on=impossible, **clerk)


def test_telephone_and_paper_are_registered_by_an_official_of_the_place_and_the_web_by_nobody(
    village: Village, running: PublicList
) -> None:
    clerk, sibling = village.seat(Role.VILLAGE_CLERK), village.seat(Role.HELPER, village.areas[invented.TWO])
    with pytest.raises(BadObjection):
        object_to(running, channel="phone")
    with pytest.raises(BadObjection):
        object_to(running, **clerk)
    with pytest.raises(NoSuchList):
        object_to(running, channel="phone", **sibling)
    assert object_to(running, channel="phone", **clerk).objection.channel == "phone"


def test_an_objection_to_a_corrected_list_is_sent_to_the_new_version(
    village: Village, running: PublicList
) -> None:
    new = correct(
        **village.seat(Role.TOWNSHIP_REVIEWER), list_id=running.pk, rows=[household(1)], reason="写错了"
    )
    with pytest.raises(ListReplaced, match=new.number) as caught:
        object_to(running)
    assert caught.value.successor == new.number


def test_an_open_objection_to_the_old_version_still_holds_the_row_of_the_new_one(
    village: Village, running: PublicList
) -> None:
    objection = object_to(running).objection
    rows = [household(1), household(2)]
    new = correct(**village.seat(Role.TOWNSHIP_REVIEWER), list_id=running.pk, rows=rows, reason="写错了")
    assert open_subjects(new) == {"case:C1"}
    with listening(objection_answered) as heard:
        answered(village, objection)
    assert heard[0]["list"] == new
    assert open_subjects(new) == set()


@pytest.mark.parametrize("outcome", ["upheld", "dismissed"])
def test_an_answer_needs_findings_words_and_two_investigators_either_way(
    village: Village, running: PublicList, outcome: str
) -> None:
    objection = object_to(running).objection
    for lacking in (
        {"findings": " "},
        {"findings": "无"},
        {"answer": ""},
        {"answer": "查" * 501},
        {"investigators": []},
        {"investigators": ["监督甲"]},
        {"investigators": ["监督甲", " 监督甲 "]},
        {"investigators": "监督甲"},
        {"investigators": ["监" * 60, "督" * 60]},
    ):
        with pytest.raises(BadAnswer):
            answered(village, objection, outcome, **lacking)
    objection.refresh_from_db()
    assert objection.state == ObjectionState.OPEN
    assert (
        answered(village, objection, outcome, investigators="监督甲、监督乙").investigators
        == "监督甲、监督乙"
    )


def test_an_objection_is_upheld_or_dismissed_and_nothing_else(village: Village, running: PublicList) -> None:
    with pytest.raises(BadAnswer):
        answered(village, object_to(running).objection, "open")


def test_an_answer_carries_no_personal_number(village: Village, running: PublicList) -> None:
    with pytest.raises(NotForThePublic):
        answered(village, object_to(running).objection, answer="请打19900000001问他本人")


def test_an_answer_is_given_once(village: Village, running: PublicList) -> None:
    objection = object_to(running).objection
    answered(village, objection)
    with pytest.raises(AlreadyAnswered):
        answered(village, objection, "upheld")


def test_who_filed_for_households_does_not_answer_objections(village: Village, running: PublicList) -> None:
    objection = object_to(running).objection
    for role in (Role.VILLAGE_CLERK, Role.HELPER, Role.GRID_WORKER, Role.SUPERVISOR):
        seat = village.seat(role, village.area)
        with pytest.raises(NotYourOffice):
            answered(village, objection, **seat)


def test_a_hidden_objection_answers_like_a_missing_one(village: Village, running: PublicList) -> None:
    objection = object_to(running).objection
    sibling = village.seat(Role.VILLAGE_SUPERVISION, village.areas[invented.TWO])
    education = village.seat(Role.VILLAGE_SUPERVISION, line=Line.EDUCATION)
    answers = set()
    for seat, pk in [(sibling, objection.pk), (education, objection.pk), (sibling, 999_999)]:
        with pytest.raises(NoSuchObjection) as caught:
            answered(village, objection, objection_id=pk, **seat)
        answers.add(str(caught.value))
    assert len(answers) == 1


def test_a_relative_of_the_household_does_not_answer(village: Village, running: PublicList) -> None:
    objection = object_to(running).objection
    seat = village.seat(Role.VILLAGE_SUPERVISION)

    def kin(user: Any, subjects: Any) -> dict[str, str]:
        return {one: "是户主的兄弟" for one in subjects if one == "case:C1" and user == seat["by"]}

    recusal.register(kin)
    try:
        with pytest.raises(MustStepAside, match="是户主的兄弟"):
            answered(village, objection)
        with pytest.raises(MustStepAside):
            answered(village, object_to(running, None).objection)
        assert answered(village, object_to(running, 2).objection)
        assert answered(village, objection, **village.seat(Role.TOWNSHIP_REVIEWER))
    finally:
        recusal._rules.remove(kin)


def test_the_answer_is_told_with_the_rows_that_others_still_hold(
    village: Village, running: PublicList
) -> None:
    with listening(objection_lodged) as lodgings:
        first, second = object_to(running).objection, object_to(running).objection
    assert [one["objection"] for one in lodgings] == [first, second]
    with listening(objection_answered) as heard:
        answered(village, first)
        answered(village, second, "upheld")
    assert [facts["open_subjects"] for facts in heard] == [{"case:C1"}, set()]
    assert [facts["objection"].state for facts in heard] == ["dismissed", "upheld"]
    assert heard[1]["objection"].row.subject == "case:C1"


def test_an_answer_writes_one_event_that_seals_findings_and_names(
    village: Village, running: PublicList
) -> None:
    objection = object_to(running).objection
    before = Event.objects.count()
    answered(village, objection, "upheld")
    (event,) = Event.objects.order_by("sequence")[before:]
    assert event.kind == "objection.answered"
    assert "监督甲" not in event.record
    assert "32只" not in event.record
    assert '"outcome":"upheld"' in event.record


def test_the_page_counts_objections_and_marks_a_row_that_was_sent_back(
    village: Village, running: PublicList
) -> None:
    objection = object_to(running, 2).objection
    object_to(running, 3)
    answered(village, objection, "upheld")
    page = public.page(running.number)
    assert page and (page.objection_count, page.open_objection_count) == (2, 1)
    assert [row["sent_back"] for row in page.rows] == [False, True, False]
