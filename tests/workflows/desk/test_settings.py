"""配置 through HTTP: a county's figures, proposed by one person and confirmed by another."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from disclosure.deliberations.models import MeetingStep
from portal import clock
from portal.configuration import services
from portal.configuration.keys import all_keys
from portal.configuration.models import Setting
from portal.configuration.services import unverified, value
from portal.configuration.standing import standing
from portal.people.models import Line, Role
from workflows.demo import build
from workflows.demo.build import County
from workflows.desk.setting_forms import ProposalForm, in_words
from workflows.programmes.keys import COUNTY_THRESHOLD

from .conftest import SignIn
from .test_queries import queries

SETTINGS = "/admin/desk/settings/"
DAYS = "publicity.days.application"


@pytest.fixture(autouse=True)
def no_recheck(settings: Any) -> None:
    """Keep a process from asking now and then whether another one changed a setting."""
    settings.CONFIGURATION_RECHECK_SECONDS = None


def page(key: str) -> str:
    """Return the address of a setting's page."""
    return f"{SETTINGS}{key}/"


def proposal(**changes: Any) -> dict[str, Any]:
    """Return the form that proposes 10 days."""
    day = clock.today().isoformat()
    return {
        "do": "propose",
        "value": "10",
        "valid_from": day,
        "source": "枫农〔2026〕1号",
        "area": "",
        **changes,
    }


def confirm(client: Client, key: str) -> Any:
    """Confirm the latest proposal of `key`."""
    setting = Setting.objects.filter(key=key).latest("pk")
    return client.post(page(key), {"do": "confirm", "setting": setting.pk}, follow=True)


def test_a_value_counts_once_the_county_head_confirmed_it(county: County, sign_in: SignIn) -> None:
    place = county.areas["枫禾县"]
    answer = sign_in("county").post(page(DAYS), proposal(), follow=True)
    assert "等另一位负责人确认" in answer.content.decode()
    assert value(DAYS, place) == 7 and unverified(DAYS, place)
    assert "有新的值等第二人确认" in sign_in("countyhead").get(SETTINGS).content.decode()
    shown = confirm(sign_in("countyhead"), DAYS).content.decode()
    assert "枫农〔2026〕1号" in shown
    assert value(DAYS, place) == 10 and not unverified(DAYS, place)
    one = standing([key for key in all_keys() if key.name == DAYS], place)[0]
    assert one.setting and one.setting.value == one.value == 10


def test_a_value_that_waits_stands_on_its_page_once(county: County, sign_in: SignIn) -> None:
    sign_in("county").post(page(DAYS), proposal())
    waiting, before = sign_in("countyhead").get(page(DAYS)).content.decode().split("以前的")
    assert waiting.count("枫农〔2026〕1号") == 1 and "枫农〔2026〕1号" not in before


def test_figures_that_nobody_has_confirmed_stand_first(county: County, sign_in: SignIn) -> None:
    shown = sign_in("county").get(SETTINGS).content.decode()
    assert shown.index("名单公示天数") < shown.index("依据清楚的") < shown.index("党员审议：到会与赞成")
    assert "待确认" in shown.split("依据清楚的")[0]
    sign_in("county").post(page(DAYS), proposal(value="7"))
    confirm(sign_in("countyhead"), DAYS)
    after = sign_in("county").get(SETTINGS).content.decode()
    assert after.index("名单公示天数") > after.index("依据清楚的")


def test_settings_stand_by_subject_and_are_found_by_a_word(county: County, sign_in: SignIn) -> None:
    client = sign_in("county")
    shown = client.get(SETTINGS).content.decode()
    assert shown.index("流程：资金申请") < shown.index("公示和异议") < shown.index("账号、文件和消息")
    found = client.get(SETTINGS, {"q": "先行救助一次"}).content.decode()
    assert "先行救助一次最多多少（元）" in found and "2,000 元" in found
    assert "名单公示天数" not in found and '<details class="desk-subject" open>' in found
    assert "没有这样的项" in client.get(SETTINGS, {"q": "没有这个词"}).content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value": "十天"}, "请填整数"),
        ({"value": "0"}, "天数要在1到365之间"),
        ({"source": ""}, "必填"),
        ({"source": " "}, "必填"),
        ({"valid_from": "2020-01-01"}, "已经过去"),
        ({"valid_from": "下月"}, "2026-11-21 这样的日期"),
        ({"area": "榆坪"}, ""),
        ({"area": "没有的地方"}, "没有这个地方"),
    ],
)
def test_what_cannot_be_proposed_is_refused_with_what_was_typed(
    county: County, sign_in: SignIn, changes: dict[str, str], said: str
) -> None:
    answer = sign_in("county").post(page(DAYS), proposal(**changes))
    if not said:
        assert answer.status_code == 302 and Setting.objects.get().area == county.areas["榆坪村"]
        return
    shown = answer.content.decode()
    assert answer.status_code == 422 and said in shown
    for typed in proposal(**changes).values():
        assert not typed.strip() or typed == "propose" or f'value="{typed}"' in shown
    assert not Setting.objects.exists()


