"""What inspectors search: sealed from whoever runs the portal, opened by two of the discipline office."""

import base64

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from portal import clock
from portal.areas.models import Area
from portal.inquiries import box
from portal.inquiries.errors import NotAChief, NotOpened, SamePerson
from portal.inquiries.models import SealedInquiry
from portal.inquiries.services import ask_opening, decline_opening, open_sealed, record_search
from portal.ledger.models import Event
from portal.people.models import Role, User
from tests.portal.people.conftest import admins, county, security  # noqa: F401
from tests.portal.people.invented import COUNTY, EAST, officer

KEY = base64.b64encode(b"development-only-inquiry-key-001").decode()
WORDS = "钱某丙"


@pytest.fixture
def chiefs(county: dict[str, Area], security: User) -> list[User]:  # noqa: F811
    """Return three supervisors of the county."""
    return [officer(security, Role.SUPERVISOR, county[COUNTY]) for _number in range(3)]


def asked(by: User, whose: User | None = None) -> object:
    return ask_opening(
        by=by, whose=whose, first_on=clock.today(), last_on=clock.today(), reason="举报编号 001"
    )


def test_a_supervisors_search_is_sealed_and_named_nowhere(client: Client, chiefs: list[User]) -> None:
    client.force_login(chiefs[0])
    client.post(reverse("desk:find"), {"box": "open", "words": WORDS})
    row, event = SealedInquiry.objects.get(), Event.objects.latest("sequence")
    assert WORDS not in row.sealed and WORDS not in event.record
    assert event.kind == "inquiry.sealed" and event.actor is None
    assert chiefs[0].username not in event.record


def test_who_is_no_supervisor_leaves_nothing_in_the_sealed_log(
    county: dict[str, Area],  # noqa: F811
    security: User,  # noqa: F811
) -> None:
    clerk = officer(security, Role.TOWNSHIP_REVIEWER, county[EAST])
    assert not record_search(clerk, "desk:find", WORDS)
    assert not SealedInquiry.objects.exists()


def test_the_servers_own_keys_do_not_open_it(settings: object, chiefs: list[User]) -> None:
    assert record_search(chiefs[0], "desk:find", WORDS)
    sealed = SealedInquiry.objects.get().sealed
    for key in (settings.INQUIRY_KEY, *settings.FIELD_KEYS, "abc"):  # type: ignore[attr-defined]
        with pytest.raises(box.WrongKey):
            box.unseal(sealed, key)
    assert WORDS in box.unseal(sealed, KEY)


def test_two_chiefs_open_it_together_and_never_their_own(chiefs: list[User]) -> None:
    one, two, searcher = chiefs
    record_search(searcher, "desk:find", WORDS)
    record_search(one, "desk:find", "别的")
    opening = asked(one, searcher)
    for who in (one, searcher):
        with pytest.raises(SamePerson):
            open_sealed(by=who, opening=opening, key=KEY)
    with pytest.raises(NotOpened):
        open_sealed(by=two, opening=opening, key=box.make_pair()[0])
    assert [entry.words for entry in open_sealed(by=two, opening=opening, key=KEY)] == [WORDS]
    event = Event.objects.latest("sequence")
    assert event.kind == "inquiry.opened" and '"opened":1' in event.record and WORDS not in event.record
    with pytest.raises(NotOpened):
        open_sealed(by=two, opening=opening, key=KEY)
    with pytest.raises(SamePerson):
        asked(one, one)


def test_no_administrator_and_no_township_supervisor_asks_or_opens(
    admins: dict[Role, User],  # noqa: F811
    county: dict[str, Area],  # noqa: F811
    security: User,  # noqa: F811
    chiefs: list[User],
) -> None:
    opening = asked(chiefs[0])
    for who in (*admins.values(), officer(security, Role.SUPERVISOR, county[EAST])):
        with pytest.raises(NotAChief):
            asked(who)
        with pytest.raises(NotAChief):
            open_sealed(by=who, opening=opening, key=KEY)
        with pytest.raises(NotAChief):
            decline_opening(by=who, opening=opening)


def test_what_was_opened_stands_in_one_answer_alone(chiefs: list[User]) -> None:
    record_search(chiefs[2], "desk:find", WORDS)
    opening = asked(chiefs[0])
    client = Client()
    client.force_login(chiefs[1])
    where = reverse("desk:inquiries")
    refused = client.post(where, {"do": "open", "opening": opening.pk, "key": "abc"})
    assert refused.status_code == 422 and "钥匙打不开" in refused.content.decode()
    answer = client.post(where, {"do": "open", "opening": opening.pk, "key": KEY})
    assert WORDS in answer.content.decode() and KEY not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert WORDS not in client.get(where).content.decode()


def test_a_sealed_search_that_is_taken_out_is_named_by_the_verifier(
    chiefs: list[User], capsys: pytest.CaptureFixture[str]
) -> None:
    for words in ("甲", WORDS):
        record_search(chiefs[0], "desk:find", words)
    SealedInquiry.objects.order_by("pk")[0].delete()
    with pytest.raises(SystemExit):
        call_command("verify_ledger", verbosity=0)
    assert "密封的检索" in capsys.readouterr().err
