"""项目 through HTTP: versions, budgets, and a new county scheme that needs no new code."""

import html
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from disclosure.publicity.models import PublicList
from portal import clock
from portal.ledger.models import Event
from portal.people.models import Line, Role
from workflows.demo import build, play
from workflows.demo.build import County
from workflows.engine.models import Batch, BatchState, Case
from workflows.programmes.models import Budget, Programme, ProgrammeVersion

from ..county import OFFICIALS, make_batch
from .conftest import SignIn
from .test_queries import queries

PROGRAMMES, NEW = "/admin/desk/programmes/", "/admin/desk/new-programme/"
SLUG = "build-then-subsidise"
JOBS = "village-jobs"
JOBS_REST: dict[str, Any] = {
    "fields": [
        {"key": "post", "label": "岗位", "kind": "choice", "choices": ["保洁员", "护林员", "水管员"]},
        {"key": "months", "label": "干几个月", "kind": "number"},
        {"key": "wage_fen", "label": "一年工资", "kind": "money", "help": "村里付的"},
    ],
    "item_field": "post",
    "amount_of": "wage_fen",
    "eligibility": [
        {"rule": "category_in", "values": ["lifted", "low_income"], "text": "得是脱贫户或者低收入农户"},
        {"rule": "able_member", "text": "家里要有能干活的人"},
    ],
    "citations": {"basis": {"anchor": "s2-2", "label": "二（二）"}},
}


def page(name: str, slug: str = SLUG) -> str:
    """Return the address of a screen about a programme."""
    return reverse(f"desk:{name}", args=[slug])


def standing_form(client: Client, address: str) -> dict[str, str]:
    """Return what the form at `address` would send as it stands."""
    shown = client.get(address).content.decode()
    form = shown[shown.index('<form method="post"') :]
    data: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        ticked = 'type="checkbox"' not in tag or " checked" in tag
        if name and ticked:
            data[name[1]] = html.unescape(value[1]) if value else ""
    for name_, inside in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        data[name_] = html.unescape(inside).strip("\n")
    for name_, inside in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        data[name_] = chosen[1] if chosen else ""
    data.pop("csrfmiddlewaretoken", None)
    return data


def jobs(client: Client, county: County, **changes: Any) -> dict[str, Any]:
    """Return the form that makes the scheme of paid posts in villages."""
    assert county.programme is not None
    return {
        **standing_form(client, NEW),
        "do": "make",
        "title": "公益性岗位补贴",
        "slug": JOBS,
        "line": "assistance",
        "area": str(county.areas["枫禾县"].pk),
        "flow_key": "fund_application",
        "policy": str(county.programme.versions.get(number=1).policy_id),
        "rate_percent": "50",
        "ceiling_fen": "6,000",
        "visit_mode": "sample",
        "percent": "100",
        "show_names": "no",
        "summary": "给村里干活，政府补一半工资。",
        "who": "能干活的脱贫户、低收入农户。",
        "how_to_apply": "找村文书报名。\n村里开会议定。\n\n公示以后上岗。",
        "reason": "在村里公益岗位干活的农户，按工资的百分之{rate}补，最多{ceiling}元。",
        "remedy": "不同意的，可以向乡镇帮扶办提出。",
        "rest": json.dumps(JOBS_REST, ensure_ascii=False),
        **changes,
    }


def test_a_new_scheme_is_made_at_the_desk_and_its_money_arrives_without_new_code(
    county: County, sign_in: SignIn
) -> None:
    office = sign_in("county")
    assert office.post(NEW, jobs(office, county)).status_code == 302
    budget = {"do": "budget", "year": clock.today().year, "total_fen": "100,000", "source": "县级资金"}
    assert office.post(page("programme", JOBS), budget).status_code == 302
    home = build.make_household(county, "禾坪村", 1, "clerk1")
    clerk = sign_in("clerk1")
    form = clerk.get(f"/admin/desk/file/?programme={JOBS}&household={home.pk}").content.decode()
    assert "护林员" in form and "干几个月" in form
    typed = {"do": "file", "programme": JOBS, "household": home.pk, "a-post": "护林员", "a-months": "12"}
    refused = clerk.post("/admin/desk/file/", typed)
    assert refused.status_code == 422 and "请填写“一年工资”" in refused.content.decode()
    assert clerk.post("/admin/desk/file/", typed | {"a-wage_fen": "8,000"}).status_code == 302
    case = Case.objects.get()
    assert case.amount_fen == 400_000
    batch = play.play(county, Batch.objects.get(), OFFICIALS, "end")
    assert batch.state != BatchState.OPEN
    lists = PublicList.objects.filter(scheme=f"programme:{ProgrammeVersion.objects.latest('pk').pk}")
    assert lists.count() == 3 and not any(one.show_names for one in lists)
    public = Client().get(f"/lists/{lists.latest('pk').number}/").content.decode()
    assert home.head_name not in public and "某" not in re.sub(r"<style.*?</style>", "", public, flags=re.S)
    shown = Client().get(f"/programmes/{JOBS}/").content.decode()
    assert "公益性岗位补贴" in shown and "6,000" in shown
    money = office.get(page("programme", JOBS)).content.decode()
    assert money.count("4,000") == 2 and "96,000" in money


