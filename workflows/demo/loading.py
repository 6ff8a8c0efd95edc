"""Loading the whole demo: the county, its pages, its settings, and its stories in date order."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from disclosure.pages.keys import INDEX_TEMPLATES
from disclosure.pages.models import (
    NoticePage,
    PolicyDocumentPage,
    PolicyReadingPage,
    SectionPage,
)
from disclosure.pages.moderation import approve, submit
from disclosure.pages.services import NOTICES, READINGS, import_policy, section
from disclosure.pages.site_facts import set_facts
from portal import clock
from portal.areas.models import Area
from portal.configuration.services import confirm, propose
from portal.ledger.counting import count_rows
from workflows.changes.keys import paragraph_key
from workflows.registry.kinships import declare
from workflows.registry.models import Category, Degree

from . import (
    build,
    change_stories,
    desk_play,
    inspection_stories,
    page_stories,
    public_stories,
    radar_stories,
    ranked_stories,
    request_play,
    stories,
    village_stories,
)
from .build import VILLAGES, County
from .calendar import Diary, Story, perform

FIRST_DAY = -76
SETTINGS: dict[str, Any] = {
    "contact.office": "枫禾县农业农村局帮扶科",
    "contact.phone": "0000-0000000",
    "contact.address": "枫禾县明镜路1号",
    "contact.supervisor": "枫禾县纪委监委、各村村务监督委员会",
    INDEX_TEMPLATES: ["枫禾县人民政府办公室=990101001/{年}-{序号}", "枫禾县农业农村局=990101014/{年}-{序号}"],
}
# Invented, and seen to be: a real county fills in its own, until then the footer says 待填.
FOOTER = {
    "sponsor": "枫禾县农业农村局（演示）",
    "operator": "枫禾县明白账工作专班（演示）",
    "phone": "0000-0000000",
    "site_code": "9901010000",
    "icp": "演示备00000000号",
    "police": "演示公网安备00000000000000号",
    "organ": "演示标识000000000000",
}
RULES_FILE = Path(__file__).with_name("care.txt")
RULES = "枫政办〔2026〕10号"
# Which paragraph of it each flow rests on.
PARAGRAPHS = {
    "monitored_entry": "一、（一）",
    "listed_entry": "一、（二）",
    "exit_review": "一、（三）",
    "household_change": "一、（四）",
    "light_change": "一、（五）",
    "temporary_aid": "二、（二）",
}
# village: township's number, households, days ago that its story began, the story
Plan = tuple[int, int, int, Callable[[stories.Village], Story]]
PLANS: dict[str, Plan] = {
    "禾坪村": (1, 4, -64, stories.paid_and_published),
    "竹坞村": (1, 3, -60, lambda village: stories.waiting_for(village, "pay")),
    "麦垄村": (1, 3, -46, lambda village: stories.waiting_for(village, "accept")),
    "茶坪村": (1, 3, -33, lambda village: stories.waiting_for(village, "start")),
    "柏岗村": (1, 3, -31, lambda village: stories.waiting_for(village, "record")),
    "梨湾村": (1, 3, -25, lambda village: stories.waiting_for(village, "approve")),
    "菊岭村": (1, 6, -18, stories.list_running),
    "榆坪村": (2, 3, -19, stories.list_objected),
    "橘洲村": (2, 3, -20, stories.objection_upheld),
    "葛坪村": (2, 3, -17, stories.returned),
    "苇湾村": (2, 3, -18, stories.refused),
    "松岙村": (2, 3, -7, stories.half_deliberated),
    "漆坪村": (2, 3, -12, stories.voted_down),
    "莲垱村": (2, 2, -2, stories.draft),
}


def is_loaded() -> bool:
    """Return whether the demo county is in the database."""
    return Area.objects.filter(code=build.COUNTY).exists()


def load_demo(now: datetime) -> County:
    """Load the demo so that its last acts lie just before `now`; refused where demos are not allowed."""
    if not settings.DEMO_ALLOWED:
        raise RuntimeError("演示数据只能装在开发环境里：所有账号用同一个简单口令")
    diary = Diary(now)
    county = _founded(diary)
    changes = change_stories.stories(county, diary, FIRST_DAY - 2)
    ranked = ranked_stories.stories(county, diary, FIRST_DAY - 2)
    village = village_stories.stories(county, diary)
    village += public_stories.stories(county, diary) + page_stories.stories(county, diary)
    village += inspection_stories.stories(county, diary)
    watched = [radar_stories.handled(county, diary)]
    nights = stories.every_night(diary, FIRST_DAY)
    perform([nights, *_stories(county, diary), *changes, *ranked, *village, *watched])
    desk_play.play(county, diary)
    return county


def load_policies(folder: Path) -> list[tuple[Path, PolicyDocumentPage, bool]]:
    """Import and publish every document of `folder`; returns each with its page and whether it is new."""
    taken = []
    for path in sorted(folder.glob("*.txt")):
        imported = import_policy(path, publish=True)
        taken.append((path, imported.page, imported.created))
    return taken


def _founded(diary: Diary) -> County:
    """Make places, people, pages and settings, as the county had them before the first application."""
    with clock.travel(diary.at(FIRST_DAY - 4, 9)):
        count_rows()
        county = build.make_places()
        set_facts(FOOTER, "枫禾县")
        build.make_administrators(county)
        numbers = {
            village: place + 1
            for place, village in enumerate(name for villages in VILLAGES.values() for name in villages)
        }
        build.make_officials(county, numbers)
        # Before the first page is public: a number is given once, when it is.
        _set(county, SETTINGS | inspection_stories.settings(diary), "演示用，请换成本县的")
        build.make_programme(county)
        rules = import_policy(RULES_FILE, publish=True).page
        paragraphs = {paragraph_key(flow): f"{RULES} {label}" for flow, label in PARAGRAPHS.items()}
        _set(county, paragraphs, f"《{rules.title}》（{RULES}）")
    with clock.travel(diary.at(FIRST_DAY - 3, 9)):
        _pages(county)
    return county


def _set(county: County, values: dict[str, Any], source: str) -> None:
    """Have the county's two people set `values`."""
    for key, value in values.items():
        proposed = propose(
            by=county["county"],
            key=key,
            area=county.areas["枫禾县"],
            value=value,
            valid_from=clock.today(),
            source=source,
        )
        confirm(by=county["countyhead"], setting=proposed)


