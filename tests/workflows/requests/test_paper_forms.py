"""A paper that reaches a township's window is typed once, by the office that takes it."""

from typing import Any

import pytest
from django.test import Client

from portal import clock
from portal.ledger.models import Event
from workflows.demo.build import County, make_household
from workflows.desk.paper_filed import filed_words, opening_roles
from workflows.engine.models import Case
from workflows.requests.models import HelpRequest, RequestState

from ..county import VILLAGE
from .conftest import PHONE
from .test_desk import SignIn, seen

pytestmark = pytest.mark.django_db

NEW = "/admin/desk/requests/new/"


def paper(county: County, **changes: Any) -> dict[str, Any]:
    """Return the desk's form for a paper of the village that asks for the programme."""
    programme = county.programme
    assert programme is not None
    return {
        "channel": "paper",
        "received_on": clock.today().isoformat(),
        "area": county.areas[VILLAGE].code,
        "what": f"p-{programme.slug}",
        "text": "想养鸡，请给补助",
        "name": "欧阳添丁",
        "phone": PHONE,
        "signed_how": "self",
    } | changes


FORM = {"a-project": "养鸡", "a-scale": "200只", "a-invested_fen": "5000"}


def request_of(client: Client, data: dict[str, Any]) -> HelpRequest:
    answer = client.post(NEW, data)
    assert answer.status_code == 200, seen(answer)
    return HelpRequest.objects.get()


def test_the_township_writes_it_down_and_the_village_files_it_without_typing(
    county: County, sign_in: SignIn
) -> None:
    programme = county.programme
    assert programme is not None
    township = sign_in("reviewer1")
    shown = seen(township.post(NEW, paper(county, do="form")))
    assert 'name="a-project"' in shown and not HelpRequest.objects.exists()
    assert "欧阳添丁" in shown and "想养鸡" in shown
    asked = request_of(township, paper(county, do="register", form=programme.slug, **FORM))
    assert asked.holder == county.areas[VILLAGE] and asked.answers["project"] == "养鸡"
    assert not asked.files_itself and "养鸡" not in Event.objects.get(kind="request.received").record
    clerk = sign_in("clerk1")
    page = seen(clerk.get(f"/admin/desk/requests/{asked.pk}/"))
    assert "已经照本人的表填好了" in page and "200只" in page
    home = make_household(county, VILLAGE, 61, "clerk1")
    query = f"?household={home.pk}&programme={programme.slug}&request={asked.pk}&seen={asked.version}"
    form = seen(clerk.get(f"/admin/desk/file/{query}"))
    assert 'value="200只"' in form and 'value="5000"' in form and "杉坞镇照本人的表登记的" in form
    assert "怎么认定是这一户填的" not in form
    filed = clerk.post(
        f"/admin/desk/file/{query}",
        {"programme": programme.slug, "household": home.pk, "do": "file", **FORM},
    )
    assert filed.status_code == 302
    asked.refresh_from_db()
    case = Case.objects.get()
    assert (asked.state, asked.case) == (RequestState.FILED, case)
    assert case.application.answers["invested_fen"] == 5_000_00 and not case.application.by_household
    said = filed_words(case, opening_roles([case])[case.number])
    assert "书面" in said and "杉坞镇登记" in said and f"村文书 {county['clerk1']} 代为填报" in said


def test_what_is_wrong_in_the_form_is_told_and_nothing_is_lost(county: County, sign_in: SignIn) -> None:
    programme = county.programme
    assert programme is not None
    data = paper(county, do="register", form=programme.slug, **FORM | {"a-invested_fen": "很多"})
    answer = sign_in("reviewer1").post(NEW, data)
    assert answer.status_code == 422 and not HelpRequest.objects.exists()
    assert 'value="200只"' in seen(answer) and "很多" in seen(answer)


def test_the_form_may_be_left_out_and_another_programme_is_not_filled_with_it(
    county: County, sign_in: SignIn
) -> None:
    programme = county.programme
    assert programme is not None
    switched = sign_in("reviewer1").post(NEW, paper(county, do="register", form="another", **FORM))
    assert switched.status_code == 422 and "换了项目" in seen(switched)
    without = seen(sign_in("reviewer1").post(NEW, paper(county, do="form", what="hardship")))
    assert "没有另外的申报表" in without
    asked = request_of(sign_in("reviewer1"), paper(county, do="register"))
    assert asked.form_version is None and asked.answers == {}
