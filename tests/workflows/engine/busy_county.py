"""A county where everything that a flow may do is set: programmes of every kind, deputies, small budgets."""

from datetime import timedelta

from portal import clock
from portal.configuration.services import confirm, propose
from portal.people.models import Line, Role
from workflows.changes.models import Reserve
from workflows.changes.services import set_reserve
from workflows.demo import build
from workflows.demo.build import DEFINITION, County
from workflows.demo.change_play import civil_affairs
from workflows.programmes.keys import COUNTY_THRESHOLD
from workflows.programmes.models import Programme, ProgrammeVersion
from workflows.programmes.services import make_version, set_budget
from workflows.registry.models import Category

# So little that rows compete for it.
SMALL_FEN = 12_000_00


def prepare(county: County) -> dict[str, Programme]:
    """Make programmes of every kind, civil affairs, deputies; the county decides on much and countersigns."""
    civil_affairs(county)
    reserves = {(one.area, one.year) for one in Reserve.objects.select_related("area")}
    # A play goes on into the next year.
    for township, year in {*reserves, (county.areas["杉坞镇"], clock.today().year + 1)}:
        set_reserve(
            by=county["countycivil"], township=township, year=year, total_fen=SMALL_FEN, source="备用金"
        )
    deputies = [("reviewer9", "穆清扬", Role.TOWNSHIP_REVIEWER), ("head7", "苗正东", Role.TOWNSHIP_HEAD)]
    for username, name, role in deputies:
        build.make_official(county, username, name, role, "杉坞镇", Line.ALL)
    build.make_official(county, "county9", "卓守成", Role.COUNTY_REVIEWER, "枫禾县", Line.ALL)
    settings = {COUNTY_THRESHOLD: 4_000_00, "flow.exit_review.approve.needs": 2}
    for key, value in settings.items():
        setting = propose(
            by=county["county"],
            key=key,
            area=county.areas["枫禾县"],
            value=value,
            valid_from=clock.today(),
            source="县里试行",
        )
        confirm(by=county["countyhead"], setting=setting)
    return _programmes(county)


def _programmes(county: County) -> dict[str, Programme]:
    assert county.programme is not None
    first = ProgrammeVersion.objects.get(programme=county.programme)
    today = clock.today()
    window = {"opens": today.isoformat(), "closes": (today + timedelta(days=9)).isoformat()}
    ranking = [{"by": "category", "values": [Category.SUDDEN_HARDSHIP.value]}, {"by": "no_labour"}]
    kinds = {
        "quick": {**DEFINITION, "deliberation": False},
        "ranked": {**DEFINITION, "deliberation": False, "window": window, "ranking": ranking},
    }
    found = {"usual": county.programme, "first": _programme(county, "first-version")}
    for slug, definition in kinds.items():
        found[slug] = _programme(county, slug)
        make_version(
            by=county["county"],
            programme=found[slug],
            valid_from=today,
            flow_key="fund_application",
            policy=first.policy,
            definition=definition,
        )
    # The first version of the flow: what was filed before the second one still runs by it.
    ProgrammeVersion.objects.create(
        programme=found["first"],
        number=1,
        valid_from=today,
        flow_key="fund_application",
        flow_version=1,
        policy=first.policy,
        definition=DEFINITION,
        made_by=county["county"],
    )
    for programme in found.values():
        for year in (today.year, today.year + 1):
            set_budget(
                by=county["county"], programme=programme, year=year, total_fen=SMALL_FEN, source="衔接资金"
            )
    return found


def _programme(county: County, slug: str) -> Programme:
    area = county.areas["枫禾县"]
    return Programme.objects.create(
        slug=slug, title=f"项目 {slug}", line=Line.ASSISTANCE, area=area, area_path=area.path
    )
