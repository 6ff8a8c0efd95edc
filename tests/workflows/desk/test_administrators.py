"""三员: three administrators who exclude each other, decide nothing and see no household."""

from typing import Any

import pytest
from django.urls import reverse

from disclosure.publicity.models import PublicList
from portal.inquiries.models import SealedInquiry
from portal.inquiries.services import record_search
from portal.ledger.models import Event
from portal.people.models import JointAct, Line, Office, Role, Substitution, User
from portal.people.services import invite_account
from workflows.demo import build
from workflows.demo.build import County
from workflows.desk.views.boxes import LISTS
from workflows.engine.errors import ActRefused
from workflows.engine.models import ActKind, Batch, Case
from workflows.engine.services import act
from workflows.registry.models import Household

from ..county import make_batch
from .conftest import SignIn

ADMINISTRATORS = {"sysadmin": "health", "security": "safety", "audit": "audit"}


def test_an_administrator_sees_no_case_and_the_engine_takes_none_of_their_acts(county: County) -> None:
    batch = make_batch(county, 1, until="check")
    before = Event.objects.count()
    for username in ADMINISTRATORS:
        user = county[username]
        assert not Batch.objects.visible_to(user).exists() and not Case.objects.visible_to(user).exists()
        assert not Household.objects.visible_to(user).exists()
        for kind in (ActKind.SIGN, ActKind.SIGN_FOR, ActKind.NOTE):
            with pytest.raises(ActRefused):
                act(actor=user, batch_id=batch.pk, seen_version=batch.version, kind=kind)
    assert Event.objects.count() == before


def test_each_sees_their_own_desk_and_nobody_of_a_household(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, 1, until="check")
    name = build.names.person(1).name
    for username, own in ADMINISTRATORS.items():
        client = sign_in(username)
        for screen in ADMINISTRATORS.values():
            answer = client.get(reverse(f"desk:{screen}"))
            assert answer.status_code == (200 if screen == own else 404), (username, screen)
            if screen == own:
                shown = answer.content.decode()
                assert name not in shown and batch.number not in shown
        assert client.get(reverse("desk:batch", args=[batch.number])).status_code == 404
        assert client.get("/admin/").status_code == 200
    for username in ("countyhead", "supervisor", "clerk1"):
        client = sign_in(username)
        for screen in ADMINISTRATORS.values():
            assert client.get(reverse(f"desk:{screen}")).status_code == 404


def test_the_audit_shows_who_granted_what_and_no_business(county: County, sign_in: SignIn) -> None:
    make_batch(county, 1, until="check")
    client, page = sign_in("audit"), reverse("desk:audit")
    shown = client.get(page).content.decode()
    assert "授予职务" in shown and "受理" not in shown.split("<tbody>")[1]
    one = client.get(page, {"kind": "account.invited", "who": "security"}).content.decode()
    assert "邀请建立账号" in one and one.count("<tr>") > 1
    assert "没有符合的记录" in client.get(page, {"who": "nobody"}).content.decode()
    assert client.get(page, {"before": "٣", "since": "x", "kind": "case.opened"}).status_code == 200
    assert client.post(page).status_code == 405


def test_the_audit_does_not_show_when_somebody_searched(county: County, sign_in: SignIn) -> None:
    assert record_search(county["supervisor"], "desk:find", "钱某丙")
    client, page = sign_in("audit"), reverse("desk:audit")
    for asked in ({}, {"kind": "inquiry.sealed"}):
        assert "封存一次监督检索" not in client.get(page, asked).content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_what_an_inspector_searches_in_a_list_is_sealed_and_stands_in_no_address(
    county: County, sign_in: SignIn, name: str
) -> None:
    client, page = sign_in("supervisor"), reverse(f"desk:{name}")
    shown = client.get(page).content.decode()
    assert f'name="box" value="{name}"' in shown and 'name="q"' not in shown
    # An address that somebody made by hand searches nothing.
    assert "钱某丙" not in client.get(page, {"q": "钱某丙"}).content.decode()
    answer = client.post(reverse("desk:find"), {"box": name, "words": "钱某丙"})
    assert answer["Location"].startswith(f"{page}?n=") and "%" not in answer["Location"].replace("%3D", "")
    assert SealedInquiry.objects.count() == 1
    assert 'value="钱某丙"' in client.get(answer["Location"]).content.decode()
    assert 'name="box"' not in sign_in("reviewer1").get(page).content.decode()


def test_an_inspector_finds_a_list_by_words_that_went_by_post(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, 1, until="approve")
    client, find = sign_in("supervisor"), reverse("desk:find")
    number = PublicList.objects.order_by("pk")[0].number
    for words, there in ((number, True), ("没有这份", False)):
        answer = client.post(find, {"box": "lists", "words": words}, follow=True)
        assert (reverse("desk:list", args=[number]) in answer.content.decode()) is there
    for words, there in ((batch.number, True), ("没有这批", False)):
        answer = client.post(find, {"box": "open", "words": words}, follow=True)
        assert (reverse("desk:batch", args=[batch.number]) in answer.content.decode()) is there
    # By hand, the address of a box searches nothing either.
    assert batch.number in client.get(reverse("desk:open"), {"q": "没有这批"}).content.decode()


