"""人员 through HTTP: accounts and offices kept by the security administrator, audited by another."""

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal import clock
from portal.ledger.models import Event
from portal.people import joint
from portal.people.models import JointAct, Line, Office, Role, User
from portal.people.services import invite_account
from tests.portal.signin.phone import enrolled
from workflows.demo import build
from workflows.demo.build import County
from workflows.registry.models import Household

from .conftest import SignIn
from .test_queries import queries

PEOPLE, INVITE = "/admin/desk/people/", "/admin/desk/people/invite/"
JOINT = "/admin/desk/joint/"


def account(county: County, username: str) -> str:
    """Return the address of an account's page."""
    return reverse("desk:account", args=[county[username].pk])


def invite(client: Client, **changes: str) -> Any:
    """Send the form that invites."""
    return client.post(INVITE, {"username": "newcomer", "display_name": "叶知秋", "phone": "", **changes})


def office(**changes: str) -> dict[str, str]:
    """Return the form of an office in 竹坞村."""
    typed = {
        "grant-role": "village_clerk",
        "grant-area": "竹坞村",
        "grant-line": "all",
        "grant-starts_on": clock.today().isoformat(),
        "grant-ends_on": "",
    }
    return {"do": "grant", **typed, **{f"grant-{key}": value for key, value in changes.items()}}


def local_security(county: County, area: str, username: str = "localsec") -> None:
    """Make a security administrator of `area` alone."""
    build.make_official(county, username, "安守则", Role.SECURITY_ADMIN, area, Line.ALL)


def test_an_invited_person_sets_a_password_by_the_address_shown_once(
    county: County, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        client = sign_in("security")
        answer = invite(client)
    shown = answer.content.decode()
    link = re.search(r"<code>(http://testserver\S+)</code>", shown)
    assert link and answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    assert link[1] not in caplog.text
    assert not Event.objects.filter(record__contains=link[1].rsplit("/", 2)[1]).exists()
    assert link[1] not in client.get(PEOPLE).content.decode()
    person = Client()
    form = person.get(link[1], follow=True)
    code = re.search(r"<code>(\d{6})</code>", shown)
    assert code and code[1] not in caplog.text
    typed = {"code": code[1], "password1": "shan-lin-2026-x", "password2": "shan-lin-2026-x"}
    set_ = person.post(form.request["PATH_INFO"], typed)
    assert set_.status_code == 302
    assert User.objects.get(username="newcomer").has_usable_password()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"display_name": "禾坪村委会"}, "账号只能是一个人的"),
        ({"username": "clerk1"}, "已被占用"),
        ({"username": ""}, "必填"),
    ],
)
def test_an_invitation_that_is_refused_says_why_and_loses_nothing(
    county: County, sign_in: SignIn, changes: dict[str, str], said: str
) -> None:
    before = User.objects.count()
    answer = invite(sign_in("security"), phone="19900000009", **changes)
    assert answer.status_code == 422
    assert said in answer.content.decode() and "19900000009" in answer.content.decode()
    assert User.objects.count() == before


def test_an_office_is_granted_by_the_areas_name_or_code(county: County, sign_in: SignIn) -> None:
    client = sign_in("security")
    invite(client)
    page = reverse("desk:account", args=[User.objects.get(username="newcomer").pk])
    answer = client.post(page, office(), follow=True)
    assert "竹坞村村文书" in answer.content.decode()
    client.post(page, office(role="helper", area=county.areas["榆坪村"].code))
    assert not Office.objects.filter(user__username="newcomer").exists()
    head = sign_in("countyhead")
    for act in JointAct.objects.all():
        assert head.post(JOINT, {"do": "agree", "act": act.pk}).status_code == 302
    held = set(Office.objects.filter(user__username="newcomer").values_list("role", "area__name"))
    assert held == {("village_clerk", "竹坞村"), ("helper", "榆坪村")}


def test_an_area_that_fits_several_places_is_told_with_their_codes(county: County, sign_in: SignIn) -> None:
    answer = sign_in("security").post(account(county, "grid1"), office(area="坪村"))
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert county.areas["禾坪村"].code in shown and county.areas["榆坪村"].code in shown
    assert 'value="坪村"' in shown


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"area": "杉坞镇"}, "要在村一级任职"),
        ({"area": "没有的村"}, "没有这个地方"),
        ({"role": ""}, "必填"),
        ({"ends_on": "2020-01-01"}, "离任日期要晚于起任日期"),
        ({"starts_on": "明天"}, "2026-11-21 这样的日期"),
        ({"starts_on": "2020-01-01"}, "起任日期不能早于今天"),
        ({"role": "audit_admin", "area": "枫禾县"}, "不能兼任"),
        ({"role": "village_supervision", "area": "禾坪村"}, "不能由村文书"),
    ],
)
def test_an_office_that_cannot_be_granted_is_refused_with_what_was_typed(
    county: County, sign_in: SignIn, changes: dict[str, str], said: str
) -> None:
    before = Office.objects.count()
    answer = sign_in("security").post(account(county, "clerk1"), office(**changes))
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert said in shown
    assert f'value="{changes.get("area", "竹坞村")}"' in shown
    assert Office.objects.count() == before


