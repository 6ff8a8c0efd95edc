"""Where a village has nobody who files, its township does, and somebody else of the township checks it."""

import json

import pytest

from portal import clock
from portal.ledger.models import Event
from portal.people.models import Line, Office, Role
from portal.people.services import end_office
from workflows.demo import build, play
from workflows.demo.build import DEFINITION, County, make_household
from workflows.engine.errors import ActedAtAnotherLevel
from workflows.engine.models import Batch, Case
from workflows.registry.models import Household
from workflows.requests.models import HelpRequest, RequestState

from ..county import VILLAGE
from ..programmes.test_ranking import new_version
from .test_desk import SignIn, seen
from .test_paper_forms import FORM, NEW, paper, request_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def vacant(county: County) -> County:
    """Return the county with a household in a village where nobody holds an office that files."""
    make_household(county, VILLAGE, 61, "clerk1")
    # Straight to the township's check, which somebody else is to do.
    new_version(county, {**DEFINITION, "deliberation": False})
    build.make_official(county, "reviewer9", "另一位", Role.TOWNSHIP_REVIEWER, "杉坞镇", Line.ASSISTANCE)
    for office in Office.objects.filter(area=county.areas[VILLAGE]).in_force(clock.today()):
        end_office(by=county["security"], office=office, on=clock.today(), reason="换届")
    return county


def filed(county: County, sign_in: SignIn) -> HelpRequest:
    """Let the township write a paper down and file it at its own screen; return the request."""
    programme = county.programme
    assert programme is not None
    client = sign_in("reviewer1")
    asked = request_of(client, paper(county, do="register", form=programme.slug, **FORM))
    assert asked.holder.name == "杉坞镇"
    assert "找这一户" in seen(client.get(f"/admin/desk/requests/{asked.pk}/"))
    home = Household.objects.get(area=county.areas[VILLAGE])
    query = f"?household={home.pk}&programme={programme.slug}&request={asked.pk}&seen={asked.version}"
    assert 'value="200只"' in seen(client.get(f"/admin/desk/file/{query}"))
    given = {"programme": programme.slug, "household": home.pk, "do": "file", **FORM}
    assert client.post(f"/admin/desk/file/{query}", given).status_code == 302
    asked.refresh_from_db()
    return asked


def test_the_township_files_openly_and_another_of_it_checks(vacant: County, sign_in: SignIn) -> None:
    asked = filed(vacant, sign_in)
    assert asked.state == RequestState.FILED
    opened = json.loads(Event.objects.get(kind="case.opened").record)
    assert opened["body"]["raised"] == Role.TOWNSHIP_REVIEWER and opened["role"] == Role.TOWNSHIP_REVIEWER
    batch = Batch.objects.get()
    play.sign(batch, vacant["reviewer1"])
    batch.refresh_from_db()
    assert batch.step == "check"
    play.visit_all(batch, vacant["reviewer9"])
    with pytest.raises(ActedAtAnotherLevel):
        play.check(batch, vacant["reviewer1"])
    play.check(batch, vacant["reviewer9"])
    assert Case.objects.get().step == "publish"


def test_who_handed_it_in_for_the_village_does_not_check_it_either(vacant: County, sign_in: SignIn) -> None:
    filed(vacant, sign_in)
    batch = Batch.objects.get()
    play.sign(batch, vacant["reviewer9"])
    batch.refresh_from_db()
    play.visit_all(batch, vacant["reviewer9"])
    with pytest.raises(ActedAtAnotherLevel, match="替村里报上来的"):
        play.check(batch, vacant["reviewer9"])


def test_where_the_village_has_somebody_the_township_does_not_file(county: County, sign_in: SignIn) -> None:
    programme = county.programme
    assert programme is not None
    home = make_household(county, VILLAGE, 61, "clerk1")
    address = f"/admin/desk/file/?programme={programme.slug}&household={home.pk}"
    assert sign_in("reviewer1").get(address).status_code == 404
    assert sign_in("reviewer1").get(NEW).status_code == 200
    assert sign_in("clerk1").get(address).status_code == 200


def test_a_draft_of_the_township_is_the_villages_again_once_somebody_is_there(
    vacant: County, sign_in: SignIn
) -> None:
    filed(vacant, sign_in)
    build.make_official(vacant, "clerk99", "严新来", Role.VILLAGE_CLERK, VILLAGE, Line.ALL)
    home = make_household(vacant, VILLAGE, 62, "clerk99")
    programme = vacant.programme
    assert programme is not None
    given = {"programme": programme.slug, "household": home.pk, "do": "file", **FORM}
    assert sign_in("clerk99").post("/admin/desk/file/", given).status_code == 302
    batch = Batch.objects.get()
    assert batch.row_count == 2 and Role.TOWNSHIP_REVIEWER not in batch.pending
    assert sign_in("reviewer1").get(f"/admin/desk/file/?household={home.pk}").status_code == 404
