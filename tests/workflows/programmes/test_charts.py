"""Rules of the charts on public pages: counts and sums of what stands, and a table behind each drawing."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from disclosure.pages.services import ensure_site
from tests.workflows.county import VILLAGE, make_batch
from workflows.demo.build import County
from workflows.programmes.public_charts import of_area
from workflows.registry.models import Member


@pytest.fixture(autouse=True)
def nothing_kept(db: None) -> None:
    """Start with an empty cache and a site that is set up."""
    ensure_site("枫禾县")
    cache.clear()


def test_an_area_shows_how_far_its_cases_are_and_what_was_paid_by_programme(county: County) -> None:
    village = county.areas[VILLAGE]
    assert all(chart.is_empty for chart in of_area(village))
    make_batch(county, rows=2, until="check")
    done = make_batch(county, rows=3, until="end", first=5)
    progress, paid = of_area(village)
    assert {bar.label: bar.value for bar in progress.bars} == {"在核查": 2, "办完了": 3}
    total = sum(done.cases.values_list("amount_fen", flat=True))
    assert [bar.value for bar in paid.bars] == [total]
    cache.clear()
    page = Client().get(f"/areas/{village.code}/").content.decode()
    assert "办到哪一步了" in page and "2件" in page and f"{total // 100:,}元" in page
    assert re.search(r'<svg role="img" aria-labelledby="progress-t progress-d"', page)
    assert "<caption>每个项目发了多少钱</caption>" in page
    for member in Member.objects.all():
        assert member.name not in page


def test_a_programme_draws_budget_committed_and_paid(county: County) -> None:
    make_batch(county, rows=2, until="record")
    cache.clear()
    page = Client().get("/programmes/build-then-subsidise/").content.decode()
    assert "的钱用到哪一步" in page and '<th scope="row">已经定下</th>' in page
    assert '<th scope="row">已经发下</th><td>0元</td>' in page