def test_an_office_is_ended_with_a_reason(county: County, sign_in: SignIn) -> None:
    held = Office.objects.get(user=county["clerk1"])
    client, page = sign_in("security"), account(county, "clerk1")
    typed = {"do": "end", "office": held.pk, f"end-{held.pk}-on": clock.today().isoformat()}
    without = client.post(page, typed)
    assert without.status_code == 422 and "必填" in without.content.decode()
    answer = client.post(page, typed | {f"end-{held.pk}-reason": "换届"}, follow=True)
    assert "换届" in answer.content.decode()
    held.refresh_from_db()
    assert held.ends_on == clock.today()
    assert sign_in("clerk1").get("/admin/desk/todo/").status_code == 404


def test_an_office_is_not_ended_backwards(county: County, sign_in: SignIn) -> None:
    held = Office.objects.get(user=county["clerk1"])
    day = (clock.today() - timedelta(days=1)).isoformat()
    typed = {"do": "end", "office": held.pk, f"end-{held.pk}-on": day, f"end-{held.pk}-reason": "补办"}
    answer = sign_in("security").post(account(county, "clerk1"), typed)
    assert answer.status_code == 422
    assert "离任日期不能早于今天" in answer.content.decode() and 'value="补办"' in answer.content.decode()


def test_a_reset_account_gets_a_new_address_and_loses_its_sessions(county: County, sign_in: SignIn) -> None:
    clerk = sign_in("clerk1")
    assert clerk.get("/admin/desk/todo/").status_code == 200
    enrolled(county["clerk1"])
    clerk = sign_in("clerk1")
    answer = sign_in("security").post(account(county, "clerk1"), {"do": "reset"})
    assert "只显示这一次" in answer.content.decode() and "no-store" in answer["Cache-Control"]
    assert clerk.get("/admin/desk/todo/").status_code == 302


def test_an_account_without_a_factor_is_reset_by_two_and_the_one_who_asked_never_holds_the_address(
    county: County, sign_in: SignIn
) -> None:
    keeper, clerk, page = sign_in("security"), sign_in("clerk1"), account(county, "clerk1")
    assert "两个人办" in keeper.get(page).content.decode()
    alone = keeper.post(page, {"do": "reset"})
    assert alone.status_code == 422 and "只显示这一次" not in alone.content.decode()
    assert clerk.get("/admin/desk/todo/").status_code == 200, "nothing was done"
    assert keeper.post(page, {"do": "ask_reset", "reset-reason": ""}).status_code == 422
    asked = keeper.post(page, {"do": "ask_reset", "reset-reason": "忘了密码"}, follow=True).content.decode()
    assert "等复核" in asked and "只显示这一次" not in asked and "/password/reset/key/" not in asked
    code = re.findall(r"<code>(\d{6})</code>", asked)[0]
    act = JointAct.objects.get()
    assert clerk.get("/admin/desk/todo/").status_code == 200
    answer = sign_in("countyhead").post(reverse("desk:joint"), {"do": "agree", "act": act.pk})
    said = answer.content.decode()
    assert answer.status_code == 200 and "只显示这一次" in said and "no-store" in answer["Cache-Control"]
    assert code not in said, "neither opens the account without the other"
    assert clerk.get("/admin/desk/todo/").status_code == 302
    event = Event.objects.get(kind="account.reset")
    assert event.actor == county["countyhead"] and '"asked_by":"security"' in event.record
    assert "只显示这一次" not in keeper.get(page).content.decode()


def test_whoever_agrees_reads_of_a_namesake_who_holds_an_office_and_whether_a_password_was_set(
    county: County, sign_in: SignIn
) -> None:
    auditor = county["audit"]
    twin = invite_account(by=county["security"], username="twin", display_name=auditor.display_name)
    area, today = county.areas["枫禾县"], clock.today()
    joint.ask_for_office(
        by=county["security"], user=twin.user, role=Role.COUNTY_REVIEWER, area=area, starts_on=today
    )
    client = sign_in("countyhead")
    shown = client.get(reverse("desk:joint")).content.decode()
    assert "（audit）" in shown and "审计管理员" in shown and "还没有人设过密码" in shown
    twin.user.set_password("plain words 2026")
    twin.user.save()
    assert "密码是不是本人设的" in client.get(reverse("desk:joint")).content.decode()


def test_open_work_is_handed_over(county: County, sign_in: SignIn) -> None:
    home = build.make_household(county, "禾坪村", 1, "clerk1")
    Household.objects.filter(pk=home.pk).update(helper=county["helper1"])
    client, page = sign_in("security"), account(county, "helper1")
    typed = {"do": "hand_over", "hand-to": "team1", "hand-reason": "轮换"}
    unknown = client.post(page, typed | {"hand-to": "nobody"})
    assert unknown.status_code == 422 and "没有这个账号" in unknown.content.decode()
    elsewhere = client.post(page, typed | {"hand-to": "helper2"})
    assert elsewhere.status_code == 422 and "没有帮扶职务" in elsewhere.content.decode()
    assert "共 1 件" in client.post(page, typed, follow=True).content.decode()
    home.refresh_from_db()
    assert home.helper == county["team1"]