def test_a_first_look_saves_nothing_and_shows_the_paragraphs_to_cite(county: County, sign_in: SignIn) -> None:
    client = sign_in("county")
    answer = client.post(NEW, jobs(client, county, do="look"))
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "还没有保存" in shown and "按“一年工资”的 50% 补，最多 6,000 元" in shown
    assert "<code>s2-2</code>" in shown
    assert not Programme.objects.filter(slug=JOBS).exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rest": "{fields: 1}"}, "第 1 行的写法不对"),
        ({"rest": "[]"}, "要写成 { } 的样子"),
        ({"rest": json.dumps({**JOBS_REST, "colour": 1})}, "不认识：colour"),
        ({"rest": json.dumps({**JOBS_REST, "item_field": "colour"})}, "item_field 不在字段里"),
        ({"rest": json.dumps({**JOBS_REST, "fields": "x"})}, "要写成一个列表"),
        ({"rest": json.dumps({**JOBS_REST, "fields": [7]})}, "要写成 { } 的样子"),
        ({"rest": json.dumps({**JOBS_REST, "amount_of": "post"})}, "要是金额"),
        ({"rest": json.dumps({**JOBS_REST, "eligibility": [{"rule": "luck", "text": "x"}]})}, "不认识"),
        ({"rest": json.dumps({**JOBS_REST, "citations": {}})}, "依据哪一条"),
        (
            {"rest": json.dumps({**JOBS_REST, "citations": {"basis": {"anchor": "s9", "label": "九"}}})},
            "政策文件里找不到",
        ),
        ({"rest": json.dumps({name: JOBS_REST[name] for name in ("fields", "citations")})}, "缺少"),
        ({"reason": "补{rate.__class__}"}, "只能写 {rate}"),
        ({"reason": "补{money}"}, "只能写 {rate}"),
        ({"reason": "因病的农户，补{rate}"}, "健康、残疾"),
        ({"rate_percent": "120"}, "补助比例要在 1 到 100"),
        ({"rate_percent": "一半"}, "请填整数"),
        ({"ceiling_fen": "六千"}, "请填数字，单位元"),
        ({"percent": ""}, "抽百分之几"),
        ({"visit_mode": "risk"}, "从多少起"),
        ({"valid_from": "2020-01-01"}, "启用日期已经过去"),
        ({"slug": SLUG}, "已存在"),
        ({"slug": "公益岗"}, "有效"),
        ({"line": "health"}, "health"),
        ({"policy": ""}, "必填"),
        ({"title": ""}, "必填"),
    ],
)
def test_what_is_wrong_with_a_programme_is_said_in_chinese_and_nothing_is_lost(
    county: County, sign_in: SignIn, changes: dict[str, str], said: str
) -> None:
    client = sign_in("county")
    typed = jobs(client, county, **changes)
    answer = client.post(NEW, typed)
    shown = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert said in shown
    for name in ("title", "rate_percent", "ceiling_fen", "summary", "reason", "remedy", "rest"):
        assert str(typed[name]).split("\n")[0] in shown, name
    assert Programme.objects.count() == ProgrammeVersion.objects.count() == 1


def test_a_new_version_starts_from_the_current_one_and_leaves_it_as_it_is(
    county: County, sign_in: SignIn
) -> None:
    client = sign_in("county")
    first = ProgrammeVersion.objects.get()
    typed = standing_form(client, page("version"))
    answer = client.post(page("version"), typed | {"do": "make", "ceiling_fen": "3,000"}, follow=True)
    assert "第 2 版 · 现行" in answer.content.decode()
    second = ProgrammeVersion.objects.get(number=2)
    changed = {**first.definition, "amount": {**first.definition["amount"], "ceiling_fen": 300_000}}
    assert second.definition == changed
    assert (second.flow_key, second.policy) == (first.flow_key, first.policy)
    assert Event.objects.latest("sequence").kind == "programme.version"


def test_a_version_from_a_later_day_waits_for_it(county: County, sign_in: SignIn) -> None:
    client = sign_in("county")
    day = (clock.today() + timedelta(days=40)).isoformat()
    typed = standing_form(client, page("version")) | {"do": "make", "valid_from": day}
    shown = client.post(page("version"), typed, follow=True).content.decode()
    assert "第 2 版 · 还没启用" in shown and "第 1 版 · 现行" in shown
    assert "第 2 版待启用" in client.get(PROGRAMMES).content.decode()


