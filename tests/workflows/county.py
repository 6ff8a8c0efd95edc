"""A small county for tests, made by the demo's own building blocks and played through the engine."""

from datetime import date

from portal import clock
from portal.configuration.services import confirm, propose
from workflows.demo import build, play
from workflows.demo.build import County
from workflows.demo.play import Officials
from workflows.engine.models import Batch
from workflows.programmes.models import Budget
from workflows.programmes.services import set_budget

from .remembered import remembered

VILLAGE, SIBLING, OTHER_TOWNSHIP_VILLAGE = "禾坪村", "竹坞村", "榆坪村"
OFFICIALS = Officials(clerk="clerk1", helper="helper1", reviewer="reviewer1", head="head1")


def make_county() -> County:
    """Return the county, officials in three villages (1: 禾坪村, 2: 竹坞村, 8: 榆坪村), its programme."""
    return remembered(_build)


def _build() -> County:
    county = build.make_places()
    build.make_administrators(county)
    build.make_officials(county, {VILLAGE: 1, SIBLING: 2, OTHER_TOWNSHIP_VILLAGE: 8})
    build.make_programme(county)
    return county


def make_batch(county: County, rows: int = 3, until: str = "deliberate", first: int = 1) -> Batch:
    """Return a batch of `rows` households of 禾坪村, played until it stands at `until`.

    Steps: file, deliberate, check, publish, approve, record, start, accept, pay, announce, end. `first` is
    the number of the first invented household; batches of one county take numbers of their own.
    """
    households = [
        build.make_household(county, VILLAGE, number, OFFICIALS.clerk)
        for number in range(first, first + rows)
    ]
    assert county.programme is not None
    batch = play.file_all(county, OFFICIALS.helper, households, county.programme)
    return play.play(county, batch, OFFICIALS, until)


def carry(county: County, batch: Batch, until: str, officials: Officials = OFFICIALS) -> Batch:
    """Play `batch` on from where it stands until it comes to `until` (``end`` for all the way)."""
    return play.play(county, batch, officials, until)


def budgeted(county: County, fen: int) -> None:
    """Have the county set this year's budget of its programme to `fen`, by the service: the ledger knows."""
    budget = Budget.objects.get(programme=county.programme)
    by, source = county["county"], budget.source
    set_budget(by=by, programme=budget.programme, year=budget.year, total_fen=fen, source=source)


def two_must_approve(county: County, valid_from: date | None = None) -> None:
    """Let the county ask for two signatures where a township approves, from today unless told."""
    setting = propose(
        by=county["county"],
        key="flow.fund_application.approve.needs",
        area=county.areas["枫禾县"],
        value=2,
        valid_from=valid_from or clock.today(),
        source="枫禾县资金审批办法第六条",
    )
    confirm(by=county["countyhead"], setting=setting)
