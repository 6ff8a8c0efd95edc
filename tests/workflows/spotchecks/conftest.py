"""What these tests share: a county where a batch was paid, and a signer of the ledger."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from portal import clock
from portal.files.services import Prepared, prepare
from tests.portal.ledger.parties import Parties, parties
from workflows.demo import build, play
from workflows.demo.build import County
from workflows.engine.models import Batch
from workflows.spotchecks import services
from workflows.spotchecks.frames import Wanted
from workflows.spotchecks.models import SpotCheck
from workflows.spotchecks.visits import Said

from ..county import carry, make_batch, make_county
from ..desk.conftest import sign_in

__all__ = ["sign_in"]


@dataclass
class Paid:
    """The county, a batch of three that was paid, the signer."""

    county: County
    batch: Batch
    parties: Parties


@pytest.fixture(scope="module")
def kept(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Paid]:
    """Yield what the module's tests begin with; it is taken back after the last one."""
    with django_db_blocker.unblock(), parties(tmp_path_factory.mktemp("ledger")) as signer:
        cache.clear()
        with transaction.atomic():
            county = make_county()
            batch = make_batch(county, rows=3, until="announce")
            yield Paid(county, batch, signer)
            transaction.set_rollback(True)


@pytest.fixture
def paid(kept: Paid, db: None) -> Iterator[Paid]:
    """Return the county; what a test signs is forgotten with what it wrote."""
    cache.clear()
    before = kept.parties.memory.read_bytes() if kept.parties.memory.exists() else None
    yield kept
    cache.clear()
    if before is None:
        kept.parties.memory.unlink(missing_ok=True)
    else:
        kept.parties.memory.write_bytes(before)


@pytest.fixture
def county(paid: Paid) -> County:
    """Return the county alone."""
    return County(paid.county.areas, dict(paid.county.people), paid.county.programme)


def sealed(county: County, **changes: Any) -> SpotCheck:
    """Seal frame and seed of a check of the township's payments: two of each village."""
    assert county.programme is not None
    today = clock.today()
    area = county.areas[changes.pop("area", "杉坞镇")]
    wanted = Wanted(county.programme, area, today - timedelta(days=90), today)
    given: dict[str, Any] = {"by": county["supervisor"], "title": "到户产业奖补抽查", "per_village": 2}
    return services.prepare(wanted=wanted, **(given | changes))


def drawn(paid: Paid, county: County) -> SpotCheck:
    """Return a check whose sample was drawn."""
    check = sealed(county)
    paid.parties.sign()
    return services.draw(by=county["supervisor"], check_id=check.pk)


def photos(words: str = "签字") -> list[tuple[str, Prepared]]:
    """Return one photo, ready to be kept."""
    return [("签字.jpg", prepare(play.photo(words)))]


def said(check: SpotCheck, position: int = 1, **changes: Any) -> Said:
    """Return what two visitors wrote down of a household that received what stands in the books."""
    row = check.drawn.get(position=position)
    given: dict[str, Any] = {
        "visited_on": clock.today(),
        "first_visitor": "孔秉直",
        "second_visitor": "华清源",
        "met": "head",
        "met_name": "欧阳无此人",
        "told": "full",
        "received_fen": row.paid_fen,
        "on_time": True,
        "seen": "羊圈建好了，存栏二十只。",
        "signed_how": "handprint",
        "sent_key": f"k{position}",
    }
    return Said(**(given | changes))


__all__ += ["build", "carry"]
