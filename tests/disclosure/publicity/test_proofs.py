"""The board is photographed at two dates and countersigned; what is missing or late says so."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from disclosure.publicity import public
from disclosure.publicity.errors import BadPosting
from disclosure.publicity.models import Posting, PublicList
from disclosure.publicity.proofs import ProofState, proofs_of
from disclosure.publicity.services import countersign, record_posting
from portal import clock
from portal.files.photo_facts import PhotoFacts, facts_of
from portal.ledger.models import Event
from portal.people.models import Role
from tests.disclosure.village import SHANGHAI, Village, a_list, noon
from tests.portal.files.conftest import photograph, picture

DAY = date(2026, 11, 21)
LAST = date(2026, 11, 28)


def board(data: bytes | None = None) -> SimpleUploadedFile:
    """Return a photo of the board."""
    return SimpleUploadedFile("board.jpg", data or picture(), "image/jpeg")


def posted(village: Village, published: PublicList, on: date, **changes: Any) -> Posting:
    """Record on the day itself that the list hangs, with a photo, by the clerk."""
    with clock.travel(noon(on)):
        values = {"list_id": published.pk, "seen_on": on, "photo": board()} | changes
        return record_posting(**village.seat(Role.VILLAGE_CLERK) | values)


def signed(village: Village, posting: Posting) -> Posting:
    """Countersign by the supervision committee."""
    return countersign(**village.seat(Role.VILLAGE_SUPERVISION), posting_id=posting.pk)


def states(published: PublicList, on: date) -> list[ProofState]:
    """Return how the two proofs stand on a day."""
    return [one.state for one in proofs_of(published, [*published.postings.all()], on)]


@pytest.fixture
def published(village: Village) -> PublicList:
    """Return a list that runs from the 21st to the 28th."""
    with clock.travel(noon(DAY)):
        return a_list(village)


def test_two_dates_two_photos_and_a_countersign_each_prove_it(
    village: Village, published: PublicList
) -> None:
    assert states(published, DAY) == [ProofState.DUE, ProofState.WAITING]
    first = posted(village, published, DAY + timedelta(days=1))
    assert states(published, LAST - timedelta(days=3)) == [ProofState.UNSIGNED, ProofState.WAITING]
    with clock.travel(noon(LAST)):
        signed(village, first)
        signed(village, posted(village, published, LAST - timedelta(days=1)))
    assert states(published, LAST) == [ProofState.PROVED, ProofState.PROVED]


def test_what_is_missing_late_or_without_photo_is_said(village: Village, published: PublicList) -> None:
    assert states(published, LAST + timedelta(days=1)) == [ProofState.MISSING, ProofState.MISSING]
    posted(village, published, DAY, photo=None)
    assert states(published, LAST) == [ProofState.NO_PHOTO, ProofState.DUE]
    page = public.page(published.number)
    assert page and page.proofs[0].lacking


def test_one_photo_does_not_prove_two_dates_and_a_late_one_is_called_late(
    village: Village, published: PublicList
) -> None:
    posted(village, published, DAY + timedelta(days=4))
    assert states(published, LAST + timedelta(days=1)) == [ProofState.LATE, ProofState.MISSING]
    posted(village, published, LAST)
    assert states(published, LAST + timedelta(days=1)) == [ProofState.LATE, ProofState.UNSIGNED]


def test_what_the_camera_wrote_is_kept_privately_and_neither_shown_nor_published(
    village: Village, published: PublicList
) -> None:
    posting = posted(village, published, DAY, photo=board(photograph()))
    assert posting.taken_where.startswith("34.168") and posting.device == "SecretPhone"
    event = Event.objects.get(kind="list.posted")
    assert "34.168" not in event.record and "SecretPhone" not in event.record
    assert "34.168" not in str(public.page(published.number))


def test_a_photo_without_facts_and_one_that_lies_say_nothing() -> None:
    assert facts_of(picture()) == PhotoFacts()
    assert facts_of(b"\xff\xd8\xff\xe1 broken") == PhotoFacts()
    assert facts_of(b"") == PhotoFacts()


def test_a_posting_sent_later_keeps_what_the_phone_says_and_is_recorded_once(
    village: Village, published: PublicList
) -> None:
    claimed = datetime(2026, 11, 22, 9, 30, tzinfo=SHANGHAI)
    late = {"seen_on": DAY + timedelta(days=1), "claimed_at": claimed, "sent_key": "ab" * 16}
    first = posted(village, published, DAY + timedelta(days=2), **late)
    again = posted(village, published, DAY + timedelta(days=2), **late)
    assert first == again and Posting.objects.count() == 1
    assert (first.claimed_at, first.recorded_at) == (claimed, noon(DAY + timedelta(days=2)))
    assert Event.objects.get(kind="list.posted").claimed_at == claimed
    # A phone whose clock is ahead is recorded as it says; what counts is ours.
    ahead = posted(village, published, DAY, claimed_at=claimed + timedelta(days=9), sent_key="cd" * 16)
    assert ahead.recorded_at == noon(DAY)


def test_the_township_countersigns_only_where_the_committee_has_nobody_else(
    village: Village, published: PublicList
) -> None:
    watcher, reviewer = village.seat(Role.VILLAGE_SUPERVISION), village.seat(Role.TOWNSHIP_REVIEWER)
    by_clerk = posted(village, published, DAY)
    by_watcher = posted(village, published, DAY, **watcher)
    with pytest.raises(BadPosting, match="村务监督委员会"):
        countersign(**reviewer, posting_id=by_clerk.pk)
    assert countersign(**reviewer, posting_id=by_watcher.pk).countersigned_by == reviewer["by"]


def test_only_a_photo_proves_a_posting(village: Village, published: PublicList) -> None:
    pdf = SimpleUploadedFile("a.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF", "application/pdf")
    with pytest.raises(Exception, match="照片"):
        posted(village, published, DAY, photo=pdf)
    assert not Posting.objects.exists()
