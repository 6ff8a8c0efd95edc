"""户档 through HTTP: masked, revealed one field at a time, corrected with evidence, imported, judged."""

import html
import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.configuration.services import confirm as confirm_setting
from portal.configuration.services import propose
from portal.ledger.models import Event
from workflows.demo import build, names, play
from workflows.demo.build import County
from workflows.registry.checking import NewMember
from workflows.registry.duplicates import look
from workflows.registry.models import DuplicatePair, Household, Member, RegisterChange
from workflows.registry.services import register_household

from ..county import make_batch
from ..registry.tables import filled, head, upload
from .conftest import SignIn
from .test_queries import no_recheck, queries

__all__ = ["no_recheck"]

IMPORTS, DUPLICATES = "/admin/desk/households/import/", "/admin/desk/households/duplicates/"


def page(home: Household) -> str:
    """Return the address of a household's page."""
    return f"/admin/desk/households/{home.pk}/"


def secrets(home: Household) -> list[str]:
    """Return what must not stand on the page."""
    return [home.phone, home.bank_card, *(one.id_number for one in home.members.all())]


def text(client: Client, address: str, **body: Any) -> str:
    """Return the page, or the answer to a POST of `body`, whatever its status."""
    answer = client.post(address, body) if body else client.get(address)
    assert "no-store" in answer["Cache-Control"]
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("username", ["clerk1", "helper1", "reviewer1", "head1", "county", "supervisor"])
def test_a_household_is_read_with_its_numbers_masked(county: County, sign_in: SignIn, username: str) -> None:
    home = build.make_family(county, "禾坪村", 1, "clerk1", "lifted")
    shown = text(sign_in(username), page(home))
    assert home.head_name in shown and "人均" in shown and "建档" in shown
    assert not [one for one in secrets(home) if one in shown]
    # The form to correct it offers every cause; what stands is not told.
    assert "因病" not in re.sub(r"<option.*?</option>", "", shown, flags=re.DOTALL)


@pytest.mark.parametrize("username", ["clerk2", "reviewer2", "sysadmin", "security", "audit", "editor"])
def test_a_household_of_another_place_is_missing(county: County, sign_in: SignIn, username: str) -> None:
    home = build.make_household(county, "禾坪村", 1, "clerk1")
    client = sign_in(username)
    reveal = {"do": "reveal", "field": "phone", "reason": "contact"}
    assert client.get(page(home)).status_code == client.post(page(home), reveal).status_code == 404
    assert not Event.objects.filter(kind="household.field_revealed").exists()


def test_one_field_is_revealed_by_a_post_and_told_in_the_ledger(county: County, sign_in: SignIn) -> None:
    home = build.make_household(county, "禾坪村", 1, "clerk1")
    member = home.members.order_by("pk")[1]
    client = sign_in("reviewer1")
    body = {"do": "reveal", "field": "id_number", "member": member.pk, "reason": "check"}
    shown = text(client, page(home), **body)
    assert [one for one in secrets(home) if one in shown] == [member.id_number]
    event = Event.objects.get(kind="household.field_revealed")
    assert event.object_id == str(home.pk) and event.actor == county["reviewer1"]
    for word in ('"field":"id_number"', f'"member":{member.pk}', '"reason":"check"'):
        assert word in event.record
    assert member.id_number not in event.record
    assert member.id_number not in text(client, page(home))
    assert "请先选为什么要看" in text(client, page(home), do="reveal", field="phone", reason="")


@pytest.mark.parametrize(
    ("username", "field"),
    [("head1", "phone"), ("helper1", "bank_card"), ("supervisor", "phone"), ("helper1", "id_number")],
)
def test_an_office_that_does_not_need_a_field_is_not_shown_it(
    county: County, sign_in: SignIn, username: str, field: str
) -> None:
    home = build.make_household(county, "禾坪村", 1, "clerk1")
    member = home.members.order_by("pk")[0]
    client = sign_in(username)
    body = {"do": "reveal", "field": field, "member": member.pk, "reason": "check"}
    answer = client.post(page(home), body)
    assert answer.status_code == 422 and "不需要查看" in answer.content.decode()
    assert not Event.objects.filter(kind="household.field_revealed").exists()


def test_who_sees_a_field_is_the_countys_setting(county: County, sign_in: SignIn) -> None:
    home = build.make_household(county, "禾坪村", 1, "clerk1")
    setting = propose(
        by=county["county"],
        key="reveal.phone",
        area=county.areas["枫禾县"],
        value=["township_head"],
        valid_from=home.registered_on,
        source="演示",
    )
    confirm_setting(by=county["countyhead"], setting=setting)
    body = {"do": "reveal", "field": "phone", "reason": "contact"}
    assert home.phone in text(sign_in("head1"), page(home), **body)
    assert home.phone not in text(sign_in("clerk1"), page(home), **body)


