"""Group robots: two persons, the JSON of each app, one post for a group, failures that stay contained."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.db import connection
from django_tasks_db.models import DBTaskResult

from portal import clock
from portal.ledger.models import Event
from portal.outbox import robots
from portal.outbox.choices import Chosen, choose
from portal.outbox.errors import BadRobot, NotYourRobot, Undelivered
from portal.outbox.keys import PRIVATE_HOSTS, ROBOT_HOSTS
from portal.outbox.models import Kind, Message, Reason, Robot, RobotPost
from portal.outbox.posting import ALARM, STALE, body, post, retry_unposted
from portal.outbox.services import send
from portal.outbox.webhook import call, check_address, is_public

from .conftest import Group, Place, work

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
Travel = Callable[[datetime], AbstractContextManager[None]]
Made = Callable[..., Robot]


def test_wecom_gets_markdown_with_a_link_and_an_idempotency_id(
    place: Place, robot: Made, group: Group
) -> None:
    robot()
    send([place["one"]], "待办：测试村 · 产业奖补，3户", "/admin/desk/batches/1/")
    work()
    (heard,) = group.heard
    assert heard["path"] == "/cgi-bin/webhook/send?key=invented-key"
    assert set(heard["body"]) == {"msgtype", "markdown"} and heard["body"]["msgtype"] == "markdown"
    text = heard["body"]["markdown"]["content"]
    assert "[待办：测试村 · 产业奖补，3户](http" in text and "/admin/desk/batches/1/)" in text
    done = RobotPost.objects.get()
    assert heard["key"] == f"{done.pk}-{done.pk}" and heard["key"] in text
    assert done.posted_at is not None and done.next_attempt_at is None


def test_dingtalk_gets_title_and_text_and_a_sign_over_the_time(
    place: Place, robot: Made, group: Group
) -> None:
    robot(app="dingtalk", secret="SECinvented")
    send([place["one"]], "待办", "/")
    work()
    (heard,) = group.heard
    assert set(heard["body"]["markdown"]) == {"title", "text"}
    query = parse_qs(urlsplit(heard["path"]).query)
    (timestamp,), (sign,) = query["timestamp"], query["sign"]
    expected = hmac.new(b"SECinvented", f"{timestamp}\nSECinvented".encode(), hashlib.sha256).digest()
    assert base64.b64decode(sign) == expected
    assert abs(int(timestamp) / 1000 - clock.now().timestamp()) < 60


def test_one_act_posts_once_however_many_of_the_group_it_tells(
    place: Place, robot: Made, group: Group
) -> None:
    robot()
    send([place["one"], place["two"]], "待办", "/")
    assert DBTaskResult.objects.count() == 2
    work()
    assert len(group.heard) == 1 and Message.objects.count() == 2


def test_what_waits_for_a_group_goes_as_one_post_that_fits(place: Place, robot: Made, group: Group) -> None:
    made = robot()
    for number in range(60):
        send([place["one"]], f"第 {number} 件，" + "长" * 80, "/")
    work()
    (heard,) = group.heard
    content = heard["body"]["markdown"]["content"]
    assert len(content.encode()) <= 4096 and "另有" in content and "60 条新消息" in content
    assert not RobotPost.objects.filter(posted_at=None).exists()
    # Both apps take 20 posts a minute: the next waits for the clock, not for a failure.
    send([place["one"]], "再一件", "/")
    work()
    assert len(group.heard) == 1
    made.refresh_from_db()
    assert RobotPost.objects.get(posted_at=None).next_attempt_at == made.not_before


def test_a_robot_tells_the_offices_of_its_area_and_line_and_those_below_where_so_set(
    place: Place, robot: Made, group: Group
) -> None:
    robot()
    send([place["clerk"], place["countyhead"]], "待办", "/")
    assert not RobotPost.objects.exists()
    robot(below=True, name="含村")
    send([place["clerk"]], "待办", "/")
    assert RobotPost.objects.get().robot.name == "含村"
    robot(line="health", name="卫健")
    place["one"].offices.update(line="assistance")
    send([place["one"]], "待办", "/")
    assert not RobotPost.objects.filter(robot__name="卫健").exists()


def test_a_person_who_wants_no_robot_is_no_reason_to_post(place: Place, robot: Made) -> None:
    robot()
    choose(by=place["one"], choices={Kind.WORK: Chosen(robot=False)})
    send([place["one"]], "待办", "/")
    assert not RobotPost.objects.exists()
    send([place["one"], place["two"]], "待办", "/")
    assert RobotPost.objects.count() == 1


def test_a_robot_needs_two_persons_of_the_county_and_says_nothing_before(
    place: Place, group: Group, allow: Any
) -> None:
    allow(PRIVATE_HOSTS, group.host)
    facts: dict[str, Any] = {
        "area": place.township,
        "line": "all",
        "below": False,
        "app": "wecom",
        "name": "群",
    }
    facts |= {"address": group.address(), "starts_on": clock.today()}
    for stranger in ("one", "countyhead", "editor", "admin"):
        with pytest.raises(NotYourRobot):
            robots.propose(by=place[stranger], **facts)
    proposed = robots.propose(by=place["county"], **facts)
    send([place["one"]], "待办", "/")
    assert not RobotPost.objects.exists()
    for stranger in ("county", "one", "editor"):
        with pytest.raises(NotYourRobot):
            robots.confirm(by=place[stranger], robot_id=proposed.pk)
    robots.confirm(by=place["countyhead"], robot_id=proposed.pk)
    with pytest.raises(BadRobot):
        robots.confirm(by=place["countyhead"], robot_id=proposed.pk)
    send([place["one"]], "待办", "/")
    robots.stop(by=place["county"], robot_id=proposed.pk)
    work()
    assert group.heard == [] and RobotPost.objects.get().given_up_at is not None
    kinds = list(Event.objects.filter(object_type="robot").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["robot.proposed", "robot.confirmed", "robot.stopped"]


def test_address_and_secret_stand_nowhere_in_plain(place: Place, robot: Made) -> None:
    made = robot(app="dingtalk", secret="SECinvented")
    with connection.cursor() as cursor:
        cursor.execute("SELECT address, secret FROM portal_outbox_robot WHERE id = %s", [made.pk])
        row = "".join(cursor.fetchone())
    assert "invented" not in row
    assert not any("invented" in event.record for event in Event.objects.all())
    assert Robot.objects.get().secret == "SECinvented"


@pytest.mark.parametrize(
    ("app", "address", "said"),
    [
        ("wecom", "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a", "https"),
        ("wecom", "https://u:p@qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a", "https"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a#x", "https"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/gettoken?key=a", "这不是企业微信"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a&debug=1", "这不是企业微信"),
        ("wecom", "https://oapi.dingtalk.com/robot/send?access_token=a", "这不是企业微信"),
        ("dingtalk", "https://oapi.dingtalk.com/robot/send?key=a", "这不是钉钉"),
        ("wecom", "https://evil.example/cgi-bin/webhook/send?key=a", "不在允许的域名"),
        ("wecom", "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=a", "不在允许的域名"),
        ("wecom", "https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key=a", "不在允许的域名"),
        ("wecom", "https://127.0.0.1/cgi-bin/webhook/send?key=a", "不在允许的域名"),
        ("wecom", "https://[::1]/cgi-bin/webhook/send?key=a", "不在允许的域名"),
        ("wecom", "https://qyapi.weixin.qq.com:x/cgi-bin/webhook/send?key=a", "不完整"),
        ("wecom", "", "https"),
    ],
)
def test_only_addresses_of_the_shape_and_hosts_allowed_are_taken(
    db: None, app: str, address: str, said: str
) -> None:
    with pytest.raises(BadRobot, match=said):
        check_address(app, address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "224.0.0.1"),
        *("255.255.255.255", "ff02::1", "nonsense"),
    ],
)
def test_addresses_of_ones_own_network_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_addresses_of_the_internet_are_public() -> None:
    assert is_public("223.5.5.5") and is_public("2400:3200::1")


def test_a_name_that_leads_into_ones_own_network_is_refused_unless_listed_as_private(
    db: None, group: Group, allow: Any
) -> None:
    allow(ROBOT_HOSTS, group.host)
    with pytest.raises(Undelivered) as caught:
        call(group.address(), {}, "1-1")
    assert caught.value.reason == Reason.HOST and group.heard == []
    allow(PRIVATE_HOSTS, group.host)
    call(group.address(), {}, "1-1")
    assert len(group.heard) == 1


def test_a_host_taken_off_the_list_is_not_called_any_more(db: None, group: Group) -> None:
    with pytest.raises(Undelivered) as caught:
        call(group.address(), {}, "1-1")
    assert caught.value.reason == Reason.HOST and group.heard == []


@pytest.mark.parametrize(
    ("status", "headers", "answer", "reason", "detail"),
    [
        (302, {"Location": "https://localhost/elsewhere"}, b"", Reason.STATUS, "302"),
        (500, {}, b"", Reason.STATUS, "500"),
        (200, {}, b"<html>", Reason.STATUS, "200"),
        (200, {}, b"[]", Reason.STATUS, "200"),
        (200, {}, b"[" * 60000, Reason.STATUS, "200"),
        (200, {}, b'{"errcode":93000,"errmsg":"invalid webhook url"}', Reason.REFUSED, "93000"),
        (200, {}, b'{"errcode":310000,"errmsg":"sign not match"}', Reason.REFUSED, "310000"),
        (200, {}, b'{"errcode":"0"}', Reason.REFUSED, ""),
    ],
    ids=range(8),
)
def test_whatever_is_not_a_plain_success_has_failed_and_no_redirect_is_followed(
    db: None, group: Group, allow: Any, status: int, headers: Any, answer: bytes, reason: str, detail: str
) -> None:
    allow(PRIVATE_HOSTS, group.host)
    group.status, group.headers, group.answer = status, headers, answer
    with pytest.raises(Undelivered) as caught:
        call(group.address(), {}, "1-1")
    assert (caught.value.reason, caught.value.detail) == (reason, detail)
    assert len(group.heard) == 1


def test_a_certificate_that_nobody_vouches_for_is_refused(
    db: None, group: Group, allow: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    allow(PRIVATE_HOSTS, group.host)
    with pytest.raises(Undelivered) as caught:
        call(group.address(), {}, "1-1")
    assert caught.value.reason == Reason.UNREACHABLE and group.heard == []


def test_a_dead_robot_delays_neither_desk_nor_mail_and_costs_one_call_a_rest(
    place: Place, robot: Made, group: Group
) -> None:
    made = robot()
    group.status = 500
    person = place["one"]
    person.email = "one@example.org"
    person.save()
    for _round in range(5):
        send([person], "待办", "/")
    # A worker takes what is more urgent first, and posts come after everything else.
    priorities = set(DBTaskResult.objects.values_list("task_path", "priority"))
    assert {path.rsplit(".", 1)[1]: priority for path, priority in priorities} == {"deliver": 0, "post": -10}
    work()
    assert len(mail.outbox) == 5 and not Message.objects.exclude(next_attempt_at=None).exists()
    assert len(group.heard) == 1
    made.refresh_from_db()
    assert (made.failures, made.problem, made.problem_detail) == (1, Reason.STATUS, "500")
    send([person], "待办", "/")
    assert not DBTaskResult.objects.filter(task_path__endswith="post").exists()


def test_a_robot_that_goes_on_failing_is_told_to_its_keepers_once_and_recovers(
    place: Place, robot: Made, group: Group, travel: Travel
) -> None:
    moment = NOON
    with travel(moment):
        made = robot()
        group.status = 500
        send([place["one"]], "待办：测试村，3户", "/")
        work()
    waits = []
    for _round in range(ALARM + 1):
        made.refresh_from_db()
        waits.append(made.not_before - moment)
        with travel(made.not_before - timedelta(seconds=1)):
            assert retry_unposted() == 0
        moment = made.not_before
        with travel(moment):
            assert retry_unposted() == 1
            assert retry_unposted() == 0
            work()
    assert waits == [timedelta(minutes=n) for n in (5, 10, 20, 40)]
    alarms = Message.objects.filter(kind=Kind.DELIVERY)
    assert {one.recipient.username for one in alarms} == {"county", "countyhead", "editor", "admin"}
    assert alarms.count() == 4 and "测试村" not in alarms[0].title
    assert RobotPost.objects.count() == 1
    made.refresh_from_db()
    group.status = 200
    with travel(made.not_before):
        retry_unposted()
        work()
    made.refresh_from_db()
    assert (made.failures, made.problem) == (0, "")
    assert RobotPost.objects.get().posted_at is not None


def test_what_could_not_be_told_for_days_is_given_up_for_the_group_alone(
    place: Place, robot: Made, group: Group, travel: Travel
) -> None:
    with travel(NOON):
        made = robot()
        send([place["one"]], "待办", "/")
    with travel(NOON + STALE + timedelta(minutes=1)):
        post.func(made.pk)
        assert group.heard == []
    assert RobotPost.objects.get().given_up_at is not None
    assert Message.objects.get().delivered_at is None and Message.objects.get().next_attempt_at is not None


def test_two_workers_do_not_post_the_same_twice(place: Place, robot: Made, group: Group) -> None:
    made = robot()
    send([place["one"]], "待办", "/")
    Robot.objects.update(claimed_until=clock.now() + timedelta(seconds=30))
    assert post.func(made.pk) == 0 and group.heard == []
    Robot.objects.update(claimed_until=clock.now())
    assert post.func(made.pk) == 1 and post.func(made.pk) == 0
    assert len(group.heard) == 1


def test_brackets_in_a_title_do_not_end_the_link(place: Place) -> None:
    one = RobotPost(pk=7, kind=Kind.WORK, title="a](https://evil.example) [b", link="/x/")
    text = body("wecom", [one])["markdown"]["content"]
    assert "](https://evil" not in text and json.dumps(text)