def _pages(county: County) -> None:
    """Have the editor hand in a notice and a reading beside the policy, and the county head let them out."""
    policy = PolicyDocumentPage.objects.live().get(document_number="枫政办〔2026〕8号")
    _publish(
        section(NOTICES),
        NoticePage(
            title="关于受理2026年到户产业奖补申请的公告",
            slug="2026-apply",
            published_date=clock.today(),
            source="枫禾县农业农村局",
            body="<p>2026年到户产业奖补现在开始受理。自己养羊、养鸡、种菌、种药材或者买农机的农户，"
            "可以找村文书或者您家的帮扶责任人申请。</p><p>先建成、后补助：建好了、查验了，才补。"
            "名单会在村公开栏和这个网站公示七天，谁都可以提意见。</p>",
        ),
        county,
    )
    _publish(
        section(READINGS),
        PolicyReadingPage(
            title="一看就懂：到户产业奖补怎么补、补多少",
            slug="2026-reading",
            policy=policy,
            published_date=clock.today(),
            source="枫禾县农业农村局",
            body="<p>您自己投入1000元，建好、查验合格，政府补600元，一户一年最多补5000元。</p>"
            "<p>谁能申请：脱贫户和监测对象，家里有能干活的人。</p>"
            "<p>怎么知道公不公道：谁家补了多少、为什么补，村里和网上都看得到；觉得不对，可以提。</p>",
        ),
        county,
    )


def _publish(column: SectionPage, page: NoticePage | PolicyReadingPage, county: County) -> None:
    editor = county["editor"]
    page.live, page.owner = False, editor
    column.add_child(instance=page)
    page.save_revision(user=editor)
    submit(by=editor, page=page)
    approve(by=county["countyhead"], page=page)


def _stories(county: County, diary: Diary) -> list[Story]:
    made: list[Story] = []
    first = 1
    for number, (name, (town, count, start, story)) in enumerate(PLANS.items(), 1):
        with clock.travel(diary.at(FIRST_DAY - 2, 9, number)):
            households = [
                build.make_family(county, name, place, f"clerk{number}", _category(place))
                for place in range(first, first + count + 2)
            ]
            if name == "梨湾村":
                # The head of the township is a relative of one household: recusal is to be seen in the demo.
                declare(
                    by=county["head1"],
                    office=None,
                    user=county["head1"],
                    household=households[0],
                    degree=Degree.SIBLING,
                )
        if name == "茶坪村":
            made.append(request_play.a_newborn(county, diary, households[-1], number, -12))
            made.append(request_play.a_household_by_itself(county, diary, households[-2], number, -5))
        if name == "麦垄村":
            made.append(request_play.an_answer(county, diary, name, number, -9))
        first += count + 2
        made.append(story(stories.Village(county, diary, number, town, households[:count], start)))
    return made


def _category(number: int) -> Category:
    return [Category.LIFTED, Category.LIFTED, Category.MARGINAL, Category.UNSTABLE_LIFTED][number % 4]
