"""A household files by itself: its own form on the web, taken in only by who made sure whose it is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from disclosure.site.aloud import SCRIPT
from portal import clock
from portal.ledger.models import Event
from portal.ledger.verifier import verify
from workflows.demo.build import DEFINITION, County, make_household
from workflows.desk.paper_filed import filed_words, opening_roles
from workflows.engine.models import Case
from workflows.programmes.models import Application, Programme, ProgrammeVersion
from workflows.programmes.ranking import standing
from workflows.programmes.services import ProgrammeRefused, current_version, file_application, make_version
from workflows.registry.models import Household
from workflows.requests.models import HelpRequest, RequestState, SelfFiling
from workflows.requests.receipts import page as receipt_page

from ..county import VILLAGE
from .conftest import PHONE

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
ORIGIN = {"sec-fetch-site": "same-origin"}
FORM = {"a-project": "养羊圈舍", "a-scale": "圈舍60平方米", "a-invested_fen": "6,000", "a-expected_fen": ""}


def seen(response: Any) -> str:
    return str(response.content.decode())


def let(county: County, filers: list[str], **more: Any) -> Programme:
    """Make a version of the county's programme that says who files."""
    assert county.programme is not None
    old = current_version(county.programme)
    assert old is not None
    make_version(
        by=county["county"],
        programme=county.programme,
        valid_from=clock.today(),
        flow_key="fund_application",
        policy=old.policy,
        definition={**DEFINITION, "filers": filers, **more},
    )
    return county.programme


@pytest.fixture
def programme(county: County) -> Programme:
    """Return the programme, which clerks and households file for."""
    return let(county, ["village_clerk", "household"])


@pytest.fixture
def household(county: County) -> Household:
    """Return a household of the village."""
    return make_household(county, VILLAGE, 33, "clerk1")


@pytest.fixture
def fill(visitor: Client, county: County, programme: Programme, household: Household) -> Callable[..., Any]:
    """Return `fill(**typed)`: the answer to the programme's own form."""

    def filled(**changes: Any) -> Any:
        typed = {**FORM, "text": "", "name": household.head_name, "phone": PHONE} | changes
        where = f"/ask/{county.areas[VILLAGE].code}/{programme.slug}/"
        return visitor.post(where, typed, headers=ORIGIN)

    return filled


def way(asked: HelpRequest, household: Household, programme: Programme) -> str:
    query = f"household={household.pk}&programme={programme.slug}&request={asked.pk}&seen={asked.version}"
    return f"/admin/desk/file/?{query}"


def taken_in(programme: Programme, household: Household, **changes: Any) -> dict[str, Any]:
    return {**FORM, "do": "file", "programme": programme.slug, "household": household.pk} | changes


def test_the_village_page_leads_to_the_programmes_own_form(
    visitor: Client, county: County, programme: Programme
) -> None:
    code = county.areas[VILLAGE].code
    assert f"/ask/{code}/{programme.slug}/" in seen(visitor.get(f"/ask/{code}/"))
    form = visitor.get(f"/da/ask/{code}/{programme.slug}/")
    for words in ("做什么", "自己投入", "姓名", "电话", "只有办这件事的村"):
        assert words in seen(form), words
    assert (
        seen(form).count("<script") == seen(form).count(f"<script>{SCRIPT}</script>")
        and "csrf" not in seen(form)
        and not form.cookies
    )
    assert f'action="/da/ask/{code}/{programme.slug}/"' in seen(form)
    assert visitor.get(f"/ask/{code}/none/").status_code == 404


def test_a_programme_that_does_not_let_households_file_is_asked_for_as_before(
    visitor: Client, county: County
) -> None:
    assert county.programme is not None
    code = county.areas[VILLAGE].code
    assert visitor.get(f"/ask/{code}/{county.programme.slug}/").status_code == 404
    typed = {
        "what": f"p-{county.programme.slug}",
        "text": "想养羊，怎么申请",
        "name": "欧阳申",
        "phone": PHONE,
    }
    assert visitor.post(f"/ask/{code}/", typed, headers=ORIGIN).status_code == 200
    request = HelpRequest.objects.get()
    assert request.form_version is None and request.answers == {}


