"""Publishing a list and correcting it."""

from datetime import date, timedelta
from typing import Any

import pytest

from disclosure.deliberations.errors import NotYourOffice
from disclosure.masking.services import NotForThePublic
from disclosure.publicity import public
from disclosure.publicity.errors import (
    BadRow,
    EmptyList,
    NoSuchList,
    NotDeliberated,
    NotToBeCorrected,
    ReasonMissing,
)
from disclosure.publicity.models import ListRow, ListState, PublicList
from disclosure.publicity.services import correct, names_visible
from disclosure.publicity.signals import list_published
from portal import clock
from portal.ledger.models import Event
from portal.people.models import Line, Role
from tests.disclosure.village import Village, a_list, hold, household, noon, opened
from tests.portal.people import invented

DAY = date(2026, 11, 21)
PHONE = "19900000001"


def _correct(village: Village, old: PublicList, rows: list[Any] | None = None, **changes: Any) -> PublicList:
    rows = [household(1), household(2, amount_fen=400_000, reduced_fen=80_000)] if rows is None else rows
    values = {"list_id": old.pk, "rows": rows, "reason": "李家的金额写错了"}
    return correct(**village.seat(Role.TOWNSHIP_REVIEWER) | values | changes)


def test_a_list_counts_its_rows_and_its_money_and_has_a_number_of_its_village_and_year(
    village: Village,
) -> None:
    with clock.travel(noon(DAY)):
        first, second = a_list(village), a_list(village)
        elsewhere = a_list(village, area=village.areas[invented.TWO])
    assert (first.row_count, first.total_fen) == (3, 1_440_000)
    assert first.number == f"{invented.ONE}-2026-0001"
    assert second.number == f"{invented.ONE}-2026-0002"
    assert elsewhere.number == f"{invented.TWO}-2026-0001"
    with clock.travel(noon(date(2027, 1, 1))):
        assert a_list(village).number == f"{invented.ONE}-2027-0001"


def test_a_list_edited_during_publicity_restarts_its_clock_and_links_to_the_old(village: Village) -> None:
    with clock.travel(noon(DAY)):
        old = a_list(village)
    with clock.travel(noon(DAY + timedelta(days=3))):
        new = _correct(village, old)
    old.refresh_from_db()
    assert new.closes_on == DAY + timedelta(days=10)
    assert (new.version, new.supersedes, new.series) == (2, old, old.number)
    assert new.number == f"{old.number}-2"
    assert new.correction_reason == "李家的金额写错了"
    assert old.state == ListState.SUPERSEDED
    assert [row.amount_fen for row in old.rows.order_by("position")] == [480_000] * 3
    with clock.travel(noon(DAY + timedelta(days=3))):
        shown, renewed = public.page(old.number), public.page(new.number)
    assert shown and renewed
    assert (shown.later, shown.open) == (new, False)
    assert (renewed.earlier, renewed.open) == (old, True)


def test_a_correction_of_a_correction_goes_on_counting_versions(village: Village) -> None:
    third = _correct(village, _correct(village, a_list(village)))
    assert (third.version, third.number) == (3, f"{third.series}-3")
    assert a_list(village).number.endswith("-0002")


def test_only_the_newest_version_is_corrected_and_only_with_a_reason(village: Village) -> None:
    old = a_list(village)
    with pytest.raises(ReasonMissing):
        _correct(village, old, reason="  ")
    new = _correct(village, old)
    with pytest.raises(NotToBeCorrected, match=new.number):
        _correct(village, old)
    with pytest.raises(NotToBeCorrected):
        a_list(village, kind="result", supersedes=new, reason="换一种")


def test_names_stand_on_a_running_list_to_the_end_of_its_last_day_and_on_no_version_after(
    village: Village,
) -> None:
    with clock.travel(noon(DAY)):
        old = a_list(village)
        new = _correct(village, old)
    old.refresh_from_db()
    last = new.closes_on
    assert names_visible(new, last)
    assert not names_visible(new, last + timedelta(days=1))
    assert not names_visible(old, DAY)
    with clock.travel(noon(last, 23, 59)):
        assert [row["name"] for row in public.page(new.number).rows] == ["王某山", "王某山"]  # type: ignore[union-attr]
        assert "王" not in str([row["name"] for row in public.page(old.number).rows])  # type: ignore[union-attr]
    # The clock's job has not run, and still the names are gone.
    with clock.travel(noon(last + timedelta(days=1), 0, 1)):
        for version in (old, new):
            page = public.page(version.number)
            assert page and not page.names
            assert all(row["name"] == "" for row in page.rows)
            assert "王" not in str(page.rows)


def test_the_whole_name_never_reaches_the_web(village: Village) -> None:
    published = a_list(village, [household(1, name="欧阳小明")])
    page = public.page(published.number)
    assert page and page.rows[0]["name"] == "欧阳某明"
    assert "欧阳小明" not in str(page.rows)


def test_a_programme_that_shows_no_names_shows_counts_and_sums_only_and_keeps_no_name(
    village: Village,
) -> None:
    published = a_list(village, show_names=False)
    page = public.page(published.number)
    assert page and not page.names
    assert page.rows == []
    assert (page.list.row_count, page.list.total_fen) == (3, 1_440_000)
    assert {row.name for row in published.rows.all()} == {""}


