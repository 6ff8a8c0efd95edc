"""Many clues of one rule are one line: the heaviest stand first, and a click lists them all."""

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.people.models import User
from workflows.demo.build import County
from workflows.radar import registry, running, services, waiting
from workflows.radar.groups import grouped
from workflows.radar.models import Flag
from workflows.radar.rule import Found

from ..county import SIBLING, VILLAGE
from ..supervision.conftest import supervisor_of
from .conftest import SignIn

pytestmark = pytest.mark.django_db
RADAR = "/admin/desk/supervision/radar/"
OTHER = "榆坪村"


def keep(county: County, rule: str, places: Sequence[str], *, days_ago: int = 0) -> None:
    """Keep a clue of `rule` at each of `places`, found `days_ago`."""
    with clock.travel(clock.now() - timedelta(days=days_ago)):
        found = [
            Found(
                key=f"{place}-{number}-{days_ago}",
                area=county.areas[place],
                line="assistance",
                reason=f"{place}第 {number} 件",
                objects=[("list", f"{place}-{number}")],
                happened_at=clock.now(),
            )
            for number, place in enumerate(places)
        ]
        running.keep(registry.get(rule), found)


def told(user: User) -> list[tuple[str, int, str]]:
    """Return rule, number and place of each group that `user` reads."""
    groups = grouped(user, Flag.objects.visible_to(user))
    return [(group.oldest.rule, group.count, group.place.name) for group in groups]


@pytest.mark.postgres
def test_clues_of_one_rule_and_township_are_one_line_behind_what_is_heavier(county: County) -> None:
    keep(county, "no_posting", [VILLAGE, SIBLING, VILLAGE, OTHER], days_ago=40)
    keep(county, "kin", [SIBLING])
    keep(county, "paid_wrong", [VILLAGE])
    by = county["supervisor"]
    assert told(by) == [
        ("paid_wrong", 1, "杉坞镇"),
        ("kin", 1, "杉坞镇"),
        ("no_posting", 3, "杉坞镇"),
        ("no_posting", 1, "蕨溪乡"),
    ]
    assert told(supervisor_of(county, "杉坞镇"))[2:] == [
        ("no_posting", 2, VILLAGE),
        ("no_posting", 1, SIBLING),
    ]
    assert told(supervisor_of(county, VILLAGE, name="near"))[1:] == [("no_posting", 2, VILLAGE)]
    lines = waiting.clues(by)
    assert [line.note for line in lines.lines][:1] == [f"{VILLAGE}第 0 件"], "a single one says why"
    assert lines.counted[0][0] == 6
    with CaptureQueriesContext(
        connection,
    ) as few:
        waiting.clues(by)
    keep(county, "no_posting", [VILLAGE, SIBLING, OTHER] * 9, days_ago=1)
    with CaptureQueriesContext(connection) as many:
        waiting.clues(by)
    assert len(many) == len(few) <= 2


def test_what_one_looks_at_stands_apart_and_a_colleagues_is_no_line_of_mine(county: County) -> None:
    keep(county, "no_posting", [VILLAGE] * 3)
    by, other = county["supervisor"], supervisor_of(county, "枫禾县")
    first = Flag.objects.order_by("pk")[0]
    services.look(by=by, flag_id=first.pk, seen_version=0)
    assert [line.todo for line in waiting.clues(by).lines] == ["接着看线索", "看线索，共 2 条"]
    assert [line.todo for line in waiting.clues(other).lines] == ["看线索，共 2 条"]


def test_a_line_of_many_leads_to_their_list_and_a_line_of_one_to_the_clue(
    county: County, sign_in: SignIn
) -> None:
    keep(county, "no_posting", [VILLAGE, SIBLING, OTHER])
    client = sign_in("supervisor")
    page = client.get(RADAR).content.decode()
    assert page.count("没有张贴的证明</a>") == 2 and f"{OTHER}第 2 件" in page
    groups = {group.place.name: group for group in grouped(county["supervisor"], Flag.objects.all())}
    single, several = groups["蕨溪乡"], groups["杉坞镇"]
    assert single.url == f"{RADAR}{single.oldest.pk}/" and single.url in page
    assert parse_qs(urlsplit(several.url).query)["area"] == [county.areas["杉坞镇"].code]
    listed = client.get(several.url).content.decode()
    assert f"{VILLAGE}第 0 件" in listed and f"{SIBLING}第 1 件" in listed and f"{OTHER}第 2 件" not in listed
    assert "只看杉坞镇" in listed and "回到归类看" in listed
    beyond = client.get(RADAR, {"rule": "no_posting", "area": "990199000000"}).content.decode()
    assert "第 0 件" not in beyond and "这样筛选没有线索" in beyond
    each = client.get(RADAR, {"each": "1"}).content.decode()
    assert each.count("没有张贴的证明</a>") == 3
