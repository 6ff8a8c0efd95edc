"""Village matters of the demo county: a dividend whose result is published, and works just resolved on."""

from collections.abc import Sequence
from typing import Any

from disclosure.village.models import MatterKind, VillageMatter
from disclosure.village.results import publish_result
from disclosure.village.services import open_matter, record_meeting, save_rows
from portal import clock
from portal.people.models import Office

from .build import County
from .calendar import Diary, Story

STEPS = ["proposal", "consultation", "deliberation", "resolution"]
# Due, present, for, against, abstained, stepped out: branch, both committees, party members, delegates.
COUNTS = [(5, 5, 5, 0, 0, 0), (7, 6, 6, 0, 0, 0), (31, 26, 24, 1, 0, 1), (42, 38, 35, 1, 1, 1)]
DIVIDEND = [
    ("温有田", "一组", "4人4股", "480"),
    ("岳长河", "一组", "3人3股", "360"),
    ("蔺秋生", "二组", "5人5股", "600"),
    ("庄小满", "二组", "2人2股", "240"),
    ("祁春来", "三组", "6人6股", "720"),
]
WORKS = [
    ("通组水泥路280米，宽3.5米", "126000", ""),
    # Too much was written: it is taken out again (public_stories).
    ("二组水渠清淤加固460米", "48500", "从祁老三家地头起"),
    ("村部门前路灯12盏", "21600", ""),
]


def stories(county: County, diary: Diary) -> list[Story]:
    """Return the stories of both matters, each played by the clerk of its village."""
    return [_dividend(county, diary), _works(county, diary)]


def _dividend(county: County, diary: Diary) -> Story:
    clerk, start = "clerk1", -38
    yield diary.at(start, 9)
    rows = [
        {"name": name, "group": group, "item": item, "amount": amount, "note": ""}
        for name, group, item, amount in DIVIDEND
    ]
    matter = opened(county, clerk, "禾坪村", MatterKind.DIVIDENDS, "2026年村集体光伏收益分红", rows)
    yield from met(county, diary, clerk, matter, start, form="member_delegates")
    yield diary.at(start + 24, 10)
    publish_result(
        by=county[clerk],
        office=_office(county, clerk),
        matter_id=matter.pk,
        said=f"{clock.today().month}月{clock.today().day}日已转账",
        amounts_fen={},
    )


def _works(county: County, diary: Diary) -> Story:
    clerk, start = "clerk2", -9
    yield diary.at(start, 9)
    rows = [{"item": item, "amount": amount, "note": note} for item, amount, note in WORKS]
    matter = opened(county, clerk, "竹坞村", MatterKind.WORKS, "2026年村内小型工程", rows)
    yield from met(county, diary, clerk, matter, start, form="delegates")


def opened(
    county: County, clerk: str, village: str, kind: str, title: str, rows: Sequence[dict[str, str]]
) -> VillageMatter:
    """Open a matter of `village` and write its list."""
    seat: dict[str, Any] = {"by": county[clerk], "office": _office(county, clerk)}
    matter = open_matter(**seat, area=county.areas[village], kind=kind, title=title)
    save_rows(**seat, matter_id=matter.pk, seen_version=0, rows=rows)
    return matter


def met(county: County, diary: Diary, clerk: str, matter: VillageMatter, start: int, form: str) -> Story:
    """Hold the four meetings of `matter`, two days apart, from the day after `start`."""
    for number, step in enumerate(STEPS):
        yield diary.at(start + 1 + 2 * number, 16)
        due, present, votes_for, against, abstained, out = COUNTS[number]
        record_meeting(
            by=county[clerk],
            office=_office(county, clerk),
            matter_id=matter.pk,
            seen_version=1,
            data={
                "step": step,
                "held_on": clock.today(),
                "place": "村部会议室",
                "due_count": due,
                "present_count": present,
                "votes_for": votes_for,
                "votes_against": against,
                "votes_abstained": abstained,
                "stepped_out": out,
                "witness": "镇驻村干部" if number > 1 else "",
                "form": form,
            },
        )


def _office(county: County, username: str) -> Office:
    return Office.objects.select_related("area").get(user=county.people[username])
