"""消息 and 群机器人 on the desk: one's own messages alone, marked by POST, with the same few queries."""

import re
from typing import Any

from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from disclosure.publicity.models import Objection, PublicList
from portal import clock
from portal.ledger.models import Event
from portal.outbox.choices import Chosen, choices_of
from portal.outbox.delivery import deliver
from portal.outbox.models import Kind, Message, Robot, RobotPost
from portal.outbox.services import mark_read, send, unread
from portal.people.models import Office, Role
from workflows.demo.build import County
from workflows.registry.models import Household

from ..county import make_batch
from .conftest import SignIn

ADDRESS = "/admin/desk/messages/"
ABOVE_EMPTY = 8


def seen(client: Client, address: str = ADDRESS) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def queries(client: Client, address: str) -> int:
    seen(client, address)
    with CaptureQueriesContext(connection) as caught:
        client.get(address)
    return len(caught)


def test_messages_stand_unread_first_and_reading_changes_nothing(county: County, sign_in: SignIn) -> None:
    send([county["reviewer1"]], "先来的", "/admin/desk/todo/")
    mark_read(by=county["reviewer1"])
    send([county["reviewer1"]], "后来的", "/admin/desk/open/")
    send([county["head1"]], "别人的", "/admin/")
    client = sign_in("reviewer1")
    html = seen(client)
    assert html.index("后来的") < html.index("先来的") and "别人的" not in html
    assert "消息（1）" in html
    assert unread(county["reviewer1"]).count() == 1


def test_opening_a_message_marks_it_read_and_leads_on(county: County, sign_in: SignIn) -> None:
    (mine,) = send([county["reviewer1"]], "待办", "/admin/desk/todo/")
    (other,) = send([county["head1"]], "别人的", "/admin/desk/open/")
    client = sign_in("reviewer1")
    answer = client.post(ADDRESS, {"message": mine.pk})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/desk/todo/")
    assert not unread(county["reviewer1"]).exists()
    for given in (other.pk, 10**30, "x", "", -1):
        assert client.post(ADDRESS, {"message": given})["Location"] == ADDRESS
    assert unread(county["head1"]).count() == 1


def test_all_are_marked_read_at_once(county: County, sign_in: SignIn) -> None:
    for number in range(3):
        send([county["reviewer1"]], f"第 {number} 件", "/")
    client = sign_in("reviewer1")
    client.post(ADDRESS, {})
    assert unread(county["reviewer1"]).count() == 3
    client.post(ADDRESS, {"do": "all"})
    assert not unread(county["reviewer1"]).exists()


def test_the_list_takes_the_same_few_queries_at_20_and_at_2000(
    county: County, sign_in: SignIn, settings: Any
) -> None:
    settings.CONFIGURATION_RECHECK_SECONDS = None
    most = queries(sign_in("sysadmin"), "/admin/") + 1 + ABOVE_EMPTY
    reviewer = county["reviewer1"]
    client = sign_in("reviewer1")
    counts = []
    for more in (20, 1980):
        Message.objects.bulk_create(Message(recipient=reviewer, title="待办", link="/") for _n in range(more))
        counts.append(queries(client, ADDRESS))
    assert counts[0] == counts[1] <= most
    start = {"area": county.areas["枫禾县"], "app": "wecom", "host": "x", "address": "x"}
    start |= {"starts_on": clock.today(), "proposed_by": county["county"]}
    counts = []
    client = sign_in("county")
    for more in (20, 180):
        Robot.objects.bulk_create(Robot(name=f"群{n}", **start) for n in range(more))
        counts.append(queries(client, "/admin/desk/robots/"))
    assert counts[0] == counts[1] <= most


def test_each_person_chooses_channels_by_kind(county: County, sign_in: SignIn) -> None:
    client = sign_in("reviewer1")
    assert "工作台上总能看到" in seen(client, f"{ADDRESS}choices/")
    answer = client.post(f"{ADDRESS}choices/", {f"mail-{kind}": "daily" for kind in Kind.values})
    assert answer.status_code == 302
    assert set(choices_of(county["reviewer1"]).values()) == {Chosen("daily", False)}
    assert set(choices_of(county["head1"]).values()) == {Chosen()}
    refused = client.post(f"{ADDRESS}choices/", {"mail-work": "sometimes"})
    assert refused.status_code == 422 and "请从列出的几种里选" in refused.content.decode()


def test_each_person_says_where_their_mail_goes_and_the_ledger_holds_no_address(
    county: County, sign_in: SignIn
) -> None:
    client, typed = sign_in("reviewer1"), {f"mail-{kind}": "now" for kind in Kind.values}
    client.post(f"{ADDRESS}choices/", typed | {"address": " clerk@example.org "})
    assert 'value="clerk@example.org"' in seen(client, f"{ADDRESS}choices/")
    send([county["reviewer1"]], "待办：禾坪村", "/admin/desk/todo/")
    deliver.call([message.pk for message in Message.objects.filter(recipient=county["reviewer1"])])
    assert [letter.to for letter in mail.outbox] == [["clerk@example.org"]]
    event = Event.objects.get(kind="account.mail_set")
    assert "example.org" not in event.record and '"given":true' in event.record
    wrong = client.post(f"{ADDRESS}choices/", typed | {"address": "没有邮箱"})
    assert wrong.status_code == 422 and 'value="没有邮箱"' in wrong.content.decode()
    client.post(f"{ADDRESS}choices/", typed | {"address": ""})
    assert county["reviewer1"].email == ""


