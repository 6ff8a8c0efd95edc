"""Papers of the four meetings: added by who records them, opened by offices over the village alone."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from disclosure.deliberations.models import Deliberation
from portal.files.models import PrivateFile
from portal.ledger.models import Event
from workflows.demo import play
from workflows.demo.build import County
from workflows.engine.models import Batch

from ..county import make_batch
from .conftest import SignIn, page


def failed_once(county: County) -> tuple[Batch, Deliberation]:
    """Return a batch at its meetings, of which one was held, and the deliberation."""
    batch = make_batch(county, rows=2, until="deliberate")
    play.meet(batch, county["clerk1"], 0)
    return batch, Deliberation.objects.get(reference=f"batch:{batch.number}")


def test_the_clerk_adds_photos_of_a_meeting_and_reads_them_on_the_batch(
    county: County, sign_in: SignIn
) -> None:
    batch, deliberation = failed_once(county)
    where = reverse("desk:papers", args=[deliberation.number])
    client = sign_in("clerk1")
    assert where in client.get(page(batch.number)).content.decode()
    bad = SimpleUploadedFile("x.exe", b"MZ bad", "application/octet-stream")
    sent: dict[str, Any] = {"papers": [play.photo("签到表"), play.photo("会场"), bad]}
    answer = client.post(where, sent, follow=True)
    shown = answer.content.decode()
    papers = list(PrivateFile.objects.filter(reference=f"deliberation:{deliberation.number}"))
    assert len(papers) == 2 and "收下了 2 份会议材料" in shown and "x.exe：" in shown
    assert all(f"/files/{paper.pk}/" in shown for paper in papers)
    stored = Event.objects.filter(kind="file.stored", object_id=str(papers[0].pk)).get()
    assert stored.actor == county["clerk1"]
    for name, code in (("supervisor", 200), ("reviewer1", 200), ("clerk2", 404), ("editor", 404)):
        assert sign_in(name).get(f"/files/{papers[0].pk}/").status_code == code, name


def test_nobody_else_adds_papers_and_a_hidden_deliberation_is_a_missing_one(
    county: County, sign_in: SignIn
) -> None:
    _batch, deliberation = failed_once(county)
    where = reverse("desk:papers", args=[deliberation.number])
    for name in ("clerk2", "supervisor", "reviewer1", "watch1", "editor"):
        client = sign_in(name)
        answer = client.post(where, {"papers": play.photo("p")})
        missing = client.post(reverse("desk:papers", args=["no-such"]), {"papers": play.photo("p")})
        assert answer.status_code == missing.status_code == 404, name
        assert answer.content == missing.content
    assert not PrivateFile.objects.filter(reference__startswith="deliberation:").exists()
