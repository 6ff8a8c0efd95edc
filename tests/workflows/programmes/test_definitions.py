"""A programme version is data, checked before it is made, and immutable (design.md rule 7)."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from portal import clock
from workflows.demo.build import DEFINITION, County
from workflows.engine.models import WrittenOnce
from workflows.programmes import definitions
from workflows.programmes.models import ProgrammeVersion
from workflows.programmes.services import ProgrammeRefused, current_version, make_version

from ..county import make_batch

ANCHORS = {citation["anchor"] for citation in DEFINITION["citations"].values()}  # type: ignore[attr-defined]


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """Return the demo's definition after `change`."""
    definition = copy.deepcopy(DEFINITION)
    change(definition)
    return definition


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.pop("remedy"), "缺少：remedy"),
        (lambda d: d["fields"][0].update(kind="picture"), "类型不认识"),
        (lambda d: d["fields"][0].update(choices=[]), "没有选项"),
        (lambda d: d.update(item_field="colour"), "item_field"),
        (lambda d: d["amount"].update(of="project"), "要是金额"),
        (lambda d: d["amount"].update(rate_percent=0), "补助比例"),
        (lambda d: d["amount"].update(ceiling_fen=0), "封顶"),
        (lambda d: d["visit"].update(mode="never"), "入户核查方式"),
        (lambda d: d["eligibility"][0].update(rule="good_luck"), "资格规则"),
        (lambda d: d["citations"]["basis"].update(anchor="s9-9"), "找不到"),
        (lambda d: d["citations"].pop("basis"), "依据哪一条"),
    ],
)
def test_a_definition_that_cannot_work_is_refused_and_told_why(
    change: Callable[[dict[str, Any]], object], said: str
) -> None:
    definitions.check(DEFINITION, ANCHORS)
    with pytest.raises(definitions.BadDefinition, match=said):
        definitions.check(changed(change), ANCHORS)


def new_version(county: County, by: str = "county") -> ProgrammeVersion:
    """Make a version with a lower ceiling, from today."""
    assert county.programme is not None
    return make_version(
        by=county[by],
        programme=county.programme,
        valid_from=clock.today(),
        flow_key="fund_application",
        policy=county.programme.versions.get(number=1).policy,
        definition=changed(lambda d: d["amount"].update(ceiling_fen=100_000)),
    )


def test_running_cases_keep_their_version_and_new_ones_take_the_new(county: County) -> None:
    old = make_batch(county, rows=1, until="file")
    new_version(county)
    assert county.programme is not None and current_version(county.programme).number == 2  # type: ignore[union-attr]
    new = make_batch(county, rows=1, until="file", first=10)
    assert old.scheme != new.scheme and old.pk != new.pk
    assert old.cases.get().application.programme_version.number == 1
    assert new.cases.get().application.programme_version.number == 2
    assert new.cases.get().amount_fen <= 100_000


def test_a_version_is_never_changed(county: County) -> None:
    assert county.programme is not None
    version = county.programme.versions.get()
    version.definition["amount"]["ceiling_fen"] = 1
    for refused in (version.save, version.delete, county.programme.versions.all().delete):
        with pytest.raises(WrittenOnce):
            refused()
    with pytest.raises(WrittenOnce):
        ProgrammeVersion.objects.update(definition={})


@pytest.mark.parametrize("other", ["reviewer1", "finance", "editor", "sysadmin"])
def test_only_the_countys_office_of_the_line_makes_a_version(county: County, other: str) -> None:
    with pytest.raises(ProgrammeRefused):
        new_version(county, by=other)


def test_the_grant_is_the_rate_up_to_the_ceiling() -> None:
    grants = [definitions.granted_fen(DEFINITION, {"invested_fen": fen}) for fen in (0, 199, 100_000, 10**9)]
    assert grants == [0, 100, 60_000, 500_000]
