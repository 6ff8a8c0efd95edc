"""农户 and 亲属回避 through HTTP: registering households, and declaring who is related to them."""

import html
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.areas.models import Area
from portal.ledger.models import Event
from portal.ledger.verifier import verify
from portal.people.models import Line, Role
from workflows.demo import build, names, play
from workflows.demo.build import County
from workflows.engine.models import Decision
from workflows.registry.models import (
    Degree,
    DuplicatePair,
    Household,
    HouseholdImport,
    Kinship,
    Member,
)

from ..county import make_batch
from ..registry.tables import filled, head, member
from .conftest import SignIn, page
from .test_queries import no_recheck, queries

__all__ = ["no_recheck"]

HOUSEHOLDS, NEW, KINSHIP = (
    "/admin/desk/households/",
    "/admin/desk/households/new/",
    "/admin/desk/kinship/",
)
HEAD, SPOUSE = names.person(31), names.person(32)


def typed(county: County, village: str = "禾坪村", **changes: Any) -> dict[str, Any]:
    """Return the form of a household of two with an empty row."""
    return {
        "do": "register",
        "count": "3",
        "area": county.areas[village].pk,
        "group_name": "三组",
        "category": "lifted",
        "phone": names.phone(31),
        "bank_card": names.bank_card(31),
        "members-0-name": HEAD.name,
        "members-0-relation": "户主",
        "members-0-id_number": HEAD.id_number,
        "members-0-labour": "able",
        "members-1-name": SPOUSE.name,
        "members-1-relation": "配偶",
        "members-1-id_number": SPOUSE.id_number,
        "members-1-labour": "lost",
        "members-2-name": "",
        "members-2-relation": "",
        "members-2-id_number": "",
        "members-2-labour": "",
        **changes,
    }


@pytest.mark.parametrize("username", ["clerk1", "reviewer1", "county"])
def test_a_household_is_registered_with_its_members(county: County, sign_in: SignIn, username: str) -> None:
    client = sign_in(username)
    shown = client.post(NEW, typed(county), follow=True).content.decode()
    home = Household.objects.get()
    assert (home.head_name, home.group_name, home.area) == (HEAD.name, "三组", county.areas["禾坪村"])
    members = [(one.name, one.relation, one.able_to_work) for one in home.members.order_by("pk")]
    assert members == [(HEAD.name, "户主", True), (SPOUSE.name, "配偶", False)]
    assert HEAD.name in shown and "199****0031" in shown
    for secret in (home.phone, home.bank_card, HEAD.id_number, SPOUSE.id_number):
        assert secret not in shown
    assert home.head_name in client.get("/admin/desk/households/?p=1").content.decode()


def test_a_clerks_own_village_is_chosen_beforehand(county: County, sign_in: SignIn) -> None:
    shown = sign_in("clerk1").get(NEW).content.decode()
    assert f'value="{county.areas["禾坪村"].pk}" selected' in shown
    assert "竹坞村" not in shown
    township = sign_in("reviewer1").get(NEW).content.decode()
    assert "竹坞村" in township and "榆坪村" not in township


def wrong_id(number: str) -> str:
    """Return the number with another check character."""
    return number[:-1] + ("0" if number[-1] != "0" else "1")


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"members-1-id_number": wrong_id(SPOUSE.id_number)}, "members-1-id_number", "校验不对"),
        ({"members-0-id_number": "٣" * 18}, "members-0-id_number", "校验不对"),
        ({"members-0-id_number": names.id_number(date(2090, 1, 1), 7)}, "members-0-id_number", "校验不对"),
        ({"members-1-id_number": HEAD.id_number}, "members-1-id_number", "填了两次"),
        ({"members-0-name": " "}, "members-0-name", "姓名"),
        ({"members-2-id_number": names.person(33).id_number}, "members-2-name", "姓名"),
        ({"members-1-relation": ""}, "members-1-relation", "与户主的关系"),
        ({"members-0-id_number": "990101630202001"}, "members-0-id_number", "15 位的旧号码"),
        ({"members-0-labour": ""}, "members-0-labour", "劳动能力"),
        ({"phone": "没有"}, "phone", "只填数字"),
        ({"bank_card": "12"}, "bank_card", "照卡面核对"),
        ({"group_name": ""}, "group_name", "必填"),
        ({"category": ""}, "category", "必填"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    county: County, sign_in: SignIn, changes: dict[str, str], field: str, said: str
) -> None:
    answer = sign_in("clerk1").post(NEW, typed(county, **changes))
    shown = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    error = shown[shown.index(f'id="id_{field}_error"') :].split("</p>")[0]
    assert said in error
    for name, value in typed(county, **changes).items():
        if (
            name not in ("do", "count", "area", "category")
            and str(value).strip()
            and "relation" not in name
            and "labour" not in name
        ):
            assert f'value="{value}"' in shown, name
    assert "no-store" in answer["Cache-Control"]
    assert not Household.objects.exists() and not Member.objects.exists()