def newcomer(county: County) -> tuple[str, str, User, dict[str, Any]]:
    """Return the page of a new account, that of the second person, the account, and the form of an office."""
    fresh = invite_account(by=county["security"], username="fresh", display_name="苗初生").user
    typed = {"role": "village_clerk", "area": "竹坞村", "line": "all", "starts_on": build.clock.today()}
    grant = {"do": "grant", **{f"grant-{key}": value for key, value in typed.items()}}
    return reverse("desk:account", args=[fresh.pk]), reverse("desk:joint"), fresh, grant


def test_the_second_person_agrees_on_their_screen_and_others_find_nothing(
    county: County, sign_in: SignIn
) -> None:
    page, joint, fresh, grant = newcomer(county)
    keeper = sign_in("security")
    keeper.post(page, grant)
    asked = JointAct.objects.get()
    assert "魏思齐" in keeper.get(page).content.decode()
    for other in ("head2", "sysadmin", "supervisor"):
        assert "苗初生" not in sign_in(other).get(joint).content.decode()
        assert sign_in(other).post(joint, {"do": "agree", "act": asked.pk}).status_code == 404
    head = sign_in("head1")
    assert "苗初生" in head.get(joint).content.decode()
    silent = head.post(joint, {"do": "decline", "act": asked.pk})
    assert silent.status_code == 422 and "不同意的理由" in silent.content.decode()
    assert head.post(joint, {"do": "agree", "act": asked.pk}).status_code == 302
    office = Office.objects.get(user=fresh)
    assert (office.role, str(office.confirmed_by)) == (Role.VILLAGE_CLERK, "陶远山")
    assert User.objects.get(pk=fresh.pk).is_active and "苗初生" in keeper.get(joint).content.decode()


def test_an_office_is_turned_down_or_taken_back_and_never_comes_about(
    county: County, sign_in: SignIn
) -> None:
    page, joint, fresh, grant = newcomer(county)
    keeper, head = sign_in("security"), sign_in("head1")
    for client, sent, kind in (
        (head, {"do": "decline", "reason": "村里没有这个人"}, "joint.declined"),
        (keeper, {"do": "take_back"}, "joint.taken_back"),
    ):
        keeper.post(page, grant)
        asked = JointAct.objects.latest("pk")
        assert client.post(joint, sent | {"act": asked.pk}).status_code == 302
        event = Event.objects.latest("sequence")
        assert (event.kind, event.actor) == (kind, county["head1" if client is head else "security"])
        assert "村里没有这个人" not in event.record
        assert head.post(joint, {"do": "agree", "act": asked.pk}).status_code in (404, 422)
    assert not Office.objects.filter(user=fresh).exists()
    assert "村里没有这个人" in keeper.get(joint).content.decode()


def test_a_suspended_account_comes_back_by_two(county: County, sign_in: SignIn) -> None:
    clerk = county["clerk2"]
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    page, joint = reverse("desk:account", args=[clerk.pk]), reverse("desk:joint")
    sign_in("security").post(page, {"do": "reactivate", "reactivate-reason": "产假回来了"})
    asked = JointAct.objects.get()
    assert not User.objects.get(pk=clerk.pk).is_active, "not by one"
    answer = sign_in("countyhead").post(joint, {"do": "agree", "act": asked.pk})
    assert answer.status_code == 302 and User.objects.get(pk=clerk.pk).is_active
    event = Event.objects.get(kind="account.reactivated")
    assert event.actor == county["countyhead"] and '"asked_by":"security"' in event.record


def test_a_leave_that_the_superior_declines_lets_nobody_stand_in(county: County, sign_in: SignIn) -> None:
    build.make_official(county, "reviewer8", "温如玉", Role.TOWNSHIP_REVIEWER, "杉坞镇", Line.ASSISTANCE)
    where, today = reverse("desk:leave"), build.clock.today().isoformat()
    office = Office.objects.get(user=county["reviewer1"])
    choice = f"{office.pk}-{county['reviewer8'].pk}"
    typed = {"do": "name", "choice": choice, "starts_on": today, "last_on": today, "reason": "探亲"}
    mine = sign_in("reviewer1")
    assert mine.post(where, typed).status_code == 302
    named = Substitution.objects.get()
    head = sign_in("head1")
    silent = head.post(where, {"do": "decline", "substitution": named.pk, "reason": ""})
    assert silent.status_code == 422
    sent = {"do": "decline", "substitution": named.pk, "reason": "这几天要验收"}
    assert head.post(where, sent).status_code == 302
    event = Event.objects.latest("sequence")
    assert (event.kind, event.actor) == ("substitute.declined", county["head1"])
    assert "上级没有同意" in mine.get(where).content.decode()
    assert head.post(where, {"do": "confirm", "substitution": named.pk}).status_code == 404