def test_names_are_encrypted_in_the_database(village: Village) -> None:
    from django.db import connection

    a_list(village)
    with connection.cursor() as cursor:
        cursor.execute(f"select name, masked_name, shown from {ListRow._meta.db_table}")
        stored = str(cursor.fetchall())
    assert "王" not in stored


def test_an_empty_list_is_refused(village: Village) -> None:
    with pytest.raises(EmptyList):
        a_list(village, [])


@pytest.mark.parametrize(
    "change",
    [
        {"item": f"养羊，电话{PHONE}"},
        {"note": "99010119490101002X"},
        {"group": "6200000000000001234"},
        {"effect": f"联系{PHONE}"},
        {"name": f"王小山{PHONE}"},
        {"why": {"text": f"打{PHONE}问"}},
        {"why": {"source_label": "99010119490101002X"}},
        {"why": {"text": "因病致困"}},
        {"group": "一组12号"},
    ],
)
def test_a_personal_number_or_circumstance_in_any_shown_text_is_refused(
    village: Village, change: dict[str, Any]
) -> None:
    with pytest.raises(NotForThePublic, match="名单第2行"):
        a_list(village, [household(1), household(2, **change)])
    assert not PublicList.objects.exists()


def test_a_personal_number_in_the_title_or_the_reason_of_a_correction_is_refused(village: Village) -> None:
    with pytest.raises(NotForThePublic):
        a_list(village, title=f"名单公示（{PHONE}）")
    with pytest.raises(NotForThePublic):
        _correct(village, a_list(village), reason=f"{PHONE}来电说写错了")


@pytest.mark.parametrize(
    "change",
    [
        {"name": " "},
        {"subject": ""},
        {"subject": "case:C1"},
        {"amount_fen": -1},
        {"amount_fen": 4800.0},
        {"amount_fen": True},
        {"reduced_fen": -1},
        {"item": "羊" * 61},
        {"why": {"income": "9000元"}},
        {"why": {"text": 1}},
        {"why": {"text": "因" * 301}},
        {"why": {"source_url": "https://elsewhere.example/"}},
        {"why": {"source_url": "//elsewhere.example/"}},
        {"why": {"source_url": "javascript:alert(1)"}},
    ],
)
def test_a_row_that_cannot_be_shown_is_refused_with_its_place(
    village: Village, change: dict[str, Any]
) -> None:
    with pytest.raises(BadRow, match="名单第2行"):
        a_list(village, [household(1), household(2, **change)])


def test_a_resolution_is_published_only_after_the_four_meetings_passed(village: Village) -> None:
    with pytest.raises(NotDeliberated):
        a_list(village, kind="resolution")
    deliberation = opened(village)
    with pytest.raises(NotDeliberated, match="还没有通过"):
        a_list(village, kind="resolution", deliberation=deliberation)
    hold(village, deliberation)
    published = a_list(
        village, kind="resolution", deliberation=deliberation, **village.seat(Role.VILLAGE_CLERK)
    )
    page = public.page(published.number)
    assert page and [step["passed"] for step in page.timeline] == [True] * 4


def test_a_list_cannot_rest_on_another_villages_meetings(village: Village) -> None:
    deliberation = opened(village)
    hold(village, deliberation)
    with pytest.raises(NotDeliberated):
        a_list(village, area=village.areas[invented.TWO], deliberation=deliberation)


def test_nobody_publishes_outside_their_office(village: Village) -> None:
    west = village.seat(Role.TOWNSHIP_REVIEWER, village.areas[invented.WEST])
    education = village.seat(Role.TOWNSHIP_REVIEWER, line=Line.EDUCATION)
    for seat in (west, education):
        with pytest.raises(NoSuchList):
            a_list(village, **seat)
    with pytest.raises(NotYourOffice):
        a_list(village, **village.seat(Role.EDITOR, village.area))
    with pytest.raises(NotYourOffice):
        a_list(village, by=village.seat(Role.TOWNSHIP_HEAD)["by"])
    assert not PublicList.objects.exists()


def test_correcting_a_hidden_list_answers_as_for_a_missing_one(village: Village) -> None:
    published = a_list(village)
    west = village.seat(Role.TOWNSHIP_REVIEWER, village.areas[invented.WEST])
    answers = set()
    for pk in (published.pk, 999_999):
        with pytest.raises(NoSuchList) as caught:
            _correct(village, published, list_id=pk, **west)
        answers.add(str(caught.value))
    assert len(answers) == 1


def test_publishing_and_correcting_write_one_event_each_without_a_name(village: Village) -> None:
    village.seat(Role.TOWNSHIP_REVIEWER)
    before = Event.objects.count()
    old = a_list(village)
    _correct(village, old)
    events = [*Event.objects.order_by("sequence")[before:]]
    assert [event.kind for event in events] == ["list.published", "list.corrected"]
    assert old.digest in events[0].record
    assert all("王" not in event.record for event in events)


def test_what_a_listener_refuses_is_not_published(village: Village) -> None:
    village.seat(Role.TOWNSHIP_REVIEWER)
    before = Event.objects.count()

    def refuse(**_: Any) -> None:
        raise RuntimeError("no")

    list_published.connect(refuse)
    try:
        with pytest.raises(RuntimeError):
            a_list(village)
    finally:
        list_published.disconnect(refuse)
    assert not PublicList.objects.exists()
    assert Event.objects.count() == before
