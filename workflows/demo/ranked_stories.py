"""A small scheme of the demo county whose money is short: the neediest come first, the others wait."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from disclosure.pages.services import import_policy
from portal import clock
from portal.people.models import Line
from workflows.engine.models import Batch, Case
from workflows.notices.models import HouseholdNotice, NoticeKind, ServiceMethod
from workflows.notices.services import serve
from workflows.programmes.models import Programme
from workflows.programmes.services import create_programme, file_application, set_budget
from workflows.registry.models import Category

from . import build
from .build import County
from .calendar import Diary, Story
from .stories import Village

POLICY_FILE = Path(__file__).with_name("courtyard.txt")
SLUG, TITLE = "courtyard", "庭院经济奖补"
# Enough for three of six households that are granted at most 2,000 yuan each.
BUDGET_FEN = 6_000_00
# The window of filing, in days from today; the township heads sign when it is over.
OPENS, CLOSES = -46, -22
FILED = -43
# village: its number, its township's number, its households by their invented number and category
APPLICANTS: dict[str, tuple[int, int, dict[int, Category]]] = {
    "竹坞村": (
        2,
        1,
        {
            121: Category.LIFTED,
            122: Category.SUDDEN_HARDSHIP,
            124: Category.MARGINAL,
            125: Category.UNSTABLE_LIFTED,
        },
    ),
    "榆坪村": (8, 2, {127: Category.MARGINAL, 128: Category.SUDDEN_HARDSHIP}),
}
PROJECTS = ["庭院种菜", "庭院种果", "庭院养禽", "家庭小作坊"]
CATEGORIES = [Category.SUDDEN_HARDSHIP, Category.MARGINAL, Category.UNSTABLE_LIFTED, Category.LIFTED]


def definition(opens: str, closes: str) -> dict[str, Any]:
    """Return the scheme's definition with its window, given as ISO dates."""
    return {
        "summary": "在自家院子里种菜、种果、养鸡鸭、办小作坊，政府补一部分钱。钱不多，最难的户先补。",
        "who": "本县脱贫户、脱贫不稳定户、边缘易致贫户、突发严重困难户。",
        "how_to_apply": [
            "在申报期内找村文书或者您家的帮扶责任人，说要做什么、投入多少。",
            "村里开会议定，乡镇派两个人到家里看，名单公示七天。",
            "申报期结束后全县统一排序，最难的在前，不按先来后到。",
            "钱够的批准；不够的列入候补，书面告诉您排在第几位。",
        ],
        "remedy": "您觉得排得不对，可以在收到告知书后向乡镇帮扶办提出；"
        "对答复不服，可以向县农业农村局反映一次。",
        "fields": [
            {"key": "project", "label": "做什么", "kind": "choice", "choices": PROJECTS},
            {"key": "scale", "label": "规模", "kind": "text", "help": "比如：菜地半亩"},
            {"key": "invested_fen", "label": "自己投入", "kind": "money"},
        ],
        "item_field": "project",
        "eligibility": [
            {
                "rule": "category_in",
                "values": [category.value for category in CATEGORIES],
                "text": "得是脱贫户或者监测对象",
            },
            {"rule": "once_a_year", "text": "一户一年只能享受一次"},
        ],
        "amount": {"of": "invested_fen", "rate_percent": 50, "ceiling_fen": 200_000},
        "visit": {"mode": "all"},
        "reason": "在自家庭院里建好并通过查验的农户，按投入的百分之{rate}补助，最多{ceiling}元。",
        "window": {"opens": opens, "closes": closes},
        "ranking": [
            {"by": "category", "values": [category.value for category in CATEGORIES]},
            {"by": "income"},
        ],
        "show_names": True,
        "citations": {
            "basis": {"anchor": "s1-2", "label": "一（二）"},
            "who": {"anchor": "s1-1", "label": "一（一）"},
            "how": {"anchor": "s3", "label": "三"},
        },
    }


class Applicants(Village):
    """The households of one village that apply to the ranked scheme."""

    programme: Programme

    def filed(self) -> Story:
        """Applications are filed within the window."""
        yield self.at(0, 9)
        for place, household in enumerate(self.households):
            case = file_application(
                by=self.county[self.helper],
                programme=self.programme,
                household=household,
                answers={
                    "project": PROJECTS[place % len(PROJECTS)],
                    "scale": "房前屋后半亩",
                    "invested_fen": (3_600 + place * 250) * 100,
                },
            )
        self._batch = Batch.objects.get(pk=case.batch_id)

    def told(self, day: int) -> Story:
        """Who waits is told their place and why, on paper."""
        yield self.at(day, 16)
        subjects = [household.subject for household in self.households]
        waiting = HouseholdNotice.objects.filter(case__subject__in=subjects, kind=NoticeKind.WAITING)
        for notice in waiting.order_by("pk"):
            serve(
                by=self.county[self.helper],
                notice_id=notice.pk,
                served_on=clock.today(),
                how=ServiceMethod.SIGNED,
                served_to="户主本人",
            )

    def follow_the_money(self) -> None:
        """Go on with the batch of those whom the money reaches."""
        subjects = [household.subject for household in self.households]
        case = Case.objects.filter(subject__in=subjects, step="record").first()
        if case is not None:
            self._batch = Batch.objects.get(pk=case.batch_id)


def stories(county: County, diary: Diary, first_day: int) -> Sequence[Story]:
    """Make the scheme and its households on `first_day`, return the stories of its villages."""
    made: list[Story] = []
    with clock.travel(diary.at(first_day, 8, 40)):
        programme = _programme(county, diary)
        for name, (number, town, categories) in APPLICANTS.items():
            homes = [
                build.make_family(county, name, one, f"clerk{number}", category)
                for one, category in categories.items()
            ]
            village = Applicants(county, diary, number, town, homes, FILED)
            village.programme = programme
            made.append(_short_of_money(village))
    return made


def _programme(county: County, diary: Diary) -> Programme:
    days = (diary.today + timedelta(days=day) for day in (OPENS, CLOSES))
    version = create_programme(
        by=county["county"],
        title=TITLE,
        slug=SLUG,
        line=Line.ASSISTANCE,
        area=county.areas["枫禾县"],
        valid_from=clock.today(),
        flow_key="fund_application",
        policy=import_policy(POLICY_FILE, publish=True).page,
        definition=definition(*(day.isoformat() for day in days)),
    )
    # The year in which the waiting list is read: the window may have begun in the year before.
    for year in sorted({(diary.today + timedelta(days=CLOSES)).year, diary.today.year}):
        set_budget(
            by=county["county"],
            programme=version.programme,
            year=year,
            total_fen=BUDGET_FEN,
            source=f"{year}年衔接资金",
        )
    return version.programme


def _short_of_money(village: Applicants) -> Story:
    """The window closes, the head signs: some are approved and build, the others wait and are told."""
    yield from village.until_listed()
    yield from village.seen_again()
    yield from village.approved(day=23)
    yield from village.told(day=25)
    village.follow_the_money()
    if village.batch.step != "record":
        return
    yield from village.recorded(day=26)
    yield from village.begun(day=28)
