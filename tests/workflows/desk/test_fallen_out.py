"""Rows that fell out of their batch keep what was done on them before: the village's meetings and papers."""

from django.urls import reverse

from disclosure.deliberations.models import Deliberation
from workflows.demo import play
from workflows.demo.build import County
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.models import Batch
from workflows.engine.numbers import ancestors_of

from ..county import make_batch
from .conftest import SignIn, page, rows


def test_ancestors_are_told_by_the_number() -> None:
    assert ancestors_of("990101101201-2026-001") == []
    assert ancestors_of("990101101201-2026-001-2-1") == ["990101101201-2026-001", "990101101201-2026-001-2"]


def test_a_batch_that_fell_out_shows_the_meetings_and_papers_of_where_it_came_from(
    county: County, sign_in: SignIn
) -> None:
    batch = make_batch(county, rows=2, until="check")
    deliberation = Deliberation.objects.get(reference=f"batch:{batch.number}")
    clerk = sign_in("clerk1")
    clerk.post(reverse("desk:papers", args=[deliberation.number]), {"papers": [play.photo("签到表")]})
    play.visit_all(batch, county["reviewer1"])
    first, second = rows(batch)
    held = {first.number: RowVerdict(Verdict.RETURN, "发票看不清，请补", to_step="file")}
    play.check(batch, county["reviewer1"], rows=held)
    child = Batch.objects.get(parent=batch)
    first.refresh_from_db()
    assert first.batch == child
    shown = clerk.get(f"{page(child.number)}?meetings=1").content.decode()
    assert shown.count("desk-passed") == 4 and "这次会是分出来以前开的" in shown
    assert f'<a href="/admin/desk/batches/{batch.number}/">{batch.number}</a>' in shown
    assert "还没有会议记录、签到表或照片" not in shown and "/files/" in shown.split('id="meetings"')[1]
    own = clerk.get(f"{page(batch.number)}?meetings=1").content.decode()
    assert "这次会是分出来以前开的" not in own
    assert second.batch == batch
