"""Reading evidence is an event: pages show pictures once opened, and the trail says who read what."""

import json
import re

from django.urls import reverse

from portal.files import access
from portal.files.models import PrivateFile
from portal.ledger.models import Event
from portal.people.models import Role
from workflows.demo.build import County
from workflows.supervision import acts, trail
from workflows.supervision.asked import Asked

from ..county import make_batch
from .conftest import SignIn, rows
from .test_case import address, visit


def test_photos_of_a_case_show_after_one_click_that_the_trail_tells_in_words(
    county: County, sign_in: SignIn
) -> None:
    case = rows(make_batch(county, rows=1, until="check"))[0]
    assert sign_in("reviewer1").post(address(case), visit()).status_code == 302
    photo = PrivateFile.objects.get(reference__startswith="visit:")
    client = sign_in("head1")
    shut = client.get(address(case)).content.decode()
    link = reverse("private_file", args=[photo.pk])
    assert "<img" not in shut.split('id="visit"')[1].split("</section>")[0]
    assert "看这 1 张照片" in shut and f'formaction="{link}"' in shut
    assert client.get(link)["Content-Type"].startswith("text/html")
    assert not Event.objects.filter(kind="file.opened").exists(), "a look at the case opens nothing"
    opener = re.search(r"<form[^>]*data-desk-opener>.*?</form>", shut, re.S)
    assert opener and 'target="_blank"' in opener[0], "what is typed on the case's page stays"
    assert f'name="file" value="{photo.pk}"' in opener[0]
    answer = client.post(reverse("private_files"), {"file": [photo.pk]}, follow=True)
    beside = answer.content.decode()
    assert f'<img src="{link}"' in beside and f"办件 {case.number}" in beside
    shown = client.get(address(case)).content.decode()
    assert f'<img src="{link}"' in shown and "看这 1 张照片" not in shown
    assert client.get(link)["Content-Type"] == "image/jpeg"
    event = Event.objects.get(kind="file.opened")
    assert (event.actor, event.role) == (county["head1"], Role.TOWNSHIP_HEAD)
    assert (event.area_code, event.line) == (case.area.code, case.line)
    body = json.loads(event.record)["body"]
    assert (body["sha256"], body["belongs_to"]) == (photo.sha256, f"case:{case.number}")
    found = trail.page(county["supervisor"], Asked(number=case.number)).events
    assert event.pk in {one.pk for one in found}, "found by the number of the case"
    line = acts.lines([event])[0]
    assert (line.label, line.summary) == ("打开附件", f"办件 {case.number}")
    page = sign_in("supervisor").get(reverse("desk:trail_act", args=[event.pk])).content.decode()
    assert "打开附件" in page and f"办件 {case.number}" in page and photo.sha256 in page


def test_every_kind_of_private_file_says_what_it_belongs_to() -> None:
    assert set(access._owners) == set(access._rules)
    assert {"case", "visit", "household", "list", "deliberation", "ticket"} <= set(access._owners)