def test_a_first_card_is_registered_with_evidence_and_another_by_the_level_above(
    county: County, sign_in: SignIn
) -> None:
    home = build.make_household(county, "禾坪村", 1, "clerk1")
    Household.objects.update(bank_card="")
    body = {"do": "card", "card-bank_card": names.bank_card(90)}
    without = sign_in("clerk1").post(page(home), body)
    assert without.status_code == 422 and names.bank_card(90) in without.content.decode()
    assert sign_in("clerk1").post(page(home), body | {"card-evidence": play.photo("card")}).status_code == 302
    home.refresh_from_db()
    change = RegisterChange.objects.get(kind="card")
    assert home.bank_card == names.bank_card(90) and change.evidence is not None
    assert change.after == home.card_last4 and home.history.count() == 2
    other = {"do": "card", "card-bank_card": names.bank_card(91)}
    refused = sign_in("clerk1").post(page(home), other | {"card-evidence": play.photo("b")})
    assert refused.status_code == 422 and "换卡" in refused.content.decode()
    bad = SimpleUploadedFile("card.jpg", b"<html>", "image/jpeg")
    assert sign_in("reviewer1").post(page(home), other | {"card-evidence": bad}).status_code == 422
    assert (
        sign_in("reviewer1").post(page(home), other | {"card-evidence": play.photo("c")}).status_code == 302
    )
    assert sign_in("supervisor").get(f"/files/{change.evidence_id}/").status_code in (200, 404)


def test_an_income_is_recorded_and_put_right_with_its_history(county: County, sign_in: SignIn) -> None:
    home = build.make_household(county, "禾坪村", 1, "clerk1")
    client = sign_in("helper1")
    body = {
        "do": "income",
        "income-year": "2025",
        "income-source": "survey",
        "income-operating_fen": "-1,200.5",
        "income-wage_fen": "9000",
        "income-property_fen": "0",
        "income-transfer_fen": "1800",
    }
    assert client.post(page(home), body).status_code == 302
    income = home.incomes.get()
    assert (income.total_fen, income.people, income.per_person_fen) == (959_950, 2, 479_975)
    assert client.post(page(home), body | {"income-wage_fen": "9500"}).status_code == 302
    assert home.incomes.get().history.count() == 2
    shown = text(client, page(home))
    assert "入户调查" in shown and "2025 年收入（元）" in shown
    wrong = client.post(page(home), body | {"income-wage_fen": "-1"})
    assert wrong.status_code == 422 and home.incomes.get().wage_fen == 950_000
    assert client.post(page(home), body | {"income-year": "2099"}).status_code == 422
    assert sign_in("supervisor").post(page(home), body).status_code == 422


def test_details_are_corrected_and_a_category_cannot_be(county: County, sign_in: SignIn) -> None:
    home = build.make_household(county, "禾坪村", 1, "clerk1")
    body = {"do": "details", "details-group_name": "九组", "details-phone": names.phone(80)}
    assert sign_in("clerk1").post(page(home), body | {"category": "ordinary"}).status_code == 302
    home.refresh_from_db()
    assert (home.group_name, home.phone, home.category) == ("九组", names.phone(80), "lifted")
    shown = text(sign_in("clerk1"), page(home))
    assert "九组" in shown and names.phone(80) not in shown and 'name="category"' not in shown
    assert sign_in("head1").post(page(home), body).status_code == 422


def test_the_page_takes_the_same_queries_with_many_changes(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1)
    home = Household.objects.get()
    client = sign_in("clerk1")
    before = queries(client, page(home))
    for number in range(30):
        RegisterChange.objects.create(household=home, kind="details", by=county["clerk1"], after=str(number))
        home.group_name = f"{number}组"
        home.save()
    assert queries(client, page(home)) == before
    assert batch.title in text(client, page(home))


def test_the_list_is_narrowed_and_found_by_number(county: County, sign_in: SignIn) -> None:
    homes = [build.make_household(county, "禾坪村", number, "clerk1") for number in (1, 2)]
    client = sign_in("clerk1")
    where = "/admin/desk/households/"
    person = names.person(2)
    for asked in (str(homes[1].pk), person.id_number, person.name):
        shown = client.post(where, {"name": asked}).content.decode()
        assert homes[1].head_name in shown and homes[0].head_name not in shown
    shown = client.get(where, {"group": homes[0].group_name, "category": "lifted"}).content.decode()
    assert homes[0].head_name in shown and homes[1].head_name not in shown
    assert "没有这样的户" in client.get(where, {"category": "low_income"}).content.decode()


