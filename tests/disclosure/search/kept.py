"""The kept set: a small invented county's pages, and forty questions with the pages that answer each.

Recall and precision are measured on it, on both databases. Names of pages: n notice, p policy, r reading,
l list, c column.
"""

from datetime import date
from typing import Any

from disclosure.pages import services as pages
from disclosure.pages.models import NoticePage, PolicyDocumentPage, PolicyReadingPage, SectionPage
from disclosure.search import lists_source, pages_source
from disclosure.search.services import name_of
from portal.people.models import Role
from tests.disclosure.village import Village, a_list, household, noon
from tests.portal.people import invented

NOTICES: dict[str, tuple[str, date, tuple[str, ...]]] = {
    "n-straw": (
        "关于2026年秋季秸秆禁烧的公告",
        date(2026, 9, 20),
        (
            "全县范围内禁止露天焚烧秸秆。",
            "举报电话见村公告栏，每天24小时有人接。",
            "违反的，由乡镇按规定处理。",
        ),
    ),
    "n-health": (
        "城乡居民医保缴费开始了",
        date(2026, 9, 1),
        ("2027年度医保每人缴400元，12月20日前缴清。", "低收入农户由财政代缴，自己不用交钱。"),
    ),
    "n-posts": (
        "公益性岗位招保洁员",
        date(2026, 3, 2),
        ("招保洁员12名、护林员3名，每月补贴1,200元。", "年满18岁、有劳动能力的低收入农户优先。"),
    ),
    "n-school": (
        "雨露计划补助开始申报",
        date(2026, 3, 10),
        ("在校中职、高职学生每学期补助1500元。", "凭学籍证明到村里申报。"),
    ),
    "n-house": (
        "危房改造动态监测",
        date(2025, 11, 3),
        ("住房鉴定为C级、D级的，可以申请危房改造。", "先鉴定，后改造。"),
    ),
    "n-loan": (
        "小额信贷政策说明会",
        date(2026, 5, 6),
        ("小额信贷：5万元以下、3年期以内、免担保免抵押。", "ＡＰＰ上也能申请，村部有ＷｉＦｉ。"),
    ),
    "n-flood": (
        "防汛值班安排",
        date(2026, 6, 1),
        ("汛期村部有人值班。", "水库放水前先喊大喇叭，听到以后往高处走。"),
    ),
    "n-sheep": (
        "养羊技术培训",
        date(2026, 4, 8),
        ("请《养羊一百问》的编者来讲圈舍怎么建、羊怎么养。", "会后发良种羊的名录。"),
    ),
}
ROAD = ("村道维修施工", date(2026, 9, 2), ("一村到二村的路9月5日起封闭施工。",))
POLICIES: dict[str, tuple[dict[str, Any], tuple[tuple[str, str, str], ...]]] = {
    "p-subsidy": (
        {
            "title": "明山县到户产业奖补实施方案",
            "document_number": "明政〔2026〕7号",
            "issuer": "明山县人民政府",
            "published_date": date(2026, 3, 6),
            "validity": "valid",
        },
        (
            ("一、", "s1", "奖补对象"),
            ("（一）", "s1-1", "低收入农户自主发展种植、养殖。"),
            ("二、", "s2", "奖补标准"),
            ("（一）", "s2-1", "圈舍。新建羊圈舍按投入的60%补助，每户最高5,000元。"),
            ("（二）", "s2-2", "大棚。钢架大棚每平方米补助20元。"),
            ("三、", "s3", "先建后补。自己先建，验收合格再补。"),
        ),
    ),
    "p-posts": (
        {
            "title": "明山县公益性岗位管理办法",
            "document_number": "明政办〔2025〕12号",
            "issuer": "明山县人民政府办公室",
            "published_date": date(2025, 2, 1),
            "validity": "repealed",
        },
        (("第三条", "t3", "岗位补贴每人每月不低于1000元。"),),
    ),
    "p-watch": (
        {
            "title": "防返贫监测和帮扶工作指南",
            "published_date": date(2024, 8, 15),
        },
        (
            ("一、", "s1", "家庭人均纯收入低于监测线、有返贫风险的，纳入监测。"),
            ("二、", "s2", "“两不愁三保障”有短板的，先帮\n后补。"),
        ),
    ),
}
READING = (
    "一图看懂：到户产业奖补",
    date(2026, 3, 9),
    ("养羊的：圈舍先建后补，最高5000元。", "种菜的：大棚按面积补。"),
)
LISTS = {
    "l-one": (invented.ONE, "2026年到户产业奖补名单公示", "application", date(2026, 11, 2)),
    "l-two": (invented.TWO, "2026年到户产业奖补名单公示", "application", date(2026, 11, 3)),
    "l-three": (invented.THREE, "2026年危房改造名单公示", "application", date(2026, 11, 4)),
    "l-paid": (invented.ONE, "2025年雨露计划补助结果", "result", date(2026, 1, 5)),
}