def test_nobody_acts_on_their_own_account(county: County, sign_in: SignIn) -> None:
    client, page = sign_in("security"), account(county, "security")
    assert "自己的账号不能自己办" in client.get(page).content.decode()
    answer = client.post(page, office(role="supervisor", area="枫禾县"))
    assert answer.status_code == 422 and "不能给自己办" in answer.content.decode()


def test_the_audit_administrator_reads_and_changes_nothing(county: County, sign_in: SignIn) -> None:
    client, page = sign_in("audit"), account(county, "clerk1")
    assert "授予职务" in client.get(page).content.decode()
    before = Event.objects.count()
    for typed in (office(), {"do": "reset"}, {"do": "end"}, {"do": "hand_over"}):
        answer = client.post(page, typed)
        assert answer.status_code == 422 and "您只能查看" in answer.content.decode()
    assert client.get(INVITE).status_code == 404
    assert Event.objects.count() == before


def test_accounts_of_other_places_are_missing(county: County, sign_in: SignIn) -> None:
    local_security(county, "杉坞镇")
    client = sign_in("localsec")
    listed = client.get(PEOPLE).content.decode()
    assert "clerk1" in listed and "clerk8" not in listed and "reviewer2" not in listed
    hidden, absent = client.get(account(county, "clerk8")), client.get("/admin/desk/people/999999/")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content == absent.content
    refused = client.post(account(county, "clerk1"), office(area="榆坪村"))
    assert refused.status_code == 422 and "没有这个地方" in refused.content.decode()


def test_a_townships_administrator_ends_and_unlocks_nothing_of_an_official_of_the_county(
    county: County, sign_in: SignIn
) -> None:
    local_security(county, "杉坞镇")
    build.make_official(county, "county", "", Role.EDITOR, "杉坞镇", Line.ALL)
    client = sign_in("localsec")
    for typed in ({"do": "unlock"}, {"do": "end_session", "session": "1"}, {"do": "reset"}):
        answer = client.post(account(county, "county"), typed)
        assert answer.status_code == 422
        assert "要由管这个地方的安全管理员来办" in answer.content.decode(), typed


def test_an_account_without_an_office_is_found_by_whoever_grants_its_first(
    county: County, sign_in: SignIn
) -> None:
    local_security(county, "杉坞镇")
    invite_account(by=county["security"], username="fresh", display_name="苗初生")
    assert "fresh" in sign_in("localsec").get(PEOPLE).content.decode()


@pytest.mark.parametrize("words", ["clerk2", "孔秉"])
def test_a_person_is_found_by_user_name_or_name(county: County, sign_in: SignIn, words: str) -> None:
    shown = sign_in("security").get(PEOPLE, {"q": words}).content.decode()
    assert len(re.findall(r'class="desk-title"', shown)) == 1
    assert "没有找到" in sign_in("security").get(PEOPLE, {"q": "查无此人"}).content.decode()


@pytest.mark.parametrize(
    "username",
    ["clerk1", "reviewer1", "head1", "county", "countyhead", "finance", "supervisor", "editor", "sysadmin"],
)
def test_the_screens_of_accounts_are_missing_to_everybody_else(
    county: County, sign_in: SignIn, username: str
) -> None:
    client = sign_in(username)
    for address in (PEOPLE, INVITE, account(county, "clerk2")):
        assert client.get(address).status_code == 404
        assert client.post(address, office()).status_code == 404
    assert "人员" not in client.get("/admin/").content.decode().split("sidebar-props")[-1]


def test_the_list_takes_the_same_queries_at_any_length(county: County, sign_in: SignIn) -> None:
    client = sign_in("security")

    def grow(count: int) -> None:
        start = User.objects.count()
        made = User.objects.bulk_create(
            User(username=f"many{start + n}", display_name="众人", password="!") for n in range(count)
        )
        Office.objects.bulk_create(
            Office(
                user=one,
                role=Role.HELPER,
                area=county.areas["禾坪村"],
                line=Line.ALL,
                starts_on=clock.today(),
            )
            for one in made
        )

    grow(20)
    counts = [queries(client, PEOPLE), queries(client, f"{PEOPLE}?q=many")]
    grow(1980)
    assert [queries(client, PEOPLE), queries(client, f"{PEOPLE}?q=many")] == counts
    assert max(counts) <= queries(sign_in("sysadmin"), "/admin/") + 6


def test_no_villager_is_named_on_these_screens(county: County, sign_in: SignIn) -> None:
    home = build.make_household(county, "禾坪村", 3, "clerk1")
    client = sign_in("security")
    for address in (PEOPLE, account(county, "clerk1")):
        assert home.head_name not in client.get(address).content.decode()