def test_nobody_confirms_their_own_proposal(county: County, sign_in: SignIn) -> None:
    build.make_official(county, "county", "严明理", Role.COUNTY_HEAD, "枫禾县", Line.ALL)
    client = sign_in("county")
    client.post(page(DAYS), proposal())
    answer = confirm(client, DAYS)
    assert answer.status_code == 422 and "提出的人不能自己确认" in answer.content.decode()
    assert 'value="confirm"' not in client.get(page(DAYS)).content.decode()


@pytest.mark.parametrize(
    ("username", "said"), [("countyhead", "要由县级经办来办"), ("supervisor", "县级经办")]
)
def test_only_the_county_reviewer_proposes(county: County, sign_in: SignIn, username: str, said: str) -> None:
    client = sign_in(username)
    assert 'value="propose"' not in client.get(page(DAYS)).content.decode()
    answer = client.post(page(DAYS), proposal())
    assert answer.status_code == 422 and said in answer.content.decode()


def test_a_reviewer_and_a_supervisor_do_not_confirm(county: County, sign_in: SignIn) -> None:
    build.make_official(county, "county2", "路同行", Role.COUNTY_REVIEWER, "枫禾县", Line.ALL)
    sign_in("county").post(page(DAYS), proposal())
    for username in ("county2", "supervisor"):
        answer = confirm(sign_in(username), DAYS)
        assert answer.status_code == 422 and "县级负责人" in answer.content.decode()
    assert not Setting.objects.exclude(confirmed_at=None).exists()


def test_an_amount_is_typed_and_shown_in_yuan_and_kept_in_fen(county: County, sign_in: SignIn) -> None:
    sign_in("county").post(page(COUNTY_THRESHOLD), proposal(value="5,000.50"))
    shown = confirm(sign_in("countyhead"), COUNTY_THRESHOLD).content.decode()
    assert Setting.objects.get().value == 500_050
    assert "5,000.50 元" in shown
    assert 'value="5,000.50"' in sign_in("county").get(page(COUNTY_THRESHOLD)).content.decode()


def test_choices_lists_and_rules_are_chosen_in_words(county: County, sign_in: SignIn) -> None:
    client, head = sign_in("county"), sign_in("countyhead")
    client.post(page("publicity.day_kind"), proposal(value="working"))
    assert "工作日" in confirm(head, "publicity.day_kind").content.decode()
    client.post(page("recusal.degrees"), proposal(value=["self", "spouse"]))
    assert "本人、配偶" in confirm(head, "recusal.degrees").content.decode()
    rule = f"deliberation.rule.{MeetingStep.DELIBERATION}"
    client.post(
        page(rule), proposal(**{"part-present": ">=2/3", "part-for": ">1/2", "part-for_of": "present"})
    )
    assert "到会：达到三分之二" in confirm(head, rule).content.decode()
    client.post(page("calendar.extra_holidays"), proposal(value="2027-02-06\n2027-02-07"))
    confirm(head, "calendar.extra_holidays")
    place = county.areas["枫禾县"]
    assert value("publicity.day_kind", place) == "working"
    assert value("recusal.degrees", place) == ["self", "spouse"]
    assert value(rule, place) == {"present": ">=2/3", "for": ">1/2", "for_of": "present"}
    assert value("calendar.extra_holidays", place) == ["2027-02-06", "2027-02-07"]
    wrong = client.post(page("publicity.day_kind"), proposal(value="lunar"))
    assert wrong.status_code == 422 and Setting.objects.count() == 4