def robot_form(county: County, **changes: Any) -> dict[str, Any]:
    return {
        "do": "propose",
        "name": "杉坞镇工作群",
        "area": county.areas["杉坞镇"].pk,
        "line": "all",
        "app": "wecom",
        "address": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=invented",
        "secret": "",
        "starts_on": clock.today().isoformat(),
    } | changes


def test_a_robot_is_proposed_by_one_confirmed_by_another_and_stopped(county: County, sign_in: SignIn) -> None:
    address = "/admin/desk/robots/"
    reviewer, head = sign_in("county"), sign_in("countyhead")
    wrong = reviewer.post(address, robot_form(county, address="https://example.org/?key=typed"))
    assert wrong.status_code == 422
    assert "key=typed" in wrong.content.decode() and "杉坞镇工作群" in wrong.content.decode()
    assert reviewer.post(address, robot_form(county)).status_code == 302
    made = Robot.objects.get()
    assert "invented" not in seen(reviewer, address) and "等第二人确认" in seen(reviewer, address)
    assert reviewer.post(address, {"do": "confirm", "robot": made.pk}).status_code == 422
    assert head.post(address, robot_form(county)).status_code == 422
    assert head.post(address, {"do": "confirm", "robot": made.pk}).status_code == 302
    made.refresh_from_db()
    assert made.confirmed_by == county["countyhead"]
    assert head.post(address, {"do": "stop", "robot": made.pk}).status_code == 302
    assert reviewer.post(address, {"do": "stop", "robot": 10**30}).status_code == 422


def test_who_mends_a_broken_robot_sees_that_it_fails_and_nothing_of_what_it_was_to_tell(
    county: County, sign_in: SignIn
) -> None:
    sign_in("county").post("/admin/desk/robots/", robot_form(county))
    sign_in("countyhead").post("/admin/desk/robots/", {"do": "confirm", "robot": Robot.objects.get().pk})
    Robot.objects.update(failures=4, problem="refused", problem_detail="93000", not_before=clock.now())
    RobotPost.objects.create(
        robot=Robot.objects.get(), kind="work", title="禾坪村 3户", given_up_at=clock.now()
    )
    for username in ("editor", "sysadmin", "county"):
        html = seen(sign_in(username), "/admin/desk/robots/")
        assert "连续 4 次发不出去" in html and "93000" in html and "没能发到群里的 1 条" in html
        assert "禾坪村 3户" not in html and "invented" not in html


def lodge(batch: Any, row: bool = True, prefix: str = "") -> Objection:
    published = PublicList.objects.order_by("-pk").first()
    assert published is not None
    visitor = Client()
    where = f"{prefix}/lists/{published.number}/object/"
    typed = {"text": "王测试家没有建圈舍，电话 19900000001", "contact": "19900000001"}
    if row:
        typed["row"] = "1"
    answer = visitor.post(where, typed, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 200, answer.content.decode()
    return Objection.objects.get()


def test_an_objection_from_the_public_form_is_told_to_who_answers_it_without_personal_data(
    county: County, sign_in: SignIn
) -> None:
    batch = make_batch(county, rows=2, until="approve")
    objection = lodge(batch)
    told = Message.objects.filter(kind=Kind.OBJECTION)
    assert {one.recipient.username for one in told} == {"reviewer1", "watch1"}
    (title,) = {one.title for one in told}
    assert "1990" not in title and "王" not in title and "圈舍" not in title
    (link,) = {one.link for one in told}
    answer = sign_in("watch1").post(ADDRESS, {"message": told.get(recipient__username="watch1").pk})
    assert answer["Location"] == link == f"/admin/desk/objections/{objection.pk}/"
    for username in ("watch1", "reviewer1"):
        assert "圈舍" in seen(sign_in(username), link)


def test_an_objection_from_the_large_type_pages_leads_officials_to_the_desk(county: County) -> None:
    objection = lodge(make_batch(county, rows=1, until="approve"), prefix="/da")
    links = set(Message.objects.filter(kind=Kind.OBJECTION).values_list("link", flat=True))
    assert links == {f"/admin/desk/objections/{objection.pk}/"}


def test_where_nobody_near_may_answer_the_next_above_are_told(county: County) -> None:
    batch = make_batch(county, rows=1, until="approve")
    first = [Role.VILLAGE_SUPERVISION, Role.TOWNSHIP_REVIEWER]
    Office.objects.filter(role__in=first).update(ends_on=clock.today())
    lodge(batch, row=False)
    assert [one.recipient.username for one in Message.objects.filter(kind=Kind.OBJECTION)] == ["head1"]


def test_no_message_that_the_engine_or_another_room_sends_names_a_household(county: County) -> None:
    make_batch(county, rows=3, until="end")
    batch = make_batch(county, rows=2, until="approve", first=11)
    lodge(batch)
    titles = set(Message.objects.values_list("title", flat=True))
    assert len(titles) >= 3
    for household in Household.objects.all():
        names = [household.head_name, household.phone, *(one.name for one in household.members.all())]
        for title in titles:
            assert not any(name and name in title for name in names), title
    for one in Message.objects.all():
        assert not re.search(r"\d{11,}", one.title)
        assert re.fullmatch(r"/admin/[\w/-]*", one.link), one.link