def test_who_chose_it_in_the_list_goes_on_in_its_form_with_what_was_written(
    visitor: Client, county: County, programme: Programme
) -> None:
    typed = {"what": f"p-{programme.slug}", "text": "想养羊，怎么申请", "name": "欧阳申", "phone": PHONE}
    answer = visitor.post(f"/ask/{county.areas[VILLAGE].code}/", typed, headers=ORIGIN)
    assert answer.status_code == 200 and not HelpRequest.objects.exists()
    for words in ("想养羊，怎么申请", 'value="欧阳申"', "自己投入", "再填下面几项"):
        assert words in seen(answer), words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"a-invested_fen": "六千"}, "“自己投入”要填数字"),
        ({"a-scale": ""}, "请填写“规模”"),
        ({"a-project": "开矿"}, "请从给出的选项里选"),
        ({"a-invested_fen": "0.5"}, "算不出补助"),
        ({"a-scale": "找我 19900000001"}, "电话号码"),
        ({"name": ""}, "请写姓名"),
        ({"phone": "没有"}, "只写数字"),
    ],
)
def test_a_wrong_answer_comes_back_at_its_field_with_all_that_was_written(
    fill: Callable[..., Any], changes: dict[str, str], words: str
) -> None:
    answer = fill(**changes)
    assert answer.status_code == 422 and words in seen(answer)
    for name, said in ({"a-scale": "圈舍60平方米", "a-invested_fen": "6,000"} | changes).items():
        assert name == "a-project" or said in seen(answer)
    assert not HelpRequest.objects.exists()


def test_what_the_household_typed_is_sealed_and_nobody_else_reads_it(
    fill: Callable[..., Any], county: County, sign_in: SignIn
) -> None:
    answer = fill(text="圈已经开始搭了")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert fill(text="圈已经开始搭了").status_code == 200 and HelpRequest.objects.count() == 1
    request = HelpRequest.objects.get()
    assert request.answers["invested_fen"] == "6,000" and request.form_version is not None
    event = Event.objects.get(kind="request.received")
    assert "圈舍" not in event.record and '"form":2' in event.record
    told = receipt_page(request)
    assert told["open"] and "6,000" not in str(told["steps"])
    shown = seen(sign_in("clerk1").get(f"/admin/desk/requests/{request.pk}/"))
    assert "6,000" in shown and "本户自己填了申报表" in shown
    assert sign_in("clerk2").get(f"/admin/desk/requests/{request.pk}/").status_code == 404


def test_nothing_is_filed_before_an_official_says_how_they_know_whose_it_is(
    fill: Callable[..., Any], county: County, sign_in: SignIn, programme: Programme, household: Household
) -> None:
    fill(text="圈已经开始搭了")
    request = HelpRequest.objects.get()
    due = request.due_on
    client, where = sign_in("clerk1"), way(request, household, programme)
    form = seen(client.get(where))
    assert "圈已经开始搭了" in form and 'value="6,000"' in form and "怎么认定是这一户填的" in form
    refused = client.post(where, taken_in(programme, household))
    assert refused.status_code == 422 and "没有认定，不能报" in seen(refused)
    assert client.post(where, taken_in(programme, household, identified="guess")).status_code == 422
    request.refresh_from_db()
    assert request.state == RequestState.OPEN and request.due_on == due and not Case.objects.exists()
    answer = client.post(where, taken_in(programme, household, identified="papers"))
    assert answer.status_code == 302
    request.refresh_from_db()
    case = Case.objects.get()
    assert (request.state, request.case, case.amount_fen) == (RequestState.FILED, case, 360_000)
    own = SelfFiling.objects.get()
    assert (own.request, own.identified_by, own.identified_how) == (request, county["clerk1"], "papers")
    assert Application.objects.get().by_household and case.opened_by == county["clerk1"]
    said = filed_words(case, opening_roles([case])[case.number])
    assert said.startswith("本户自己填表申报（") and "网上" in said and "当面看了身份证" in said
    record = Event.objects.get(kind="request.filed").record
    assert '"by_household":true' in record and '"identified":"papers"' in record
    told = receipt_page(request)
    assert told["case"]["active"] and "您填的表" in told["steps"][-1]["words"]
    assert verify().fault is None


