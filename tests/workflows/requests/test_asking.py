"""Rules of asking by oneself: no login, a receipt for everybody, nothing lost, nothing told."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from disclosure.site import flood
from disclosure.site.aloud import SCRIPT
from disclosure.site.keys import LIST_HOUR
from portal import clock
from portal.configuration import keys as settings_keys
from portal.ledger.models import Event
from portal.outbox.models import Message
from workflows.demo.build import County
from workflows.requests.errors import BadRequest, NotYours
from workflows.requests.models import Channel, HelpRequest, Matter, Signed
from workflows.requests.services import find

from ..county import SIBLING, VILLAGE
from .conftest import NAME, PHONE, TEXT, ask

pytestmark = pytest.mark.django_db
Send = Callable[..., Any]


def seen(response: Any) -> str:
    return str(response.content.decode())


def numbers(response: Any) -> tuple[str, str]:
    code, pin = re.findall(r"<dd>([^<]+)</dd>", seen(response))[:2]
    return code, pin


def test_a_villager_finds_the_form_by_township_and_village(visitor: Client, county: County) -> None:
    start = seen(visitor.get("/ask/"))
    assert "杉坞镇" in start
    township = county.areas["杉坞镇"]
    assert f"/ask/{county.areas[VILLAGE].code}/" in seen(visitor.get(f"/ask/{township.code}/"))
    form = visitor.get(f"/da/ask/{county.areas[VILLAGE].code}/")
    for words in ("到户产业奖补", "新生儿", "急难", "反映情况", "只有办这件事的村"):
        assert words in seen(form)
    assert not form.cookies
    assert "csrf" not in seen(form)
    assert seen(form).count("<script") == seen(form).count(f"<script>{SCRIPT}</script>")
    assert visitor.get("/ask/000000000000/").status_code == 404
    assert visitor.post(f"/ask/{township.code}/", {}).status_code == 404


def test_who_asks_gets_a_receipt_a_pin_and_a_day_and_nobody_else_learns_who_it_was(
    send: Send, county: County
) -> None:
    response = send()
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "Location" not in response.headers and not response.cookies
    code, pin = numbers(response)
    request = HelpRequest.objects.get()
    assert find(code, pin) == request
    assert find(code, "000000") is None and find("AAAA-AAAA", pin) is None
    assert (request.name, request.phone, request.text) == (NAME, PHONE, TEXT)
    assert PHONE not in seen(response) and NAME not in seen(response)
    assert "禾坪村（帮扶）" in seen(response)
    event = Event.objects.get(kind="request.received")
    assert not [text for text in (NAME, PHONE, TEXT, code) if text in event.record]
    titles = list(Message.objects.filter(link__contains="/requests/").values_list("title", flat=True))
    assert titles
    assert not [title for title in titles if NAME in title or "孙子" in title]


def test_the_database_holds_neither_name_nor_phone_nor_words_in_clear(send: Send) -> None:
    from django.db import connection

    send()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone, text FROM workflows_requests_helprequest")
        stored = "".join(cursor.fetchone())
    assert not [text for text in (NAME, PHONE, TEXT) if text in stored]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"what": ""}, "请选是什么事"),
        ({"what": "p-none"}, "请从列出的几种里选一种"),
        ({"what": "c-helper"}, "请从列出的几种里选一种"),
        ({"text": ""}, "请写一两句"),
        ({"text": "长" * 1001}, "请写在1000字以内"),
        ({"name": ""}, "请写姓名"),
        ({"phone": "没有"}, "只写数字"),
        ({"text": "看不见\x00的符号"}, "看不见的符号"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_a_reason_and_all_that_was_written(
    send: Send, changes: dict[str, str], words: str
) -> None:
    response = send(**changes)
    assert response.status_code == 422
    assert words in seen(response)
    kept = {"text": TEXT, "name": NAME, "phone": PHONE} | changes
    for value in (kept["text"].replace("\x00", ""), kept["name"], kept["phone"]):
        assert value in seen(response).replace("\x00", "")
    assert not HelpRequest.objects.exists()


def test_a_form_sent_by_another_site_is_not_taken_but_can_be_sent_again(send: Send) -> None:
    response = send(headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert TEXT in seen(response)
    assert not HelpRequest.objects.exists()


def test_a_double_click_registers_one_and_shows_the_same_receipt(send: Send) -> None:
    first, second = send(), send()
    assert numbers(first) == numbers(second)
    assert HelpRequest.objects.count() == 1
    assert numbers(send(text=TEXT + "。")) != numbers(first)
    assert HelpRequest.objects.count() == 2


def test_the_form_sent_by_a_message_in_elder_mode_leads_officials_to_the_desk(send: Send, form: str) -> None:
    assert send(where=f"/da{form}").status_code == 200
    links = set(Message.objects.values_list("link", flat=True))
    assert links == {f"/admin/desk/requests/{HelpRequest.objects.get().pk}/"}


def test_above_the_ceiling_a_plain_sum_is_asked_and_whoever_answers_it_gets_through(
    send: Send, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = settings_keys.get(LIST_HOUR)
    monkeypatch.setitem(settings_keys._keys, LIST_HOUR, type(key)(**{**vars(key), "default": 1}))
    assert send().status_code == 200
    held = send(text="另外一件事，要问一问")
    assert held.status_code == 429
    assert "等于几" in seen(held) and "另外一件事" in seen(held)
    answer = sum(flood._sum(f"request-{form.split('/')[2]}", 0))
    assert send(text="另外一件事，要问一问", sum=str(answer)).status_code == 200
    assert HelpRequest.objects.count() == 2


@pytest.mark.parametrize(
    "evil", ["<script>alert(1)</script>", "</textarea><svg onload=alert(1)>", "{{ 7*7 }}"]
)
def test_nothing_typed_into_the_form_does_harm(send: Send, evil: str) -> None:
    for response in (send(text=evil, name=evil[:30], phone="x"), send(what=evil)):
        assert "<script" not in seen(response) and "<svg" not in seen(response)
        assert seen(response).count("</textarea>") == 1


def test_the_receipts_page_tells_where_it_is_in_plain_words_without_a_name(
    send: Send, visitor: Client, county: County
) -> None:
    code, pin = numbers(send())
    headers = {"sec-fetch-site": "same-origin"}
    page = visitor.post("/receipts/", {"code": code, "pin": pin}, headers=headers)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    for words in ("正在办", "禾坪村（帮扶）", "收到", "新生儿"):
        assert words in seen(page)
    for hidden in (NAME, PHONE, TEXT, county["clerk1"].display_name):
        assert hidden not in seen(page)
    wrong = visitor.post("/receipts/", {"code": code, "pin": "000000"}, headers=headers)
    other = visitor.post("/receipts/", {"code": "AAAA-CCCC", "pin": "000000"}, headers=headers)
    assert wrong.status_code == other.status_code == 422
    assert seen(wrong).replace(code, "N") == seen(other).replace("AAAA-CCCC", "N")


def test_what_is_reported_goes_to_the_township_since_it_may_be_about_the_village(county: County) -> None:
    told = ask(county, matter=Matter.OTHER, wanted="").request
    assert told.holder.name == "杉坞镇"
    assert ask(county).request.holder.name == VILLAGE


def test_hardship_is_due_sooner_than_anything_else(county: County) -> None:
    urgent = ask(county, matter=Matter.HARDSHIP, wanted="").request
    assert urgent.due_on < ask(county).request.due_on
    assert urgent.line == "civil_affairs"


def test_any_office_of_the_county_registers_for_any_village_with_the_same_deadline(county: County) -> None:
    told = {
        "channel": Channel.VISIT,
        "signed_how": Signed.SELF,
        "area": county.areas[VILLAGE],
    }
    own = ask(county).request
    for username in ("grid2", "clerk8", "reviewer2", "county"):
        done = ask(county, by=county[username], **told).request
        assert done.due_on == own.due_on
        assert (done.holder.name, done.registered_by) == (VILLAGE, county[username])
    with pytest.raises(NotYours):
        ask(county, by=county["editor"], **told)
    with pytest.raises(NotYours):
        ask(county, channel=Channel.PHONE)
    with pytest.raises(NotYours):
        ask(county, by=county["clerk1"])


def test_a_proxy_writes_with_a_witness_who_is_somebody_else(county: County) -> None:
    proxy: dict[str, Any] = {"channel": Channel.PAPER, "signed_how": Signed.PROXY, "by": county["grid2"]}
    for names, wrong in (
        ({}, "proxy_name"),
        ({"proxy_name": "司徒代"}, "witness_name"),
        ({"proxy_name": "司徒代", "witness_name": "司徒代"}, "witness_name"),
        ({"proxy_name": "司徒代", "witness_name": NAME}, "witness_name"),
    ):
        with pytest.raises(BadRequest) as refused:
            ask(county, **proxy, **names)
        assert wrong in refused.value.fields
    with pytest.raises(BadRequest):
        ask(county, by=county["grid2"], channel=Channel.VISIT)
    done = ask(county, **proxy, proxy_name="司徒代", witness_name="公孙证", phone="").request
    event = Event.objects.filter(kind="request.received").latest("sequence")
    assert (done.proxy_name, done.witness_name) == ("司徒代", "公孙证")
    assert "司徒代" not in event.record and "公孙证" not in event.record


def test_a_letter_counts_from_the_day_it_came_but_not_from_a_day_to_come(county: County) -> None:
    letter: dict[str, Any] = {"channel": Channel.PAPER, "signed_how": Signed.SELF, "by": county["clerk2"]}
    earlier = ask(county, **letter, received_on=clock.today() - timedelta(days=20)).request
    assert earlier.due_on < ask(county).request.due_on
    for day in (clock.today() + timedelta(days=1), clock.today() - timedelta(days=61)):
        with pytest.raises(BadRequest):
            ask(county, **letter, received_on=day)
    assert county.areas[SIBLING].code != earlier.area.code
