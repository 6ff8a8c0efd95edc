"""Proof of posting, and who may open its photo."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from disclosure.deliberations.errors import NotYourOffice
from disclosure.masking.services import NotForThePublic
from disclosure.publicity import public
from disclosure.publicity.access import may_open_objection
from disclosure.publicity.errors import BadPosting, NoSuchList
from disclosure.publicity.models import Posting, PublicList
from disclosure.publicity.services import countersign, record_posting
from portal import clock
from portal.files import access
from portal.ledger.models import Event
from portal.people.models import Line, Role
from tests.disclosure.publicity.test_objections import object_to
from tests.disclosure.village import Village, a_list, noon
from tests.portal.people import invented

DAY = date(2026, 11, 21)


def _photo() -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(data, "JPEG")
    return SimpleUploadedFile("board.jpg", data.getvalue(), "image/jpeg")


def _posted(village: Village, published: PublicList, **changes: Any) -> Posting:
    values: dict[str, Any] = {"list_id": published.pk, "seen_on": clock.today()}
    return record_posting(**village.seat(Role.VILLAGE_SUPERVISION) | values | changes)


def test_a_posting_is_shown_with_its_day_and_its_photo_is_kept_back(village: Village) -> None:
    published = a_list(village)
    posting = _posted(village, published, photo=_photo(), note="村委会门口公开栏")
    page = public.page(published.number)
    assert page and page.postings == [
        {
            "seen_on": posting.seen_on,
            "note": "村委会门口公开栏",
            "with_photo": True,
            "by": f"{village.area.name}（村务监督委员会）",
            "countersigned_by": "",
        }
    ]
    assert posting.photo.reference == f"list:{published.number}"
    event = Event.objects.get(kind="list.posted")
    assert posting.photo.sha256 in event.record
    assert event.claimed_at is not None


def test_the_photo_opens_for_offices_over_the_place_and_for_nobody_else(village: Village) -> None:
    photo = _posted(village, a_list(village), photo=_photo()).photo
    for role in (Role.VILLAGE_CLERK, Role.TOWNSHIP_HEAD, Role.COUNTY_REVIEWER):
        assert access.may_open(village.seat(role)["by"], photo)
    for seat in (
        village.seat(Role.VILLAGE_CLERK, village.areas[invented.TWO]),
        village.seat(Role.TOWNSHIP_REVIEWER, line=Line.EDUCATION),
        village.seat(Role.EDITOR, village.area),
    ):
        assert not access.may_open(seat["by"], photo)
    assert not access.may_open(invented.person(), photo)
    assert not access.may_open(village.seat(Role.TOWNSHIP_HEAD)["by"], photo, original=True)


def test_an_objections_files_open_for_those_who_answer_and_for_supervisors(village: Village) -> None:
    reference_id = str(object_to(a_list(village)).objection.pk)
    assert may_open_objection(village.seat(Role.VILLAGE_SUPERVISION)["by"], reference_id)
    assert may_open_objection(village.seat(Role.SUPERVISOR, village.area)["by"], reference_id)
    for role in (Role.VILLAGE_CLERK, Role.HELPER):
        assert not may_open_objection(village.seat(role)["by"], reference_id)
    assert not may_open_objection(village.seat(Role.VILLAGE_SUPERVISION)["by"], "999999")
    assert not may_open_objection(village.seat(Role.VILLAGE_SUPERVISION)["by"], "one")


def test_a_posting_lies_between_publication_and_today(village: Village) -> None:
    with clock.travel(noon(DAY)):
        published = a_list(village)
        for day in (DAY - timedelta(days=1), DAY + timedelta(days=1)):
            with pytest.raises(BadPosting):
                _posted(village, published, seen_on=day)
    assert not Posting.objects.exists()


def test_a_note_is_short_and_carries_no_number(village: Village) -> None:
    published = a_list(village)
    with pytest.raises(BadPosting):
        _posted(village, published, note="栏" * 61)
    with pytest.raises(NotForThePublic):
        _posted(village, published, note="问19900000001")


def test_a_posting_is_recorded_by_the_village_or_the_township_of_the_list(village: Village) -> None:
    published = a_list(village)
    for role in (Role.COUNTY_REVIEWER, Role.SUPERVISOR, Role.EDITOR):
        area = None if role == Role.COUNTY_REVIEWER else village.area
        with pytest.raises(NotYourOffice):
            _posted(village, published, **village.seat(role, area))
    answers = set()
    sibling = village.seat(Role.VILLAGE_CLERK, village.areas[invented.TWO])
    for pk in (published.pk, 999_999):
        with pytest.raises(NoSuchList) as caught:
            _posted(village, published, list_id=pk, **sibling)
        answers.add(str(caught.value))
    assert len(answers) == 1


def test_another_person_countersigns_a_posting_once(village: Village) -> None:
    published = a_list(village)
    clerk = village.seat(Role.VILLAGE_CLERK)
    posting = record_posting(**clerk, list_id=published.pk, seen_on=clock.today())
    watcher = village.seat(Role.VILLAGE_SUPERVISION)
    assert countersign(**watcher, posting_id=posting.pk).countersigned_by == watcher["by"]
    assert Event.objects.filter(kind="list.posting_countersigned", actor=watcher["by"]).count() == 1
    with pytest.raises(BadPosting, match="已经会签过"):
        countersign(**village.seat(Role.TOWNSHIP_REVIEWER), posting_id=posting.pk)


def test_who_posted_does_not_countersign_and_neither_does_a_clerk_or_a_stranger(village: Village) -> None:
    watcher = village.seat(Role.VILLAGE_SUPERVISION)
    posting = _posted(village, a_list(village))
    with pytest.raises(BadPosting, match="另一个看到的人"):
        countersign(**watcher, posting_id=posting.pk)
    with pytest.raises(NotYourOffice):
        countersign(**village.seat(Role.VILLAGE_CLERK), posting_id=posting.pk)
    other = village.seat(Role.VILLAGE_SUPERVISION, village.areas[invented.TWO])
    for posting_id in (posting.pk, 999_999):
        with pytest.raises(NoSuchList):
            countersign(**other, posting_id=posting_id)
    posting.refresh_from_db()
    assert posting.countersigned_by is None