def test_a_person_of_another_household_is_pointed_out(county: County, sign_in: SignIn) -> None:
    client = sign_in("clerk1")
    client.post(NEW, typed(county))
    again = typed(county, **{"members-0-name": "沈另立", "members-0-id_number": names.person(40).id_number})
    answer = client.post(NEW, again | {"members-1-id_number": SPOUSE.id_number.lower()})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "已经登记在别的户里" in shown[shown.index('id="id_members-1-id_number_error"') :].split("</p>")[0]
    assert Household.objects.count() == 1


def test_somebody_of_the_same_name_and_birth_is_registered_and_pointed_out(
    county: County, sign_in: SignIn
) -> None:
    client = sign_in("clerk1")
    client.post(NEW, typed(county))
    born = date.fromisoformat(f"{HEAD.id_number[6:10]}-{HEAD.id_number[10:12]}-{HEAD.id_number[12:14]}")
    alike = {
        "members-0-id_number": names.id_number(born, 888),
        "members-1-name": "",
        "members-1-relation": "",
    }
    alike |= {"members-1-id_number": "", "members-1-labour": "", "phone": "", "bank_card": ""}
    assert client.post(NEW, typed(county, **alike)).status_code == 302
    told = Event.objects.filter(object_type__in=["household", "duplicate"]).order_by("-sequence")[:2]
    assert {one.kind for one in told} == {"household.registered", "duplicate.found"}
    assert DuplicatePair.objects.get().state == "open" and not any(HEAD.name in one.record for one in told)


def test_a_table_registers_and_puts_right_with_an_event_for_each(county: County, sign_in: SignIn) -> None:
    client = sign_in("clerk1")

    def imported(*rows: dict[str, Any]) -> set[str]:
        sent = SimpleUploadedFile("户.xlsx", filled(rows), "application/octet-stream")
        assert client.post(reverse("desk:imports"), {"table": sent}).status_code == 302
        pending, before = HouseholdImport.objects.latest("pk"), Event.objects.count()
        where = reverse("desk:import", args=[pending.pk])
        stale = client.post(where, {"do": "confirm", "digest": "x"})
        assert stale.status_code == 422 and Event.objects.count() == before
        done = client.post(where, {"do": "confirm", "digest": pending.plan_digest})
        assert done.status_code == 302, done.content.decode()
        told = Event.objects.order_by("sequence")[before:]
        assert {one.actor for one in told} == {county["clerk1"]}
        return {one.kind for one in told}

    plain = {"phone": None, "bank_card": None}
    first = imported(head(1, **plain), member(301, 1))
    assert first == {"import.confirmed", "household.registered", "household.income_recorded"}
    alike = names.id_number(date(1963, 2, 2), 888)
    changed = [head(1, helper="helper1", wage_fen=9000), member(301, 1, labour="丧失劳动力")]
    assert imported(*changed, head(1, 9, id_number=alike, **plain)) == first | {
        *("duplicate.found", "helper.assigned"),
        *("household.corrected", "household.card_registered"),
    }
    assert verify().fault is None


def test_rows_for_more_members_keep_what_was_typed(county: County, sign_in: SignIn) -> None:
    answer = sign_in("clerk1").post(NEW, typed(county, do="more"))
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="members-5-name"' in shown and 'name="count" value="6"' in shown
    assert f'value="{HEAD.id_number}"' in shown and "desk-error" not in shown


def test_nobody_registers_in_another_village(county: County, sign_in: SignIn) -> None:
    answer = sign_in("clerk1").post(NEW, typed(county, village="竹坞村"))
    assert answer.status_code == 422 and not Household.objects.exists()
    build.make_official(county, "schools", "田教育", Role.TOWNSHIP_REVIEWER, "杉坞镇", Line.EDUCATION)
    assert sign_in("schools").post(NEW, typed(county)).status_code == 422


@pytest.mark.parametrize(
    "username",
    ["helper1", "watch1", "secretary1", "head1", "finance", "supervisor", "editor", "security", "audit"],
)
def test_the_register_is_missing_to_those_who_do_not_keep_it(
    county: County, sign_in: SignIn, username: str
) -> None:
    client = sign_in(username)
    for address in (HOUSEHOLDS, NEW):
        assert client.get(address).status_code == client.post(address, typed(county)).status_code == 404
    assert not Household.objects.exists()


