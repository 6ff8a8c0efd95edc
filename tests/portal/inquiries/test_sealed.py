"""What inspectors search: sealed from whoever runs the portal, opened by two of the discipline office."""

import base64
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from portal import clock
from portal.areas.models import Area
from portal.inquiries import box
from portal.inquiries.errors import NotAChief, NotOpened, SamePerson
from portal.inquiries.models import Opening, SealedInquiry
from portal.inquiries.services import ask_opening, decline_opening, open_sealed, record_search
from portal.ledger.models import Event
from portal.people.models import Role, User
from tests.portal.people.conftest import admins, county, security  # noqa: F401
from tests.portal.people.invented import CITY, COUNTY, EAST, OTHER_COUNTY, officer

KEY = base64.b64encode(b"development-only-inquiry-key-001").decode()
WORDS = "钱某丙"


@pytest.fixture
def chiefs(county: dict[str, Area], security: User) -> list[User]:  # noqa: F811
    """Return three supervisors of the county."""
    return [officer(security, Role.SUPERVISOR, county[COUNTY]) for _number in range(3)]


def asked(by: User, whose: User | None = None) -> Opening:
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
    assert [entry.words for entry in open_sealed(by=two, opening=opening, key=KEY).found] == [WORDS]
    event = Event.objects.latest("sequence")
    assert event.kind == "inquiry.opened" and '"opened":1' in event.record and WORDS not in event.record
    with pytest.raises(NotOpened):
        open_sealed(by=two, opening=opening, key=KEY)
    with pytest.raises(SamePerson):
        asked(one, one)


def test_what_was_sealed_before_the_key_was_changed_opens_with_the_key_of_that_time(
    settings: Any, chiefs: list[User]
) -> None:
    one, two, searcher = chiefs
    record_search(searcher, "desk:find", "从前查的")
    opening_key, settings.INQUIRY_KEY = box.make_pair()
    record_search(searcher, "desk:find", WORDS)
    for key, words in ((KEY, "从前查的"), (opening_key, WORDS)):
        opened = open_sealed(by=two, opening=asked(one, searcher), key=key)
        assert ([entry.words for entry in opened.found], opened.shut) == ([words], 1)
    opening = asked(one)
    with pytest.raises(NotOpened):
        open_sealed(by=two, opening=opening, key=box.make_pair()[0])
    client = Client()
    client.force_login(two)
    page = client.post(reverse("desk:inquiries"), {"do": "open", "opening": opening.pk, "key": KEY})
    assert "从前查的" in page.content.decode() and "另有 1 条" in page.content.decode()


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "7", '["a", "b", "c", "d"]', '["2026-03-02T04:00:00", "u", "desk:find", "没有时区"]'),
        *('["9999-12-31T23:59:59+00:00", "u", "", ""]', '["2026-03-02T04:00:00Z", null, "", ""]', "[" * 9999),
        *('["2026-03-02T04:00:00Z", "\\u0000", "", ""]', '["2026-03-02T04:00:00Z", "u", "", "\\ud800"]'),
    ],
)
def test_a_row_that_is_no_search_stops_no_other(settings: Any, chiefs: list[User], text: str) -> None:
    SealedInquiry.objects.create(sealed=box.seal(text, settings.INQUIRY_KEY))
    SealedInquiry.objects.create(sealed="垃圾")
    record_search(chiefs[2], "desk:find", WORDS)
    opened = open_sealed(by=chiefs[1], opening=asked(chiefs[0]), key=KEY)
    assert ([entry.words for entry in opened.found], opened.shut) == ([WORDS], 2)


def test_asking_for_everybody_leaves_out_the_two_who_ask_and_open(chiefs: list[User]) -> None:
    for one in chiefs:
        record_search(one, "desk:find", one.username)
    opened = open_sealed(by=chiefs[1], opening=asked(chiefs[0]), key=KEY)
    assert [entry.words for entry in opened.found] == [chiefs[2].username] and opened.shut == 0


def test_an_opening_reaches_no_other_county(
    county: dict[str, Area],  # noqa: F811
    security: User,  # noqa: F811
    chiefs: list[User],
) -> None:
    elsewhere = [officer(security, Role.SUPERVISOR, county[OTHER_COUNTY]) for _number in range(3)]
    above = officer(security, Role.SUPERVISOR, county[CITY])
    for one in (chiefs[2], elsewhere[2], above):
        record_search(one, "desk:find", one.username)
    with pytest.raises(NotOpened):
        asked(elsewhere[0], chiefs[2])
    with pytest.raises(NotOpened):
        asked(elsewhere[0], above)
    opening = asked(chiefs[0])
    with pytest.raises(NotAChief):
        open_sealed(by=elsewhere[1], opening=opening, key=KEY)
    client = Client()
    client.force_login(elsewhere[1])
    where = reverse("desk:inquiries")
    assert client.post(where, {"do": "open", "opening": opening.pk, "key": KEY}).status_code == 404
    page = client.get(where).content.decode()
    assert "举报编号 001" not in page and f'value="{chiefs[2].pk}"' not in page
    found = open_sealed(by=chiefs[1], opening=opening, key=KEY).found
    assert [entry.username for entry in found] == [chiefs[2].username]
    # The city's supervisor opens with a county's, and what stands above the county stays shut.
    found = open_sealed(by=above, opening=asked(elsewhere[0]), key=KEY).found
    assert [entry.username for entry in found] == [elsewhere[2].username]


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


def test_asking_and_declining_on_the_screen_are_told_and_the_reason_stays_secret(
    chiefs: list[User],
) -> None:
    record_search(chiefs[2], "desk:find", WORDS)
    where, clients = reverse("desk:inquiries"), [Client(), Client()]
    for client, chief in zip(clients, chiefs, strict=False):
        client.force_login(chief)
    today = clock.today().isoformat()
    typed = {"do": "ask", "whose": chiefs[2].pk, "first_on": today, "last_on": today, "reason": "举报 002"}
    empty = clients[0].post(where, typed | {"reason": ""})
    assert empty.status_code == 422 and not Opening.objects.exists()
    assert clients[0].post(where, typed).status_code == 302
    opening = Opening.objects.get()
    assert clients[1].post(where, {"do": "decline", "opening": opening.pk}).status_code == 302
    told = Event.objects.order_by("-sequence")[:2]
    assert [(one.kind, one.actor) for one in told] == [
        ("inquiry.opening_declined", chiefs[1]),
        ("inquiry.opening_asked", chiefs[0]),
    ]
    assert not any("举报 002" in one.record for one in told)
    late = clients[1].post(where, {"do": "open", "opening": opening.pk, "key": KEY})
    assert late.status_code == 422 and WORDS not in late.content.decode()


def test_a_sealed_search_that_is_taken_out_is_named_by_the_verifier(
    chiefs: list[User], capsys: pytest.CaptureFixture[str]
) -> None:
    for words in ("甲", WORDS):
        record_search(chiefs[0], "desk:find", words)
    SealedInquiry.objects.order_by("pk")[0].delete()
    with pytest.raises(SystemExit):
        call_command("verify_ledger", verbosity=0)
    assert "密封的检索" in capsys.readouterr().err
