"""The official complained of sees nothing of the objection: not a byte of any screen of theirs changes."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from disclosure.publicity.models import Objection, PublicList
from disclosure.publicity.services import answer, lodge, mark_complained_of
from portal import clock
from portal.files.models import PrivateFile
from portal.files.services import prepare
from portal.outbox.models import Message
from portal.people.models import Office
from tests.portal.files.conftest import picture
from workflows.demo import play
from workflows.demo.build import County
from workflows.engine.models import Batch, Case

from ..county import make_batch
from .conftest import SignIn

PASSING = re.compile(rb'(name="csrfmiddlewaretoken" value="|"CSRF_TOKEN": "|nonce[-="]+)[\w-]+')
SCREENS = [
    *("wagtailadmin_home", "desk:todo", "desk:open", "desk:handled", "desk:closed", "desk:lists"),
    *("desk:objections", "desk:messages", "desk:month", "desk:overview", "desk:notices", "desk:requests"),
    *("desk:copies", "desk:urgent"),
]
SAID = "这一行的圈舍没有建，经办的人收了东西"


@pytest.fixture
def batch(county: County) -> Batch:
    """Return a batch whose list is running."""
    made = make_batch(county, rows=2, until="publish")
    play.sign(made, county["reviewer1"])
    return made


def the_list(batch: Batch) -> PublicList:
    """Return the list that the batch waits for."""
    return PublicList.objects.get(number=batch.waits)


def complain(batch: Batch, **whom: Any) -> Objection:
    """Lodge an objection to the first row, with a photo, from the web."""
    found = the_list(batch)
    row = found.rows.order_by("position").first()
    photo = prepare(SimpleUploadedFile("a.jpg", picture(), "image/jpeg"))
    return lodge(list_id=found.pk, row_id=row.pk, text=SAID, photos=[photo], **whom).objection  # type: ignore[union-attr]


def look(client: Client, batch: Batch) -> dict[str, tuple[int, bytes]]:
    """Return every screen that this person opens, with searches, as it stands."""
    case = Case.objects.filter(batch=batch).order_by("pk")[0]
    paths = [reverse(name) for name in SCREENS]
    paths += [
        f"{reverse(name)}?q={word}" for name in ("desk:objections", "desk:lists") for word in ("异议", "禾")
    ]
    paths += [
        reverse("desk:batch", args=[batch.number]),
        reverse("desk:case", args=[case.number]),
        reverse("desk:list", args=[batch.waits]),
    ]
    seen = {}
    for path in paths:
        response = client.get(path)
        seen[path] = (response.status_code, PASSING.sub(rb"\1", response.content))
    return seen


@pytest.mark.parametrize(
    ("username", "whom"),
    [
        ("reviewer1", {"complained_role": "township_reviewer"}),
        ("head1", {"complained_role": "township_head"}),
        ("watch1", {"complained_role": "village_supervision"}),
        ("county", {"complained_said": "县里的"}),
    ],
)
def test_no_byte_of_any_screen_of_the_complained_of_tells_of_it(
    county: County, sign_in: SignIn, batch: Batch, username: str, whom: dict[str, str]
) -> None:
    if "complained_said" in whom:
        whom = {"complained_said": f"县里的{county[username].display_name}"}
    client = sign_in(username)
    look(client, batch)
    before = look(client, batch)
    objection = complain(batch, **whom)
    assert objection.complaints.filter(person=county[username]).exists()
    for path, seen in look(client, batch).items():
        assert seen == before[path], f"{path} tells {username} of the objection"
    hidden = client.get(reverse("desk:objection", args=[objection.pk]))
    missing = client.get(reverse("desk:objection", args=[999_999]))
    assert (hidden.status_code, hidden.content) == (missing.status_code, missing.content)
    posted = client.post(reverse("desk:objection", args=[objection.pk]), {"outcome": "dismissed"})
    assert posted.status_code == 404
    photo = PrivateFile.objects.get(reference=f"objection:{objection.pk}")
    assert client.get(f"/files/{photo.pk}/").status_code == 404
    assert not Message.objects.filter(recipient=county[username], kind="objection").exists()
    # Whoever is not complained of sees it.
    other = "head1" if username != "head1" else "reviewer1"
    assert SAID in sign_in(other).get(reverse("desk:objection", args=[objection.pk])).content.decode()


def test_whoever_is_marked_later_loses_what_was_told(county: County, sign_in: SignIn, batch: Batch) -> None:
    client = sign_in("reviewer1")
    look(client, batch)
    before = look(client, batch)
    objection = complain(batch)
    assert Message.objects.filter(recipient=county["reviewer1"], kind="objection").count() == 1
    mark = {"do": "complained", "person": county["reviewer1"].pk}
    answered = sign_in("head1").post(reverse("desk:objection", args=[objection.pk]), mark)
    assert answered.status_code == 302
    for path, seen in look(client, batch).items():
        assert seen == before[path], f"{path} still tells of the objection"
    assert client.get(reverse("desk:objection", args=[objection.pk])).status_code == 404


def test_where_the_whole_township_is_complained_of_the_county_is_told(county: County, batch: Batch) -> None:
    objection = complain(batch)
    office = {one.user.username: one for one in Office.objects.select_related("user")}
    by = {"by": county["county"], "office": office["county"], "objection_id": objection.pk}
    for username in ("watch1", "reviewer1", "head1"):
        mark_complained_of(**by, person_id=county[username].pk)
    objection.refresh_from_db()
    assert (objection.level, objection.passed_up) == ("county", True)
    told = set(Message.objects.filter(kind="objection").values_list("recipient__username", flat=True))
    assert "county" in told and not told & {"watch1", "reviewer1", "head1"}


def test_the_forms_of_the_desk_register_photos_whom_it_complains_of_and_an_appeal(
    county: County, sign_in: SignIn, batch: Batch
) -> None:
    found, clerk = the_list(batch), sign_in("clerk1")
    row = found.rows.order_by("position")[0]
    data = {
        "do": "objection",
        "channel": "paper",
        "received_on": clock.today().isoformat(),
        "row": row.pk,
        "text": SAID,
        "complained": county["reviewer1"].pk,
        "photos": SimpleUploadedFile("slip.jpg", picture(), "image/jpeg"),
    }
    assert clerk.post(reverse("desk:list", args=[found.number]), data).status_code == 200
    objection = Objection.objects.get()
    assert [one.person for one in objection.complaints.all()] == [county["reviewer1"]]
    assert PrivateFile.objects.filter(reference=f"objection:{objection.pk}").count() == 1
    page = reverse("desk:objection", args=[objection.pk])
    watch = sign_in("watch1")
    given = {
        "outcome": "dismissed",
        "findings": "两人去看过，圈舍建好了",
        "answer": "圈舍已经建好，和名单一致",
        "investigator1": "监督甲",
        "investigator2": "监督乙",
        "photos": SimpleUploadedFile("seen.jpg", picture(), "image/jpeg"),
    }
    assert watch.post(page, given).status_code == 302
    assert PrivateFile.objects.filter(reference=f"findings:{objection.pk}").count() == 1
    spoken = {"do": "appeal", "channel": "phone", "received_on": clock.today().isoformat(), "text": "没有看"}
    assert watch.post(page, spoken).status_code == 302
    second = Objection.objects.get(appeal_of=objection)
    above = reverse("desk:objection", args=[second.pk])
    refused = watch.post(above, given | {"photos": SimpleUploadedFile("a.jpg", picture(), "image/jpeg")})
    assert refused.status_code == 422 and "上一级" in refused.content.decode()
    assert sign_in("reviewer1").get(above).status_code == 404
    head = given | {"investigator1": "镇上甲", "investigator2": "镇上乙", "outcome": "upheld"}
    head["photos"] = SimpleUploadedFile("b.jpg", picture(), "image/jpeg")
    assert sign_in("head1").post(above, head).status_code == 302
    case = Case.objects.get(number=row.subject.removeprefix("case:"))
    assert case.step == "check"


def test_an_objection_answered_is_no_secret_of_the_lists_page(
    county: County, sign_in: SignIn, batch: Batch
) -> None:
    objection = complain(batch, complained_role="township_reviewer")
    office = Office.objects.get(user=county["head1"])
    answer(
        by=county["head1"],
        office=office,
        objection_id=objection.pk,
        outcome="dismissed",
        findings="两人去看过，圈舍建好了",
        answer="圈舍已经建好，和名单一致",
        investigators=["镇上甲", "镇上乙"],
    )
    page = Client().get(f"/lists/{batch.waits}/").content.decode()
    assert "圈舍已经建好，和名单一致" in page and "收了东西" not in page
    assert sign_in("reviewer1").get(reverse("desk:objection", args=[objection.pk])).status_code == 404
