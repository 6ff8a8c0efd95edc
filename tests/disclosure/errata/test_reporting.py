"""Rules of 我要纠错: anyone reports, editors of the place answer in time, nothing written is lost."""

from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from disclosure.errata import overdue, services
from disclosure.errata.errors import AlreadyAnswered, BadReport, NoSuchReport
from disclosure.errata.models import ErrorReport
from disclosure.masking.services import NotForThePublic
from disclosure.pages import services as pages
from disclosure.site import flood
from portal import clock
from portal.configuration import services as configuration
from portal.ledger.models import Event
from portal.outbox.models import Message
from portal.people.models import Role, User
from tests.disclosure.village import Village, a_list, noon
from tests.portal.people import invented

pytestmark = pytest.mark.django_db
# A Friday: three working days after it is Wednesday.
DAY = date(2026, 11, 6)


@pytest.fixture(autouse=True)
def site(db: None) -> None:
    cache.clear()
    configuration.forget()
    pages.ensure_site("甲县")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def sent(client: Client, path: str = "/report/", **fields: str) -> tuple[int, str]:
    given = {"page": "/notices/", "kind": "words", "text": "“帮抚”应是“帮扶”"} | fields
    response = client.post(path, given)
    return response.status_code, response.content.decode()


def test_anyone_reports_without_name_and_reads_the_answer_with_the_receipt(client: Client) -> None:
    with clock.travel(noon(DAY)):
        form = client.get("/report/", {"page": "/notices/"})
        assert form.status_code == 200 and "/notices/" in form.content.decode()
        assert "csrf" not in form.content.decode() and not form.cookies
        status, page = sent(client)
    assert status == 200 and "2026年11月11日以前核对、答复" in page
    report = ErrorReport.objects.get()
    assert (report.path, report.area, report.due_on) == ("/notices/", None, date(2026, 11, 11))
    assert report.receipt in page
    event = Event.objects.get(kind="erratum.reported")
    assert "帮抚" not in event.record
    pin = page.split("<dd>")[2].split("</dd>")[0]
    shown = client.post("/receipts/", {"code": report.receipt, "pin": pin}).content.decode()
    assert "正在核对" in shown and "2026年11月11日以前答复" in shown
    assert client.post("/receipts/", {"code": report.receipt, "pin": "000000"}).status_code == 422


def test_what_is_wrong_in_the_form_comes_back_filled_in(client: Client) -> None:
    for wrong in ({"kind": "?"}, {"text": " "}, {"contact": "长" * 101}, {"text": "长" * 1001}):
        status, page = sent(client, **{"contact": "19900000001", **wrong})
        assert status == 422 and "还没有提交成功" in page
        kept = wrong.get("text", "“帮抚”应是“帮扶”").strip()
        assert kept in page.replace("&quot;", '"')
    assert not ErrorReport.objects.exists()


def test_a_page_that_is_not_ours_is_never_linked(client: Client) -> None:
    for page in (
        "https://evil.example/x",
        "//evil.example/",
        "javascript:alert(1)",
        "/admin/",
        "\\x",
        "/a\nb",
    ):
        form = client.get("/report/", {"page": page}).content.decode()
        assert '"https://evil' not in form and '"//evil' not in form and 'value="javascript' not in form
        sent(client, page=page, text=f"有错字{page}")
    assert set(ErrorReport.objects.values_list("path", flat=True)) <= {"", "/", "/x", "/ab"}


