"""What is typed into the form of an application is kept for the person until it is filed or thrown away."""

from django.urls import reverse

from workflows.demo import build
from workflows.demo.build import County
from workflows.desk.models import Draft
from workflows.engine.models import Case

from ..county import OFFICIALS, VILLAGE
from .conftest import SignIn


def test_a_half_filled_application_is_kept_and_files_nothing(county: County, sign_in: SignIn) -> None:
    household = build.make_household(county, VILLAGE, 1, OFFICIALS.clerk)
    assert county.programme is not None
    address = f"{reverse('desk:file')}?programme={county.programme.slug}&household={household.pk}"
    whose = {"programme": county.programme.slug, "household": household.pk}
    client = sign_in("helper1")
    kept = client.post(address, {**whose, "do": "keep", "a-scale": "圈舍六十平方米"})
    assert kept.status_code == 302 and not Case.objects.exists()
    shown = client.get(address).content.decode()
    assert "您上次填的还在" in shown and 'value="圈舍六十平方米"' in shown
    assert "圈舍六十平方米" not in sign_in("clerk1").get(address).content.decode()
    told = client.post(address, {**whose, "do": "keep", "a-scale": "七十"}, headers={"X-Desk-Draft": "1"})
    assert told.json()["stale"] is False and Draft.objects.count() == 1
    client.post(address, {**whose, "do": "discard"})
    assert not Draft.objects.exists()


def test_no_draft_is_kept_of_a_household_that_the_person_does_not_see(
    county: County, sign_in: SignIn
) -> None:
    household = build.make_household(county, VILLAGE, 1, OFFICIALS.clerk)
    assert county.programme is not None
    whose = {"programme": county.programme.slug, "household": household.pk, "do": "keep", "a-scale": "x"}
    assert sign_in("helper2").post(reverse("desk:file"), whose).status_code == 404
    assert not Draft.objects.exists()
