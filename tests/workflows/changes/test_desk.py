"""Filing, signing and reading changes, exits and aids on the desk's screens."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.files.models import PrivateFile
from portal.ledger.models import Event
from portal.ledger.verifier import verify
from workflows.changes import services
from workflows.changes.models import Aid, ChangeRequest, Reserve, StartedMeasure, Wanted
from workflows.demo import build, play
from workflows.demo.build import County
from workflows.demo.change_play import ENTRY, carry, civil_affairs, file_entry, file_exit, who
from workflows.engine.models import Batch, Case
from workflows.programmes.models import CasePaper
from workflows.registry.models import Category, Household
from workflows.requests.models import Matter

from ..desk.conftest import SignIn, form, page
from ..requests.conftest import ask

pytestmark = pytest.mark.django_db
DESK = "/admin/desk"


def home(county: County, number: int = 61, category: str = Category.ORDINARY) -> Household:
    return build.make_household(county, "禾坪村", number, "clerk1", category)


def typed(household: Household, wanted: str, **said: Any) -> dict[str, Any]:
    """Return what the form sends: each answer under its input's name."""
    return {"household": household.pk, "wanted": wanted, "do": "file"} | {
        f"a-{key}": value for key, value in said.items()
    }


def test_a_clerk_files_an_urgent_entry_in_three_steps(county: County, sign_in: SignIn) -> None:
    household, client = home(county), sign_in("clerk1")
    assert household.head_name in client.get(f"{DESK}/file/change/").content.decode()
    found = client.post(f"{DESK}/file/change/", {"do": "find", "name": household.head_name})
    assert f"?household={household.pk}" in found.content.decode()
    kinds = client.get(f"{DESK}/file/change/?household={household.pk}").content.decode()
    assert "返贫再纳入" in kinds and "分户" in kinds and "变更类别" not in kinds
    shown = client.get(f"{DESK}/file/change/?household={household.pk}&wanted=enter").content.decode()
    assert "先帮后补" in shown and "困难情况" in shown
    said = {**ENTRY, "income_fen": "9600"}
    answer = client.post(f"{DESK}/file/change/", typed(household, "enter", **said) | {"urgent": "yes"})
    case = Case.objects.get()
    assert answer.status_code == 302 and answer["Location"].endswith(f"/cases/{case.number}/")
    request = ChangeRequest.objects.get()
    assert (request.urgent, request.details["income_fen"]) == (True, 960_000)
    shown = client.get(answer["Location"]).content.decode()
    assert "纳入帮扶对象" in shown and "9,600 元" in shown


def test_a_bad_form_comes_back_filled_in_with_a_reason_at_each_input(county: County, sign_in: SignIn) -> None:
    household = home(county)
    wrong = typed(household, "birth", name="新丁", relation="儿子", on="2090-01-01", id_number="123")
    answer = sign_in("clerk1").post(f"{DESK}/file/change/", wrong)
    text = answer.content.decode()
    assert answer.status_code == 422 and 'value="新丁"' in text
    assert text.count("desk-error") == 3 and "身份证号校验不对" in text and "请填写“有什么依据”" in text
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("birth", {"name": "韩小满", "relation": "女儿", "on": "2026-10-01", "evidence": "出生证明"}),
        ("head", {"member": "spouse", "evidence": "户口簿"}),
        ("split", {"members": ["spouse"], "head": "spouse", "on": "2026-10-01", "evidence": "户口簿"}),
        ("death", {"member": "head", "new_head": "spouse", "on": "2026-10-01", "evidence": "证明"}),
        ("helper", {"helper": "team1", "evidence": "派驻文件"}),
        ("move", {"village": "sibling", "group_name": "二组", "evidence": "户口簿"}),
    ],
)
def test_each_change_is_filed_and_carried_through_to_the_register(
    county: County, sign_in: SignIn, wanted: str, said: dict[str, Any]
) -> None:
    household = home(county, 62, Category.LIFTED)
    head, spouse = household.present_members
    stand = {"spouse": str(spouse.pk), "head": str(head.pk), "sibling": county.areas["竹坞村"].code}
    filled = {
        key: [stand.get(one, one) for one in value] if isinstance(value, list) else stand.get(value, value)
        for key, value in said.items()
    }
    answer = sign_in("clerk1").post(f"{DESK}/file/change/", typed(household, wanted, **filled))
    assert answer.status_code == 302, answer.content.decode()
    case = Case.objects.get()
    assert sign_in("clerk1").get(f"{DESK}/cases/{case.number}/").status_code == 200
    carry(county, Batch.objects.get(), "end")
    household.refresh_from_db()
    changed = household.changes.filter(case_number=case.number)
    assert changed.exists()
    names = [member.name for member in household.present_members]
    outcome = {
        "birth": lambda: "韩小满" in names,
        "head": lambda: household.head_name == spouse.name,
        "split": lambda: names == [head.name] and Household.objects.filter(split_from=household).exists(),
        "death": lambda: names == [spouse.name] and household.head_name == spouse.name,
        "helper": lambda: household.helper == county["team1"],
        "move": lambda: household.area.name == "竹坞村",
    }
    assert outcome[wanted]()
    assert verify().fault is None, "the events name every row that was written"