def test_groups_stand_by_their_number_and_not_by_the_letters(county: County) -> None:
    homes = [build.make_household(county, "禾坪村", number, "clerk1") for number in range(1, 7)]
    wanted = ["一组", "二组", "三组", "十组", "十一组", "二十一组"]
    for home, group in zip(homes, reversed(wanted), strict=True):
        Household.objects.filter(pk=home.pk).update(group_name=group)
    assert [one.group_name for one in Household.objects.in_order()] == wanted


def test_a_table_is_previewed_then_confirmed(county: County, sign_in: SignIn) -> None:
    client = sign_in("clerk1")
    given = client.get(IMPORTS + "template/")
    assert given.content.startswith(b"PK") and "attachment" in given["Content-Disposition"]
    address = client.post(IMPORTS, {"table": upload(filled([head(1), head(2)]))})["Location"]
    shown = text(client, address)
    assert "新登记 2 户" in shown and not Household.objects.exists()
    digest = re.findall(r'name="digest" value="(\w+)"', shown)[0]
    assert "和您看到的不一样" in text(client, address, do="confirm", digest="0" * 64)
    for other in ("reviewer1", "clerk2"):
        assert sign_in(other).get(address).status_code == 404
        assert sign_in(other).post(address, {"do": "confirm", "digest": digest}).status_code == 404
    assert client.post(address, {"do": "confirm", "digest": digest}).status_code == 302
    assert Household.objects.count() == 2
    assert client.post(address, {"do": "confirm", "digest": digest}).status_code == 422
    assert Household.objects.count() == 2


def test_a_bad_table_is_told_by_cell_on_the_page(county: County, sign_in: SignIn) -> None:
    client = sign_in("clerk1")
    address = client.post(IMPORTS, {"table": upload(filled([head(1, id_number="990101630202001")]))})[
        "Location"
    ]
    shown = text(client, address)
    assert "<b>F2</b>：这是 15 位的旧号码" in shown and 'value="confirm"' not in shown
    refused = client.post(IMPORTS, {"table": upload(b"id,name")})
    assert refused.status_code == 422 and "不是 Excel" in refused.content.decode()
    assert client.post(IMPORTS, {}).status_code == 422
    assert client.post(address, {"do": "withdraw"}).status_code == 302
    assert not Household.objects.exists()


def twins(county: County) -> DuplicatePair:
    """Register two people of one name and birth in one village, and return their pair."""
    for number in (1, 2):
        register_household(
            by=county["clerk1"],
            area=county.areas["禾坪村"],
            group_name="一组",
            category="lifted",  # type: ignore[arg-type]
            members=[
                NewMember("伍同名", "户主", names.id_number(date(1960, 5, 6), number)),
                NewMember(f"伍配{number}", "配偶", names.id_number(date(1961, 5, 6), number)),
            ],
        )
    return DuplicatePair.objects.get()


def test_a_pair_judged_distinct_is_never_raised_again(county: County, sign_in: SignIn) -> None:
    pair = twins(county)
    client = sign_in("reviewer1")
    assert "伍同名" in text(client, DUPLICATES)
    assert client.post(DUPLICATES, {"pair": pair.pk, "do": "distinct", "reason": ""}).status_code == 422
    assert (
        client.post(DUPLICATES, {"pair": pair.pk, "do": "distinct", "reason": "看了户口簿"}).status_code
        == 302
    )
    office = county["clerk1"].offices.get()
    assert look(pair.second.household, by=county["clerk1"], office=office) == []
    assert "没有要判定的" in text(client, DUPLICATES)
    assert Event.objects.filter(kind="duplicate.judged").count() == 1
    for other in ("clerk1", "head1", "supervisor"):
        assert sign_in(other).get(DUPLICATES).status_code == 404
    assert sign_in("reviewer2").post(DUPLICATES, {"pair": pair.pk, "do": "same"}).status_code == 404


def test_one_person_registered_twice_keeps_the_first_record(county: County, sign_in: SignIn) -> None:
    pair = twins(county)
    client = sign_in("reviewer1")
    same = {"pair": pair.pk, "do": "same", "reason": "看了户口簿"}
    assert "变更户主" in text(client, DUPLICATES, **same)
    Member.objects.filter(household=pair.second.household, relation="配偶").update(left_on=date(2026, 1, 1))
    assert client.post(DUPLICATES, same).status_code == 302
    pair.second.refresh_from_db()
    assert pair.second.left_why == "duplicate" and pair.second.household.standing == "closed"


def test_nobody_applies_while_a_member_may_be_registered_twice(county: County) -> None:
    pair = twins(county)
    assert county.programme is not None
    with pytest.raises(Exception, match="重复登记"):
        play.file_all(county, "helper1", [pair.first.household], county.programme)