def test_every_setting_of_the_portal_can_be_proposed_as_it_stands(county: County) -> None:
    """The form made from a key gives back the value that it started with, of the same kind."""
    for key in all_keys():
        form = ProposalForm(key=key, user=county["county"], current=key.default)
        typed: dict[str, Any] = {"valid_from": "2027-01-01", "source": "文件"}
        for bound in form:
            if bound.name not in typed and bound.name != "area":
                shown = bound.value()
                typed[bound.name] = bound.field.prepare_value(shown)
        sent = ProposalForm(typed, key=key, user=county["county"], current=key.default)
        assert sent.is_valid(), (key.name, sent.errors)
        assert sent.proposed() == key.default, key.name
        assert type(sent.proposed()) is type(key.default), key.name
        assert in_words(key, key.default), key.name


def test_a_named_set_is_told_by_its_words_and_not_by_its_keys(county: County, sign_in: SignIn) -> None:
    shown = sign_in("county").get(SETTINGS).content.decode()
    assert "不愁吃、不愁穿（两不愁）；义务教育有保障" in shown
    assert "no_worries" not in shown and "domain.md" not in shown


def test_a_village_may_have_its_own_value_and_the_county_sees_that(county: County, sign_in: SignIn) -> None:
    sign_in("county").post(page(DAYS), proposal(area=county.areas["榆坪村"].code))
    confirm(sign_in("countyhead"), DAYS)
    assert value(DAYS, county.areas["榆坪村"]) == 10 and value(DAYS, county.areas["禾坪村"]) == 7
    assert "另有 1 处单独规定" in sign_in("supervisor").get(SETTINGS).content.decode()


def test_a_later_value_waits_for_its_day_and_history_keeps_both(county: County, sign_in: SignIn) -> None:
    day = (clock.today() + timedelta(days=30)).isoformat()
    for changes in ({}, {"value": "12", "valid_from": day}):
        sign_in("county").post(page(DAYS), proposal(**changes))
        confirm(sign_in("countyhead"), DAYS)
    shown = sign_in("supervisor").get(page(DAYS)).content.decode()
    facts, history = shown.split("以前的")
    assert re.search(r"<b>10</b>", facts) and f"{day} 起" in facts
    assert history.count("确认") >= 2


def test_technical_settings_are_the_administrators_own(county: County, sign_in: SignIn) -> None:
    key = "files.largest_megabytes"
    system, security = sign_in("sysadmin"), sign_in("security")
    assert "名单公示天数" not in system.get(SETTINGS).content.decode()
    assert system.post(page(key), proposal(value="30")).status_code == 302
    assert confirm(system, key).status_code == 422
    confirm(security, key)
    assert value(key) == 30
    for username in ("county", "countyhead", "supervisor"):
        assert sign_in(username).get(page(key)).status_code == 404
    assert sign_in("audit").post(page(key), proposal(value="40")).status_code == 422
    assert system.get(page(DAYS)).status_code == 404


def test_a_setting_that_is_not_there_and_a_county_of_others_are_missing(
    county: County, sign_in: SignIn
) -> None:
    client = sign_in("county")
    for address in (page("no.such"), f"{SETTINGS}?area=990100000000", f"{page(DAYS)}?area=123456789012"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "username", ["clerk1", "helper1", "reviewer1", "head1", "finance", "assessor", "editor"]
)
def test_settings_are_missing_to_everybody_else(county: County, sign_in: SignIn, username: str) -> None:
    client = sign_in(username)
    assert client.get(SETTINGS).status_code == client.get(page(DAYS)).status_code == 404
    assert client.post(page(DAYS), proposal()).status_code == 404
    assert not Setting.objects.exists()


def test_the_pages_take_the_same_queries_with_many_settings(county: County, sign_in: SignIn) -> None:
    client, place = sign_in("county"), county.areas["枫禾县"]

    def grow(count: int) -> None:
        Setting.objects.bulk_create(
            Setting(
                key=DAYS,
                area=place,
                value=9,
                valid_from=clock.today(),
                source="文件",
                proposed_by=county["county"],
                confirmed_by=county["countyhead"],
                confirmed_at=clock.now(),
            )
            for _n in range(count)
        )
        services.forget()

    grow(3)
    counts = [queries(client, SETTINGS), queries(client, page(DAYS))]
    grow(200)
    assert [queries(client, SETTINGS), queries(client, page(DAYS))] == counts
    assert max(counts) <= queries(sign_in("sysadmin"), "/admin/") + 6