def test_the_signature_on_the_batch_page_writes_the_register_and_says_so(
    county: County, sign_in: SignIn
) -> None:
    household = home(county, 62, Category.LIFTED)
    said = {"name": "韩小满", "relation": "女儿", "on": "2026-10-01", "evidence": "出生证明"}
    sent = typed(household, "birth", **said) | {"files": play.photo("证明")}
    assert sign_in("clerk1").post(f"{DESK}/file/change/", sent).status_code == 302
    batch = Batch.objects.get()
    changed = Event.objects.filter(kind="household.changed", object_id=str(household.pk))
    while not changed.exists():
        client, case = sign_in(who(batch)), batch.cases.get()
        answer = client.post(page(batch.number), form(client, batch, **{f"verdict-{case.pk}": "agree"}))
        assert answer.status_code == 302, answer.content.decode()
        batch.refresh_from_db()
    assert changed.get().actor == county["reviewer1"] and "韩小满" not in changed.get().record
    assert "韩小满" in [member.name for member in household.present_members]
    assert verify().fault is None


def test_an_exit_and_an_aid_take_their_papers_with_them_and_settle_the_request(
    county: County, sign_in: SignIn
) -> None:
    civil_affairs(county)
    poor, well, client = home(county, 65), home(county, 66, Category.MARGINAL), sign_in("clerk1")
    _named, criteria = services.criteria_for(well)
    exits = {"income_year": "2025", "income_fen": "26000", "living": "新房已经入住"}
    exits |= {f"c-{key}": "入户看过" for key in criteria}
    aid = {"need": "accident", "reason": "摔伤住院", "amount_fen": "800"}
    for address, household, sent in (
        ("exit", well, typed(well, "exit", **exits)),
        ("aid", poor, {**typed(poor, "aid", **aid), "wanted": ""}),
    ):
        matter = {"matter": Matter.HARDSHIP, "wanted": ""} if address == "aid" else {"wanted": Wanted.EXIT}
        asked = ask(county, name=household.head_name, **matter).request
        way = f"{DESK}/file/{address}/?household={household.pk}&request={asked.pk}&seen=0"
        shown = client.get(way).content.decode()
        papers = re.findall(r'name="(paper-[^"]+)"', shown)
        assert len(papers) == (address == "exit")
        sent |= {"files": play.photo("其他")} | {paper: play.photo("纸") for paper in papers}
        answer = client.post(way, sent)
        assert answer.status_code == 302, answer.content.decode()
        case = Case.objects.latest("pk")
        assert PrivateFile.objects.filter(reference=f"case:{case.number}").count() == 1 + len(papers)
        assert CasePaper.objects.filter(case=case).count() == len(papers)
        asked.refresh_from_db()
        assert asked.case == case
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert {"request.filed", "case.paper_named", "file.stored"} <= kinds


def test_an_exit_asks_for_the_evidence_of_each_criterion(county: County, sign_in: SignIn) -> None:
    household, client = home(county, 63, Category.MARGINAL), sign_in("helper1")
    shown = client.get(f"{DESK}/file/exit/?household={household.pk}").content.decode()
    _named, criteria = services.criteria_for(household)
    assert all(text in shown for text in criteria.values())
    said = {"income_year": "2025", "income_fen": "26000", "living": "新房已经入住"}
    answer = client.post(f"{DESK}/file/exit/", typed(household, "exit", **said))
    assert answer.status_code == 422 and answer.content.decode().count("desk-error") == len(criteria)
    said |= {f"c-{key}": "入户看过" for key in criteria}
    answer = client.post(f"{DESK}/file/exit/", typed(household, "exit", **said))
    assert answer.status_code == 302
    assert "人均年收入" in client.get(answer["Location"]).content.decode()