def test_a_version_in_words_links_to_the_paragraphs_of_its_policy(county: County, sign_in: SignIn) -> None:
    shown = sign_in("clerk1").get(page("programme")).content.decode()
    for words in (
        "按“自己投入”的 60% 补，最多 5,000 元",
        "每户都去，两个人",
        "得是脱贫户或者监测对象",
        "选一个：养羊圈舍",
        "按投入的百分之60补助，最多5,000元",
    ):
        assert words in shown, words
    link = re.search(r'href="([^"]*#s2-2)"', shown)
    assert link and Client().get(link[1]).status_code == 200
    assert page("version") not in shown and 'value="budget"' not in shown


def test_the_money_of_a_programme_is_shown_and_set_by_its_county(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="end")
    paid = Case.objects.get(batch=batch).amount_fen
    client = sign_in("county")
    low = {"do": "budget", "year": clock.today().year, "total_fen": "1", "source": "资金"}
    refused = client.post(page("programme"), low)
    assert refused.status_code == 422 and "不能少于已经批准的金额" in refused.content.decode()
    bad = client.post(page("programme"), low | {"total_fen": "很多"})
    assert bad.status_code == 422 and 'value="很多"' in bad.content.decode()
    assert client.post(page("programme"), low | {"total_fen": "200,000.00"}).status_code == 302
    budget = Budget.objects.get()
    assert (budget.total_fen, budget.source) == (20_000_000, "资金")
    shown = sign_in("supervisor").get(PROGRAMMES).content.decode()
    assert "200,000" in shown and shown.count(f"{paid // 100:,}") == 2


@pytest.mark.parametrize("username", ["clerk1", "reviewer1", "head1", "finance", "supervisor", "assessor"])
def test_others_read_and_do_not_set(county: County, sign_in: SignIn, username: str) -> None:
    client = sign_in(username)
    assert client.get(PROGRAMMES).status_code == client.get(page("programme")).status_code == 200
    for address in (page("version"), NEW):
        assert client.get(address).status_code == client.post(address, {"do": "make"}).status_code == 404
    answer = client.post(
        page("programme"),
        {"do": "budget", "year": clock.today().year, "total_fen": "1", "source": "x"},
    )
    assert answer.status_code == 422 and "县里主管部门" in answer.content.decode()


@pytest.mark.parametrize("username", ["security", "sysadmin", "audit", "editor"])
def test_programmes_are_missing_to_those_without_business(
    county: County, sign_in: SignIn, username: str
) -> None:
    client = sign_in(username)
    for address in (PROGRAMMES, page("programme"), page("version"), NEW):
        assert client.get(address).status_code == 404


def test_an_office_of_another_line_finds_the_programme_missing(county: County, sign_in: SignIn) -> None:
    build.make_official(county, "schools", "田教育", Role.COUNTY_REVIEWER, "枫禾县", Line.EDUCATION)
    client = sign_in("schools")
    hidden, absent = client.get(page("programme")), client.get(page("programme", "no-such"))
    assert hidden.status_code == absent.status_code == 404 and hidden.content == absent.content
    assert client.get(page("version")).status_code == 404
    typed = jobs(client, county, line="assistance")
    assert client.post(NEW, typed).status_code == 422
    assert client.post(NEW, typed | {"line": "education"}).status_code == 302


def test_the_list_takes_the_same_queries_with_many_programmes(county: County, sign_in: SignIn) -> None:
    client, area = sign_in("supervisor"), county.areas["枫禾县"]
    first = ProgrammeVersion.objects.get()

    def grow(count: int) -> None:
        start = Programme.objects.count()
        made = Programme.objects.bulk_create(
            Programme(
                slug=f"p{start + n}", title="项目", line=Line.ASSISTANCE, area=area, area_path=area.path
            )
            for n in range(count)
        )
        copied = ("valid_from", "flow_key", "flow_version", "policy_id", "definition", "made_by_id")
        kept = {name: getattr(first, name) for name in copied}
        ProgrammeVersion.objects.bulk_create(
            ProgrammeVersion(programme=one, number=1, **kept) for one in made
        )
        Budget.objects.bulk_create(
            Budget(programme=one, year=clock.today().year, total_fen=1, source="x", set_by=county["county"])
            for one in made
        )

    grow(20)
    at_20 = queries(client, PROGRAMMES)
    grow(180)
    assert queries(client, PROGRAMMES) == at_20
    assert at_20 <= queries(sign_in("sysadmin"), "/admin/") + 6
