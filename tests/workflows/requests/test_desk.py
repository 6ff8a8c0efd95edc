"""Rules of the desk: who sees whom, one act for one request, filing in one transaction, nothing stale."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from disclosure.masking.services import NotForThePublic
from portal import clock
from portal.files.models import PrivateFile
from portal.ledger.models import Event
from workflows.changes.models import ChangeRequest
from workflows.demo import play
from workflows.demo.build import County, make_household
from workflows.engine.models import Case
from workflows.requests.errors import NoSuchRequest, NotYours, Settled, StaleRequest
from workflows.requests.models import HelpRequest, Matter, RequestState
from workflows.requests.receipts import page as receipt_page
from workflows.requests.services import answer_request, pass_request

from ..county import VILLAGE
from .conftest import NAME, PHONE, TEXT, ask

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
ANSWER = {
    "outcome": "refused",
    "answer": "孩子的户口还没有落，要先到派出所落户，落了再来。",
    "basis": "户口登记条例第七条",
    "remedy": "不服可以找乡镇帮扶办。",
}


def at(request: HelpRequest) -> str:
    return f"/admin/desk/requests/{request.pk}/"


def seen(response: Any) -> str:
    return str(response.content.decode())


def registered(**changes: Any) -> dict[str, Any]:
    return {
        "channel": "visit",
        "received_on": clock.today().isoformat(),
        "what": "c-birth",
        "text": TEXT,
        "name": NAME,
        "phone": "",
        "signed_how": "handprint",
    } | changes


def test_only_the_office_that_has_it_sees_name_and_phone(county: County, sign_in: SignIn) -> None:
    request = ask(county).request
    for username in ("clerk1", "helper1", "team1", "secretary1"):
        shown = seen(sign_in(username).get(at(request)))
        assert NAME in shown and PHONE in shown, username
    for username in ("reviewer1", "head1", "county", "countyhead", "supervisor"):
        shown = seen(sign_in(username).get(at(request)))
        assert TEXT in shown and NAME not in shown and PHONE not in shown, username
    for username in ("watch1", "grid1", "clerk2", "clerk8", "reviewer2", "finance"):
        client = sign_in(username)
        assert client.get(at(request)).status_code == 404, username
        assert request.receipt not in seen(client.get("/admin/desk/requests/")), username
    assert sign_in("editor").get("/admin/desk/requests/").status_code == 404


def test_what_the_township_has_is_hidden_from_the_village_that_it_may_be_about(
    county: County, sign_in: SignIn
) -> None:
    request = ask(county, matter=Matter.OTHER, wanted="").request
    assert sign_in("clerk1").get(at(request)).status_code == 404
    assert NAME in seen(sign_in("reviewer1").get(at(request)))


def test_at_the_desk_a_request_gets_receipt_and_pin_once_and_keeps_its_paper_private(
    county: County, sign_in: SignIn
) -> None:
    client = sign_in("grid2")
    paper = SimpleUploadedFile("手印.jpg", play.photo("hand").read(), "image/jpeg")
    typed = registered(area=county.areas[VILLAGE].code, paper=paper)
    typed |= {"signed_how": "proxy", "proxy_name": "司徒代", "witness_name": "公孙证"}
    answer = client.post("/admin/desk/requests/new/", typed)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    request = HelpRequest.objects.get()
    assert request.receipt in seen(answer)
    assert "司徒代" not in seen(answer)
    file = PrivateFile.objects.get(reference=f"request:{request.pk}")
    address = reverse("private_file", args=[file.pk])
    assert sign_in("clerk1").post(address).status_code == 303
    for username in ("reviewer1", "supervisor", "grid2", "clerk2"):
        assert sign_in(username).get(address).status_code == 404, username
    assert "司徒代" in seen(sign_in("clerk1").get(at(request)))
    # Whoever handles it adds a paper afterwards; who took it in does not.
    more = {"do": "paper", "seen": "0"}
    assert sign_in("clerk1").post(at(request), more | {"paper": play.photo("letter")}).status_code == 302
    assert sign_in("clerk1").post(at(request), more).status_code == 422
    assert Event.objects.latest("sequence").kind == "file.stored"
    assert PrivateFile.objects.filter(reference=f"request:{request.pk}").count() == 2
    again = client.post("/admin/desk/requests/new/", typed | {"paper": play.photo("hand")})
    assert request.receipt in seen(again)
    assert HelpRequest.objects.count() == 1


def test_a_proxy_without_a_witness_comes_back_filled_in(county: County, sign_in: SignIn) -> None:
    typed = registered(area=county.areas[VILLAGE].code, signed_how="proxy", proxy_name="司徒代")
    answer = sign_in("clerk1").post("/admin/desk/requests/new/", typed)
    assert answer.status_code == 422
    assert "见证人" in seen(answer) and TEXT in seen(answer) and "司徒代" in seen(answer)
    assert sign_in("supervisor").get("/admin/desk/requests/new/").status_code == 404


def test_an_answer_needs_reason_basis_and_where_to_go_and_the_asker_reads_it(
    county: County, sign_in: SignIn
) -> None:
    request = ask(county).request
    client = sign_in("clerk1")
    seen_version = {"do": "answer", "seen": "0"}
    for missing in ("outcome", "answer", "basis", "remedy"):
        refused = client.post(at(request), {**seen_version, **ANSWER, missing: ""})
        assert refused.status_code == 422, missing
    assert ANSWER["answer"] in seen(client.post(at(request), {**seen_version, **ANSWER, "basis": ""}))
    assert client.post(at(request), {**seen_version, **ANSWER}).status_code == 302
    request.refresh_from_db()
    assert request.state == RequestState.ANSWERED
    told = receipt_page(request)
    assert not told["open"] and told["asked"].answer == ANSWER["answer"]
    assert "告诉本人" in seen(client.get(at(request)))
    assert client.post(at(request), {"do": "told", "seen": "1", "how": "print", "on": ""}).status_code == 422
    today = clock.today().isoformat()
    assert (
        client.post(at(request), {"do": "told", "seen": "1", "how": "print", "on": today}).status_code == 302
    )
    kinds = Event.objects.filter(object_type="request").values_list("kind", flat=True)
    assert [*kinds] == ["request.received", "request.answered", "request.told"]


def test_an_answer_holds_no_number_of_a_person(county: County) -> None:
    request = ask(county).request
    with pytest.raises(NotForThePublic):
        answer_request(
            by=county["clerk1"],
            request_id=request.pk,
            seen_version=0,
            **ANSWER | {"answer": f"打电话 {PHONE} 问"},
        )


def test_a_stale_form_and_a_settled_request_are_refused_with_what_was_typed(
    county: County, sign_in: SignIn
) -> None:
    request = ask(county).request
    stale = sign_in("clerk1").post(at(request), {"do": "answer", "seen": "7", **ANSWER})
    assert stale.status_code == 409 and ANSWER["answer"] in seen(stale)
    assert sign_in("clerk1").post(at(request), {"do": "answer", "seen": "0", **ANSWER}).status_code == 302
    assert sign_in("helper1").post(at(request), {"do": "answer", "seen": "1", **ANSWER}).status_code == 422
    with pytest.raises(Settled):
        answer_request(by=county["clerk1"], request_id=request.pk, seen_version=1, **ANSWER)


def test_who_does_not_have_it_does_not_act_on_it(county: County, sign_in: SignIn) -> None:
    request = ask(county).request
    for username, error in (("supervisor", NotYours), ("reviewer1", NotYours), ("clerk2", NoSuchRequest)):
        with pytest.raises(error):
            answer_request(by=county[username], request_id=request.pk, seen_version=0, **ANSWER)
    assert sign_in("supervisor").post(at(request), {"do": "answer", "seen": "0", **ANSWER}).status_code == 422
    request.refresh_from_db()
    assert (request.state, request.version) == (RequestState.OPEN, 0)


def test_passing_on_keeps_the_deadline_and_the_asker_sees_where_it_went(county: County) -> None:
    request = ask(county).request
    due = request.due_on
    township = county.areas["杉坞镇"]
    with pytest.raises(StaleRequest):
        pass_request(
            by=county["clerk1"],
            request_id=request.pk,
            seen_version=3,
            target=f"{township.pk}:assistance",
            reason="要乡镇定",
        )
    pass_request(
        by=county["clerk1"],
        request_id=request.pk,
        seen_version=0,
        target=f"{township.pk}:assistance",
        reason="要乡镇定的事",
    )
    request.refresh_from_db()
    assert (request.holder, request.due_on) == (township, due)
    told = receipt_page(request)
    assert told["holder"] == "杉坞镇（帮扶）"
    assert told["steps"][-1]["why"] == "要乡镇定的事"
    # The level above may take it back, or hand it to the village again.
    pass_request(
        by=county["countyhead"],
        request_id=request.pk,
        seen_version=1,
        target=f"{county.areas[VILLAGE].pk}:assistance",
        reason="村里先核实清楚",
    )
    request.refresh_from_db()
    assert request.holder.name == VILLAGE


def test_filing_opens_the_case_and_settles_the_request_in_one_act(county: County, sign_in: SignIn) -> None:
    household = make_household(county, VILLAGE, 31, "clerk1")
    request = ask(county, name=household.head_name).request
    client = sign_in("clerk1")
    found = client.post(at(request), {"do": "find", "as": "c-birth", "name": household.head_name})
    assert household.head_name in seen(found)
    way = f"/admin/desk/file/change/?household={household.pk}&wanted=birth&request={request.pk}&seen=0"
    assert way.replace("&", "&amp;") in seen(found)
    assert client.get(way).status_code == 200
    typed = {
        "household": household.pk,
        "wanted": "birth",
        "a-name": "欧阳小禾",
        "a-relation": "孙子",
        "a-on": clock.today().isoformat(),
        "a-evidence": "出生证明",
    }
    refused = client.post(way, typed | {"a-name": ""})
    assert refused.status_code == 422
    assert HelpRequest.objects.get().state == RequestState.OPEN
    assert client.post(way.replace("seen=0", "seen=5"), typed).status_code == 422
    assert not ChangeRequest.objects.exists()
    assert client.post(way, typed).status_code == 302
    request.refresh_from_db()
    assert request.state == RequestState.FILED and request.name_matches
    assert request.case == Case.objects.get()
    told = receipt_page(request)
    assert told["case"]["active"] and told["case"]["place"] == 1
    assert client.post(way, typed).status_code == 422
    assert Case.objects.count() == 1


def test_a_case_that_stands_already_may_be_named_but_not_one_of_another_village(
    county: County, sign_in: SignIn
) -> None:
    request = ask(county).request
    client = sign_in("clerk1")
    assert client.post(at(request), {"do": "link", "seen": "0", "number": "none"}).status_code == 422
    batch = play.file_all(
        county, "helper1", [make_household(county, VILLAGE, 32, "clerk1")], county.programme
    )
    number = batch.cases.get().number
    assert client.post(at(request), {"do": "link", "seen": "0", "number": number}).status_code == 302
    request.refresh_from_db()
    assert request.case.number == number and not request.name_matches
    assert "不在这户登记的家人里" in seen(client.get(at(request)))


def test_the_list_stands_by_how_long_it_lies_and_costs_the_same_at_any_length(
    county: County, sign_in: SignIn, settings: Any
) -> None:
    settings.CONFIGURATION_RECHECK_SECONDS = None
    first = ask(county).request
    client = sign_in("supervisor")

    def cost(address: str) -> int:
        assert client.get(address).status_code == 200
        with CaptureQueriesContext(connection) as caught:
            client.get(address)
        return len(caught)

    def more(count: int) -> None:
        start = HelpRequest.objects.count()
        values = {
            f.attname: getattr(first, f.attname)
            for f in HelpRequest._meta.concrete_fields
            if f.attname not in ("id", "receipt")
        }
        HelpRequest.objects.bulk_create(HelpRequest(**values, receipt=f"X{start + n}") for n in range(count))

    more(19)
    few = cost("/admin/desk/requests/")
    more(1980)
    assert cost("/admin/desk/requests/") == few
    late = HelpRequest.objects.latest("pk")
    HelpRequest.objects.filter(pk=late.pk).update(due_on=clock.today() - timedelta(days=9))
    shown = seen(client.get("/admin/desk/requests/"))
    assert shown.index(late.receipt) < shown.index(first.receipt)
    only = seen(client.get("/admin/desk/requests/?show=late"))
    assert late.receipt in only and first.receipt + "<" not in only
    assert "没有申请" in seen(client.get("/admin/desk/requests/?show=settled&matter=other"))