def test_a_form_from_elsewhere_is_not_taken(client: Client) -> None:
    response = client.post(
        "/report/", {"kind": "words", "text": "错字"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert response.status_code == 403 and "错字" in response.content.decode()
    assert not ErrorReport.objects.exists()


@pytest.mark.postgres
def test_a_double_click_is_one_report(client: Client) -> None:
    one, other = sent(client), sent(client)
    assert one == other
    assert ErrorReport.objects.count() == 1


def test_a_flood_is_asked_a_question_and_a_villager_gets_through(client: Client) -> None:
    for number in range(20):
        assert sent(client, text=f"第{number}处错字")[0] == 200
    status, page = sent(client, text="第20处错字")
    assert status == 429 and "加" in page and "第20处错字" in page
    answer = sum(flood._sum("report", 0))
    assert sent(client, text="第20处错字", sum=str(answer))[0] == 200


@pytest.fixture
def shown(village: Village) -> str:
    with clock.travel(noon(date(2026, 11, 2))):
        return f"/lists/{a_list(village).number}/"


def editor_of(village: Village, code: str) -> User:
    with clock.travel(noon(date(2026, 1, 5))):
        return invented.officer(village.granter, Role.EDITOR, village.areas[code])


@pytest.mark.postgres
def test_a_report_goes_to_the_nearest_editors_and_is_answered_once(
    village: Village, shown: str, client: Client
) -> None:
    near, other, above = (
        editor_of(village, code) for code in (invented.EAST, invented.WEST, invented.COUNTY)
    )
    head = village.seat(Role.COUNTY_HEAD)["by"]
    with clock.travel(noon(DAY)):
        sent(client, page=shown, contact="19900000001")
        assert [message.recipient for message in Message.objects.filter(kind="page")] == [near]
        report = ErrorReport.objects.get()
        assert report.area == village.area
        for user, reads in ((near, True), (above, True), (head, True), (other, False)):
            assert ErrorReport.objects.visible_to(user).exists() is reads
        address = reverse("desk:erratum", args=[report.pk])
        assert signed_in(other).get(address).status_code == 404
        page = signed_in(near).get(address).content.decode()
        assert "“帮抚”应是“帮扶”" in page and "19900000001" in page
        refused = signed_in(near).post(address, {"outcome": "corrected", "answer": "打19900000001问"})
        assert refused.status_code == 422 and "打19900000001问" in refused.content.decode()
        done = signed_in(near).post(address, {"outcome": "corrected", "answer": "已经改成“帮扶”。"})
        assert done.status_code == 302
        with pytest.raises(AlreadyAnswered):
            services.answer(by=above, report_id=report.pk, outcome="right", answer="核对过没有错。")
        with pytest.raises(NoSuchReport):
            services.answer(by=other, report_id=report.pk, outcome="right", answer="核对过没有错。")
    assert Event.objects.get(kind="erratum.answered").actor_id == near.pk
    assert "已经改成" not in Event.objects.get(kind="erratum.answered").record


def test_a_supervisor_reads_and_does_not_answer(village: Village, shown: str, client: Client) -> None:
    with clock.travel(noon(date(2026, 1, 5))):
        supervisor = invented.officer(village.granter, Role.SUPERVISOR, village.areas[invented.COUNTY])
    with clock.travel(noon(DAY)):
        sent(client, page=shown)
        address = reverse("desk:erratum", args=[ErrorReport.objects.get().pk])
        assert "您这里只看" in signed_in(supervisor).get(address).content.decode()
        assert (
            signed_in(supervisor).post(address, {"outcome": "right", "answer": "没有错。"}).status_code == 404
        )


def test_an_answer_needs_an_outcome_and_words_without_numbers(village: Village, client: Client) -> None:
    editor = editor_of(village, invented.COUNTY)
    with clock.travel(noon(DAY)):
        sent(client)
        pk = ErrorReport.objects.get().pk
        for outcome, words in (("", "已经改了"), ("right", "无"), ("right", "长" * 501)):
            with pytest.raises(BadReport):
                services.answer(by=editor, report_id=pk, outcome=outcome, answer=words)
        with pytest.raises(NotForThePublic):
            services.answer(by=editor, report_id=pk, outcome="right", answer="请打19900000001问。")
        services.answer(by=editor, report_id=pk, outcome="right", answer="核对过，没有错。")


def test_an_overdue_report_goes_to_the_county_head_once_and_is_not_answered_by_itself(
    village: Village, client: Client
) -> None:
    head = village.seat(Role.COUNTY_HEAD)["by"]
    with clock.travel(noon(DAY)):
        sent(client)
    with clock.travel(noon(date(2026, 11, 11))):
        assert overdue.escalate() == 0
    with clock.travel(noon(date(2026, 11, 12))):
        assert (overdue.escalate(), overdue.escalate()) == (1, 0)
    assert [message.recipient for message in Message.objects.filter(kind="page")] == [head]
    assert ErrorReport.objects.open().count() == 1


def test_the_list_takes_as_many_queries_for_twenty_as_for_two(village: Village, shown: str) -> None:
    editor = signed_in(editor_of(village, invented.COUNTY))
    with clock.travel(noon(DAY)):
        counts = []
        for most in (2, 20):
            while ErrorReport.objects.count() < most:
                number = ErrorReport.objects.count()
                services.report(path=shown if number % 2 else "", kind="words", text=f"第{number}处")
            cache.clear()
            configuration.forget()
            with CaptureQueriesContext(connection) as queries:
                assert editor.get(reverse("desk:errata")).status_code == 200
            counts.append(len(queries))
    assert counts[0] == counts[1], counts


def test_large_type_keeps_the_form_in_large_type(client: Client) -> None:
    page = client.get("/da/report/", {"page": "/notices/"}).content.decode()
    assert 'action="/da/report/"' in page