def test_the_case_shows_what_was_typed_beside_what_was_filed(
    fill: Callable[..., Any], sign_in: SignIn, programme: Programme, household: Household
) -> None:
    fill(text="圈已经开始搭了")
    request = HelpRequest.objects.get()
    changed = taken_in(programme, household, identified="home", **{"a-invested_fen": "5,000"})
    where = way(request, household, programme)
    answer = sign_in("clerk1").post(where, changed)
    for username in ("clerk1", "reviewer1", "supervisor"):
        shown = seen(sign_in(username).get(answer["Location"]))
        for words in ("本户自己申报", request.receipt, "上门见了本人", "圈已经开始搭了"):
            assert words in shown, (username, words)
        assert "本人填 6,000 元，现在报 5,000 元" in shown
    batch = Case.objects.get().batch
    assert "本户自己申报" in seen(sign_in("clerk1").get(f"/admin/desk/batches/{batch.number}/"))


def test_who_may_file_is_what_the_version_says(
    county: County, household: Household, fill: Callable[..., Any], programme: Programme
) -> None:
    fill()
    only = let(county, ["household"])
    answers = {"project": "养鸡", "scale": "鸡舍", "invested_fen": 200_000}
    with pytest.raises(ProgrammeRefused, match="只由本户自己申报"):
        file_application(by=county["clerk1"], programme=only, household=household, answers=answers)
    none = let(county, ["helper"])
    with pytest.raises(ProgrammeRefused, match="不由本户自己申报"):
        file_application(
            by=county["clerk1"], programme=none, household=household, answers=answers, asked_on=clock.today()
        )


def test_who_filed_within_the_window_is_in_time_however_late_the_office_is(
    county: County, household: Household
) -> None:
    today = clock.today()
    window = {"opens": today.isoformat(), "closes": (today + timedelta(days=2)).isoformat()}
    ranking = [{"by": "category", "values": ["lifted"]}]
    programme = let(county, ["household"], window=window, ranking=ranking)
    version = ProgrammeVersion.objects.filter(programme=programme).latest("number")
    answers = {"project": "养鸡", "scale": "鸡舍", "invested_fen": 200_000}
    with clock.travel(clock.now() + timedelta(days=5)):
        given = {"programme": programme, "household": household, "answers": answers}
        with pytest.raises(ProgrammeRefused, match="申报期"):
            file_application(by=county["clerk1"], **given, asked_on=clock.today())
        case = file_application(by=county["clerk1"], **given, asked_on=today)
        places = standing(programme.pk, version.definition, None)
        assert [one.application.case for one in places] == [case]


def test_the_programme_form_keeps_who_files_the_window_and_the_ranking(
    county: County, sign_in: SignIn
) -> None:
    today = clock.today()
    window = {"opens": today.isoformat(), "closes": (today + timedelta(days=9)).isoformat()}
    ranking = [{"by": "income"}]
    programme = let(county, ["helper", "household"], window=window, ranking=ranking, deliberation=False)
    client, where = sign_in("county"), f"/admin/desk/programmes/{programme.slug}/version/"
    form = client.get(where).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    sent["rest"] = form.fields["rest"].prepare_value(sent["rest"])
    sent |= {"ceiling_fen": "5000", "do": "make"}
    assert set(sent["filers"]) == {"helper", "household"} and sent["deliberation"] == "no"
    answer = client.post(where, sent)
    assert answer.status_code == 302, seen(answer)
    made = ProgrammeVersion.objects.filter(programme=programme).latest("number").definition
    assert made["filers"] == ["helper", "household"] and made["deliberation"] is False
    assert made["window"] == window and made["ranking"] == ranking
    assert "本户自己（网上填表" in seen(client.get(f"/admin/desk/programmes/{programme.slug}/"))