def test_the_township_checks_an_exit_on_the_batch_page(county: County, sign_in: SignIn) -> None:
    batch = carry(county, file_exit(county, "helper1", home(county, 64, Category.MARGINAL)), "check")
    client = sign_in("reviewer1")
    text = client.get(page(batch.number)).content.decode()
    assert "核实的全家年纯收入" in text and "本人签字" in text and "还没有入户核查" in text
    case = batch.cases.get()
    sent = form(client, batch, **{f"verdict-{case.pk}": "agree", f"f-{case.pk}-income_fen": "14000"})
    sent[f"f-{case.pk}-signed_how"] = "本人签字"
    answer = client.post(page(batch.number), sent)
    assert answer.status_code == 422 and "要先入户核实" in answer.content.decode()
    sent[f"f-{case.pk}-signed_how"] = "没有这种"
    answer = client.post(page(batch.number), sent)
    assert "请从给出的选项里选" in answer.content.decode()


def test_the_batch_page_takes_as_many_queries_for_many_changes_as_for_two(
    county: County, sign_in: SignIn
) -> None:
    for number in (65, 66):
        batch = file_entry(county, "helper1", home(county, number))
    client = sign_in("clerk1")
    client.get(page(batch.number))
    with CaptureQueriesContext(
        connection,
    ) as two:
        client.get(page(batch.number))
    for number in range(67, 75):
        file_entry(county, "helper1", home(county, number))
    with CaptureQueriesContext(connection) as ten:
        client.get(page(batch.number))
    # Settings are looked at again after a while, whatever is shown.
    counts = [
        sum("portal_configuration_setting" not in query["sql"] for query in seen.captured_queries)
        for seen in (two, ten)
    ]
    assert counts[0] == counts[1]


def test_measures_of_an_urgent_case_are_recorded_and_listed_with_a_light(
    county: County, sign_in: SignIn
) -> None:
    case = file_entry(county, "helper1", home(county, 75), urgent=True).cases.get()
    client = sign_in("clerk1")
    listed = client.get(f"{DESK}/urgent/").content.decode()
    assert case.number in listed and "desk-light--green" in listed and "还没有登记措施" in listed
    sent = {"case": case.number, "what": "送去米面油", "started_on": ""}
    answer = client.post(f"{DESK}/urgent/", sent)
    assert answer.status_code == 422 and "送去米面油" in answer.content.decode()
    answer = client.post(f"{DESK}/urgent/", sent | {"started_on": clock.today().isoformat()})
    assert answer.status_code == 302 and StartedMeasure.objects.get().what == "送去米面油"
    assert case.number not in sign_in("clerk8").get(f"{DESK}/urgent/").content.decode()


def test_a_returned_change_is_amended_by_its_own_form(county: County, sign_in: SignIn) -> None:
    batch = file_entry(county, "helper1", home(county, 76))
    case, client = batch.cases.get(), sign_in("helper1")
    assert f"/cases/{case.number}/change/" in client.get(f"{DESK}/cases/{case.number}/").content.decode()
    shown = client.get(f"{DESK}/cases/{case.number}/change/").content.decode()
    assert ENTRY["situation"] in shown
    assert client.get(f"{DESK}/cases/{case.number}/amend/").status_code == 404
    said = {"category": "sudden_hardship", "situation": "又查了一次", "income_fen": "9000", "evidence": "表"}
    sent = {f"a-{key}": value for key, value in said.items()} | {"seen_version": batch.version}
    assert client.post(f"{DESK}/cases/{case.number}/change/", sent).status_code == 302
    assert ChangeRequest.objects.get().details["situation"] == "又查了一次"
    assert client.post(f"{DESK}/cases/{case.number}/change/", sent).status_code == 409