def test_a_household_is_listed_and_found_in_its_own_area_alone(county: County, sign_in: SignIn) -> None:
    home = build.make_household(county, "禾坪村", 1, "clerk1")
    assert home.head_name in sign_in("clerk1").get(HOUSEHOLDS).content.decode()
    for username in ("clerk2", "clerk8", "reviewer2"):
        client = sign_in(username)
        assert home.head_name not in client.get(HOUSEHOLDS).content.decode()
        shown = client.post(HOUSEHOLDS, {"do": "find", "name": home.head_name}).content.decode()
        assert "没有找到这个名字" in shown
    found = sign_in("reviewer1").post(HOUSEHOLDS, {"do": "find", "name": names.person(251).name})
    assert home.head_name in found.content.decode()


def test_the_list_takes_the_same_queries_at_any_length(county: County, sign_in: SignIn) -> None:
    home = build.make_household(county, "禾坪村", 1, "clerk1")
    columns = [field.attname for field in Household._meta.concrete_fields if field.attname != "id"]

    def grow(count: int) -> None:
        kept = {name: getattr(home, name) for name in columns}
        Household.objects.bulk_create(Household(**kept) for _n in range(count))

    client = sign_in("clerk1")
    grow(40)
    at_40 = queries(client, HOUSEHOLDS)
    grow(400)
    assert queries(client, HOUSEHOLDS) == at_40 <= queries(sign_in("sysadmin"), "/admin/") + 5
    assert Area.objects.exists()


def test_an_official_declares_a_relative_and_is_kept_from_that_row(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="approve")
    home = Household.objects.get()
    client = sign_in("head1")
    found = client.post(KINSHIP, {"do": "find", "name": home.head_name}).content.decode()
    assert f'name="household" value="{home.pk}"' in found
    assert "是这户的什么人" in client.post(KINSHIP, {"do": "choose", "household": home.pk}).content.decode()
    without = client.post(KINSHIP, {"do": "declare", "household": home.pk, "degree": ""})
    assert without.status_code == 422 and "必填" in without.content.decode()
    declared = {"do": "declare", "household": home.pk, "degree": "sibling"}
    shown = client.post(KINSHIP, declared, follow=True).content.decode()
    assert "兄弟姐妹" in shown and "要回避" in shown
    assert "回避" in client.get(page(batch.number)).content.decode()
    # Nobody else is left in the township: it goes to the level above, and the relative decides nothing.
    play.sign(batch, county["head1"])
    assert not Decision.objects.filter(step="approve", verdict="agree").exists()


def test_nobody_talks_themselves_out_of_a_recusal(county: County, sign_in: SignIn) -> None:
    home = build.make_household(county, "禾坪村", 1, "clerk1")
    client = sign_in("reviewer1")
    declared = {"do": "declare", "household": home.pk, "degree": "spouse"}
    client.post(KINSHIP, declared)
    answer = client.post(KINSHIP, declared | {"degree": "other"})
    assert answer.status_code == 422 and "已经申报过这一户" in answer.content.decode()
    correction = declared | {"degree": "other", "username": "reviewer1"}
    assert sign_in("county").post(KINSHIP, correction).status_code == 302
    assert Kinship.objects.get().degree == Degree.OTHER


def test_a_reviewer_records_somebody_elses_relation_and_others_do_not(
    county: County, sign_in: SignIn
) -> None:
    home = build.make_household(county, "禾坪村", 1, "clerk1")
    about = {"do": "declare", "household": home.pk, "degree": "sibling", "username": "secretary1"}
    unknown = sign_in("reviewer1").post(KINSHIP, about | {"username": "clerk8"})
    assert unknown.status_code == 422 and "没有这个账号" in unknown.content.decode()
    assert sign_in("reviewer1").post(KINSHIP, about).status_code == 302
    assert Kinship.objects.get().user == county["secretary1"]
    sign_in("clerk1").post(KINSHIP, about | {"username": "head1"})
    assert not Kinship.objects.filter(user=county["head1"]).exists()


def test_a_household_of_another_place_cannot_be_chosen(county: County, sign_in: SignIn) -> None:
    home = build.make_household(county, "禾坪村", 1, "clerk1")
    for username in ("clerk2", "reviewer2"):
        client = sign_in(username)
        assert "没有找到" in client.post(KINSHIP, {"do": "find", "name": home.head_name}).content.decode()
        hidden = client.post(KINSHIP, {"do": "declare", "household": home.pk, "degree": "self"})
        absent = client.post(KINSHIP, {"do": "declare", "household": 987654, "degree": "self"})
        assert hidden.status_code == absent.status_code == 404 and hidden.content == absent.content
    assert not Kinship.objects.exists()


@pytest.mark.parametrize("username", ["supervisor", "assessor", "editor", "security", "sysadmin", "audit"])
def test_those_who_decide_nothing_declare_nothing(county: County, sign_in: SignIn, username: str) -> None:
    client = sign_in(username)
    assert client.get(KINSHIP).status_code == client.post(KINSHIP, {"do": "find"}).status_code == 404