QUESTIONS: dict[str, set[str]] = {
    # Two characters, in titles and in paragraphs.
    "奖补": {"p-subsidy", "r-subsidy", "l-one", "l-two"},
    "禁烧": {"n-straw"},
    "焚烧": {"n-straw"},
    "圈舍": {"p-subsidy", "r-subsidy", "n-sheep"},
    "大棚": {"p-subsidy", "r-subsidy"},
    "补助": {"n-school", "p-subsidy", "l-paid"},
    "补贴": {"n-posts", "p-posts"},
    "监测": {"n-house", "p-watch"},
    "政策": {"n-loan", "c-policies", "c-readings"},
    "公告": {"n-straw", "c-notices"},
    # A word that stands only across a mark, or whose characters stand in another order, is not there.
    "殖低": set(),
    "业产": set(),
    "羊养": set(),
    "补自": set(),
    # One character.
    "羊": {"p-subsidy", "r-subsidy", "n-sheep"},
    "级": {"n-house"},
    "汛": {"n-flood"},
    # Longer ones, with brackets, quotes and line ends in between.
    "公益性岗位": {"n-posts", "p-posts"},
    "低收入农户": {"n-health", "n-posts", "p-subsidy"},
    "请养羊一百问的编者": {"n-sheep"},
    "两不愁三保障": {"p-watch"},
    "先帮后补": {"p-watch"},
    "先建后补": {"p-subsidy", "r-subsidy"},
    "人民政府办公室": {"p-posts"},
    # Numbers of documents and of lists, however the brackets are typed; figures with and without commas.
    "明政〔2026〕7号": {"p-subsidy"},
    "明政[2026]7号": {"p-subsidy"},
    "明政２０２６ 7号": {"p-subsidy"},
    "〔2025〕12号": {"p-posts"},
    "5000元": {"p-subsidy", "r-subsidy"},
    "5,000": {"p-subsidy", "r-subsidy"},
    "1200": {"n-posts"},
    "20": {"p-subsidy", "n-health"},
    "990001102201-2026": {"l-three"},
    # Latin words, half or full width, large or small.
    "app": {"n-loan"},
    "ＷＩＦＩ": {"n-loan"},
    "wifi": {"n-loan"},
    "c级": {"n-house"},
    # Several words: in one paragraph with its title and place; in quotes side by side.
    "一村 奖补": {"l-one"},
    "羊 最高": {"p-subsidy", "r-subsidy"},
    "“申请危房” 鉴定": {"n-house"},
}


def plant(village: Village, travel: Any) -> dict[str, str]:
    """Publish the kept pages and lists by the real services; return the index's name of each."""
    names: dict[str, str] = {}
    home = pages.ensure_site("明山县")
    for name, slug in (("c-policies", "policies"), ("c-notices", "notices"), ("c-readings", "readings")):
        names[name] = _name(SectionPage.objects.child_of(home).get(slug=slug))
    for name, (title, day, texts) in NOTICES.items():
        names[name] = _name(
            _under(pages.NOTICES, NoticePage(title=title, published_date=day, body=_body(texts)))
        )
    column = SectionPage(title="东乡动态", slug="east", area=village.areas[invented.EAST])
    home.refresh_from_db()
    column = home.add_child(instance=column)
    names["c-east"] = _name(column)
    title, day, texts = ROAD
    road = NoticePage(title=title, slug="road", published_date=day, body=_body(texts))
    names["n-road"] = _name(column.add_child(instance=road))
    for name, (record, blocks) in POLICIES.items():
        page = PolicyDocumentPage(**record)
        page.body = [
            ("paragraph", {"number": number, "label": "", "anchor": anchor, "text": text})
            for number, anchor, text in blocks
        ]
        names[name] = _name(_under(pages.POLICIES, page))
    title, day, texts = READING
    policy = PolicyDocumentPage.objects.get(document_number="明政〔2026〕7号")
    reading = PolicyReadingPage(title=title, published_date=day, body=_body(texts), policy=policy)
    names["r-subsidy"] = _name(_under(pages.READINGS, reading))
    for name, (code, title, kind, day) in LISTS.items():
        with travel(noon(day)):
            area = village.areas[code]
            seat = village.seat(Role.TOWNSHIP_REVIEWER, village.areas[code[:9] + "000"])
            rows = [household(1), household(2)]
            published = a_list(village, rows, title=title, kind=kind, area=area, reference=name, **seat)
        names[name] = name_of(lists_source.NAME, published.number)
    return names


def _under(slug: str, page: Any) -> Any:
    above = pages.section(slug)
    page.slug = f"{slug}-{above.numchild + 1}"
    return above.add_child(instance=page)


def _name(page: Any) -> str:
    return name_of(pages_source.NAME, str(page.pk))


def _body(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)