def test_aid_is_filed_amended_and_its_reserve_set_on_the_screens(county: County, sign_in: SignIn) -> None:
    civil_affairs(county)
    household, client = home(county, 77, Category.LIFTED), sign_in("helper1")
    said = {"need": "accident", "reason": "摔伤住院", "amount_fen": "1500"}
    sent = typed(household, "aid", **said) | {"urgent": "yes"}
    assert client.post(f"{DESK}/file/aid/", sent | {"a-reason": ""}).status_code == 422
    assert client.post(f"{DESK}/file/aid/", sent).status_code == 302
    aid = Aid.objects.get()
    assert aid.aid_first and aid.requested_fen == 150_000
    number, version = aid.case.number, aid.case.batch.version
    assert "摔伤住院" in client.get(f"{DESK}/cases/{number}/aid/").content.decode()
    more = {f"a-{key}": value for key, value in said.items()} | {"a-amount_fen": "1800"}
    assert client.post(f"{DESK}/cases/{number}/aid/", more | {"seen_version": version}).status_code == 302
    aid.refresh_from_db()
    assert aid.requested_fen == 180_000
    county_ = sign_in("countycivil")
    sent = {"township": "蕨溪乡", "total_fen": "20000", "source": "2026年备用金"}
    assert county_.post(f"{DESK}/reserves/", sent).status_code == 302
    assert Reserve.objects.get(area=county.areas["蕨溪乡"]).total_fen == 2_000_000
    assert "30,000" in county_.get(f"{DESK}/reserves/").content.decode()
    assert sign_in("head1").post(f"{DESK}/reserves/", sent).status_code == 422


def test_a_household_of_another_village_is_a_missing_one(county: County, sign_in: SignIn) -> None:
    household = home(county, 78)
    stranger = sign_in("clerk8")
    for screen in ("change", "exit", "aid"):
        assert stranger.get(f"{DESK}/file/{screen}/?household={household.pk}").status_code == 404
        sent = typed(household, Wanted.ENTER)
        assert stranger.post(f"{DESK}/file/{screen}/", sent).status_code == 404
        assert sign_in("reviewer1").get(f"{DESK}/file/{screen}/").status_code == 404


def test_the_reserves_take_the_same_few_queries_at_any_number_of_townships(
    county: County, sign_in: SignIn
) -> None:
    client, setter = sign_in("county"), county["county"]
    counts = []
    for number in (1, 12):
        for place in range(Reserve.objects.count(), number):
            area = county.areas["杉坞镇"].add_sibling(
                code=f"9901015{place:02d}000",
                name=f"试镇{place}",
                level="township",
                valid_from=date(2020, 1, 1),
            )
            Reserve.objects.create(
                area=area,
                area_path=area.path,
                year=clock.today().year,
                total_fen=1_000_00,
                source="县财政",
                set_by=setter,
            )
        assert client.get(f"{DESK}/reserves/").status_code == 200
        with CaptureQueriesContext(connection) as caught:
            shown = client.get(f"{DESK}/reserves/").content.decode()
        assert shown.count("试镇") >= number
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_a_helper_is_chosen_by_name_and_a_village_may_be_named(county: County, sign_in: SignIn) -> None:
    household, client = home(county), sign_in("clerk1")
    shown = client.get(f"{DESK}/file/change/?household={household.pk}&wanted=helper").content.decode()
    assert f"{county['team1'].display_name}（禾坪村 驻村工作队）" in shown
    assert county["team2"].display_name not in shown
    case = client.post(f"{DESK}/file/change/", typed(household, "helper", helper="team1", evidence="文件"))
    amended = client.get(f"{DESK}/cases/{Case.objects.get().number}/change/").content.decode()
    assert case.status_code == 302 and '<option value="team1" selected>' in amended
    for said, status in (("竹坞", 422), ("禾坪村", 422), ("竹坞村", 302)):
        move = typed(household, "move", village=said, group_name="一组", evidence="户口簿")
        assert client.post(f"{DESK}/file/change/", move).status_code == status
    assert ChangeRequest.objects.get(wanted=Wanted.MOVE).details["village"] == county.areas["竹坞村"].code


def test_only_who_is_helped_is_offered_for_an_exit(county: County, sign_in: SignIn) -> None:
    ordinary, helped = home(county), home(county, 62, Category.MARGINAL)
    shown = sign_in("clerk1").get(f"{DESK}/file/exit/").content.decode()
    assert helped.head_name in shown and f'household={ordinary.pk}"' not in shown
    kinds = sign_in("clerk1").get(f"{DESK}/file/change/?household={helped.pk}").content.decode()
    assert "变更类别" in kinds and "纳入帮扶对象" not in kinds
