"""What is typed into the forms of a change, an exit or an aid is kept for the person, and files nothing."""

from typing import Any

import pytest

from workflows.changes.models import Aid, ChangeRequest
from workflows.demo import build
from workflows.demo.build import County
from workflows.demo.change_play import file_entry
from workflows.desk.models import Draft
from workflows.engine.models import Case
from workflows.registry.models import Category, Household

from ..desk.conftest import SignIn

pytestmark = pytest.mark.django_db
DESK = "/admin/desk"


def home(county: County, number: int, category: str = Category.LIFTED) -> Household:
    return build.make_household(county, "禾坪村", number, "clerk1", category)


FORMS = [
    ("change", "enter", Category.ORDINARY, {"a-situation": "主要劳力受伤"}, "主要劳力受伤"),
    ("exit", "exit", Category.MARGINAL, {"a-living": "搬进了新房", "a-c-income": "看过流水"}, "看过流水"),
    ("aid", "aid", Category.LIFTED, {"a-reason": "摔伤住院", "urgent": "yes"}, "摔伤住院"),
]


@pytest.mark.parametrize(("screen", "wanted", "category", "typed", "words"), FORMS)
def test_a_half_filled_form_is_kept_for_its_person_alone_and_thrown_away_on_request(
    county: County,
    sign_in: SignIn,
    screen: str,
    wanted: str,
    category: str,
    typed: dict[str, Any],
    words: str,
) -> None:
    household = home(county, 71, category)
    address = f"{DESK}/file/{screen}/?household={household.pk}&wanted={wanted}"
    whose = {"household": household.pk, "wanted": wanted}
    client = sign_in("helper1")
    assert client.post(address, {**whose, **typed, "do": "keep"}).status_code == 302
    assert not Case.objects.exists()
    shown = client.get(address).content.decode()
    assert "您上次填的还在" in shown and words in shown and "data-desk-keep" in shown
    if "urgent" in typed:
        assert 'name="urgent" value="yes" checked' in shown
    assert words not in sign_in("clerk1").get(address).content.decode()
    told = client.post(address, {**whose, **typed, "do": "keep"}, headers={"X-Desk-Draft": "1"})
    assert told.json()["stale"] is False and Draft.objects.count() == 1
    assert words not in Draft.objects.values_list("place", flat=True)[0]
    assert client.post(address, {**whose, "do": "discard"}).status_code == 302
    assert not Draft.objects.exists()


def test_several_ticked_boxes_are_kept(county: County, sign_in: SignIn) -> None:
    household = home(county, 72)
    people = [str(member.pk) for member in household.present_members]
    address = f"{DESK}/file/change/?household={household.pk}&wanted=split"
    client = sign_in("clerk1")
    client.post(address, {"household": household.pk, "wanted": "split", "do": "keep", "a-members": people})
    shown = client.get(address).content.decode()
    assert all(f'value="{pk}" checked' in shown for pk in people)


def test_filing_forgets_the_draft(county: County, sign_in: SignIn) -> None:
    household = home(county, 73)
    address = f"{DESK}/file/aid/?household={household.pk}"
    typed = {"household": household.pk, "a-need": "accident", "a-reason": "摔伤住院", "a-amount_fen": "1500"}
    client = sign_in("helper1")
    client.post(address, typed | {"do": "keep"})
    assert client.post(address, typed | {"do": "file"}).status_code == 302
    assert Aid.objects.count() == 1 and not Draft.objects.exists()


def test_an_amendment_is_kept_until_it_is_sent(county: County, sign_in: SignIn) -> None:
    batch = file_entry(county, "helper1", home(county, 74, Category.ORDINARY))
    address, client = f"{DESK}/cases/{batch.cases.get().number}/change/", sign_in("helper1")
    said = {"category": "sudden_hardship", "situation": "又查了一次", "income_fen": "9000", "evidence": "表"}
    sent = {f"a-{key}": value for key, value in said.items()} | {"seen_version": batch.version}
    assert client.post(address, sent | {"do": "keep"}).status_code == 302
    assert "又查了一次" in client.get(address).content.decode()
    assert ChangeRequest.objects.get().details["situation"] != "又查了一次"
    assert client.post(address, sent).status_code == 302
    assert ChangeRequest.objects.get().details["situation"] == "又查了一次" and not Draft.objects.exists()


def test_nobody_keeps_a_draft_of_a_household_that_they_do_not_see(county: County, sign_in: SignIn) -> None:
    household = home(county, 75)
    for screen in ("change", "exit", "aid"):
        whose = {"household": household.pk, "wanted": "enter", "do": "keep"}
        assert sign_in("clerk8").post(f"{DESK}/file/{screen}/", whose).status_code == 404
    assert not Draft.objects.exists()
