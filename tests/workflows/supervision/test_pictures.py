"""Pictures of a place: what stands, counted by place; a table behind each; nothing beyond the reach."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal import clock
from portal.people.models import User
from workflows.deadlines.models import Stay
from workflows.demo.build import County
from workflows.engine.models import Case
from workflows.programmes.answers import yuan
from workflows.programmes.models import Application
from workflows.supervision.pictures import gather

from ..county import SIBLING, VILLAGE, make_batch
from ..radar.planting import aided
from .conftest import SignIn, supervisor_of

pytestmark = pytest.mark.django_db
PICTURES = "/admin/desk/supervision/pictures/"


def test_what_stands_is_counted_by_place_with_its_table(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, 3, "publish")
    forms = Application.objects.filter(case__batch=batch)
    forms.update(approved_fen=100_000)
    Case.objects.filter(pk=batch.cases.order_by("pk")[0].pk).update(state="done")
    township = county.areas["杉坞镇"]
    progress, lights, objections, money = gather(county["supervisor"], township, clock.today().year)
    by_place = {row[0]: row[1:] for row in progress.rows}
    assert by_place[VILLAGE] == ("1", "2", "0", "0", "3") and by_place["合计"][-1] == "3"
    assert {row[0]: row[-1] for row in lights.rows}[VILLAGE] == "1"
    assert objections.is_empty and "还没有" not in str(progress.svg())
    assert "办结 1 · 在办 2" in str(progress.svg())
    assert county.programme is not None
    assert [row[2] for row in money.rows if row[0] == county.programme.title] == [yuan(300_000)]
    Stay.objects.filter(batch=batch, left_at=None).update(due_on=None, paused_on=None)
    lights = gather(county["supervisor"], township, clock.today().year)[1]
    assert {row[0]: row[1:] for row in lights.rows}[VILLAGE] == ("0", "0", "0", "0", "1", "1"), (
        "none is left out"
    )
    whole = sign_in("supervisor").get(PICTURES).content.decode()
    assert f'<a href="?area={township.code}&amp;year={clock.today().year}">杉坞镇</a>' in whole
    assert reverse("desk:overview") in whole
    page = sign_in("supervisor").get(f"{PICTURES}?area={township.code}").content.decode()
    assert page.count("<svg role") >= 2 and "各地办理进度" in page
    assert sign_in("supervisor").get(f"{PICTURES}?area={township.code}%00").status_code == 200


@pytest.mark.postgres
def test_money_meets_in_the_year_in_which_its_case_was_opened_with_temporary_aid(county: County) -> None:
    township, year = county.areas["杉坞镇"], clock.today().year
    batch = make_batch(county, 1, "end")
    other = make_batch(county, 1, "check", first=21).cases.get()
    december = timezone.make_aware(datetime(year - 1, 12, 30, 10))
    Case.objects.filter(batch=batch).update(opened_at=december)
    aided(other)
    assert county.programme is not None
    title = county.programme.title

    def money(year: int) -> dict[str, tuple[str, ...]]:
        return {row[0]: row[1:] for row in gather(county["supervisor"], township, year)[3].rows}

    fen = yuan(batch.cases.get().payment.amount_fen)
    assert money(year - 1)[title][1:4] == (fen, fen, fen), "approved, disclosed, paid"
    assert money(year)[title][1:4] == (yuan(0), yuan(0), yuan(0))
    assert money(year)["临时救助"][1:] == ("100", "0", "60", "1", "1")
    assert money(year)["合计"][1:] == ("100", "0", "60", "1", "1"), "all programmes together"


def test_pictures_end_where_the_reach_ends_and_cost_the_same(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, 1, "check")
    user = supervisor_of(county, SIBLING)
    county.people["watcher"] = User.objects.get(pk=user.pk)
    client = sign_in("watcher")
    assert client.get(f"{PICTURES}?area={county.areas[VILLAGE].code}").status_code == 404
    assert batch.number not in client.get(PICTURES).content.decode()
    client = sign_in("supervisor")

    def cost() -> int:
        client.get(PICTURES)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(PICTURES).status_code == 200
        return len(caught)

    few = cost()
    make_batch(county, 4, "check", first=21)
    assert cost() <= few
