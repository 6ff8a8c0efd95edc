"""Rules of the objection form: anyone may, nothing written is lost, nothing typed does harm."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from disclosure.publicity.models import Objection
from disclosure.publicity.objections import forget_submissions
from disclosure.publicity.services import correct, receipt
from disclosure.site import flood
from disclosure.site.keys import ADDRESS_HOUR, LIST_HOUR
from portal.configuration import keys as settings_keys
from portal.people.models import Role
from tests.disclosure.village import Village, a_list, household, noon

DAY = date(2026, 11, 21)
EVIL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><svg onload=alert(1)>",
    "'-alert(1)-'",
    "{{ 7*7 }}{% load x %}",
    "javascript:alert(1)",
    "\u202e倒过来\u202c",
]


def send(visitor: Client, list: Any, where: str = "object/", **changes: Any) -> Any:
    headers = changes.pop("headers", {"sec-fetch-site": "same-origin"})
    return visitor.post(
        f"/lists/{list.number}/{where}", {"text": "他家没有建圈舍"} | changes, headers=headers
    )


def seen(response: Any) -> str:
    return str(response.content.decode())


def test_an_objection_without_a_name_gets_a_receipt_and_a_pin(village: Village, visitor: Client) -> None:
    published = a_list(village)
    form = visitor.get(f"/lists/{published.number}/object/2/")
    assert "名单第2行" in seen(form)
    assert not form.cookies
    assert "csrf" not in seen(form)
    response = send(visitor, published, row="2", ground="not_built", contact="19900000001")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "Location" not in response.headers
    assert not response.cookies
    objection = Objection.objects.get()
    assert (objection.row.position, objection.ground, objection.contact) == (2, "not_built", "19900000001")
    code, pin = re.findall(r"<dd>([^<]+)</dd>", seen(response))
    assert receipt(code, pin) == objection
    assert "19900000001" not in seen(response)


def test_no_form_shows_a_name_even_of_the_row_that_it_is_about(village: Village, visitor: Client) -> None:
    published = a_list(village)
    for where in ("object/", "object/1/"):
        assert "某山" not in seen(visitor.get(f"/lists/{published.number}/{where}"))
    assert "某山" not in seen(send(visitor, published, row="1"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": ""}, "请写一两句哪里不对"),
        ({"text": "  "}, "请写一两句哪里不对"),
        ({"text": "错" * 2001}, "最多2000字，现在有2001字"),
        ({"contact": "一" * 101}, "最多100字，现在有101字"),
        ({"row": "99"}, "名单上没有这一行"),
        ({"row": "第三家"}, "请填数字"),
        ({"row": "0"}, "行数从1开始"),
        ({"ground": "made_up"}, "请从列出的几种里选一种"),
        ({"text": "看不见\x00的"}, "看不见的符号"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_a_reason_and_all_that_was_written(
    village: Village, visitor: Client, changes: dict[str, str], words: str
) -> None:
    published = a_list(village)
    written = {"text": "他家没有建圈舍", "contact": "晚上在家", "row": "1"} | changes
    response = send(visitor, published, **written)
    assert response.status_code == 422
    assert words in seen(response)
    for value in (written["text"].strip().replace("\x00", ""), written["contact"]):
        assert value in seen(response).replace("\x00", "")
    assert not Objection.objects.exists()


def test_two_thousand_characters_with_line_ends_are_not_too_many(village: Village, visitor: Client) -> None:
    published = a_list(village)
    assert send(visitor, published, text="错" * 2000).status_code == 200


def test_a_form_sent_by_another_site_is_not_taken_but_can_be_sent_again(
    village: Village, visitor: Client
) -> None:
    published = a_list(village)
    foreign = [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"referer": "https://elsewhere.example/lists/"},
    ]
    for headers in foreign:
        response = send(visitor, published, headers=headers)
        assert response.status_code == 403, headers
        assert "再点一次提交" in seen(response)
        assert "他家没有建圈舍" in seen(response)
    assert not Objection.objects.exists()
    ours = [{"origin": "http://testserver"}, {"referer": "http://testserver/lists/"}, {}]
    for headers in ours:
        assert send(visitor, published, headers=headers).status_code == 200, headers


def test_after_the_period_an_objection_is_late_and_still_taken(
    village: Village, visitor: Client, travel: Callable
) -> None:
    with travel(noon(DAY)):
        published = a_list(village)
    with travel(noon(DAY + timedelta(days=9))):
        assert "公示已经期满" in seen(visitor.get(f"/lists/{published.number}/object/"))
        response = send(visitor, published)
    assert response.status_code == 200
    assert "不会让名单停下来" in seen(response)
    assert Objection.objects.get().late


def test_a_list_corrected_meanwhile_leads_to_the_new_one_with_the_text_kept(
    village: Village, visitor: Client
) -> None:
    old = a_list(village)
    new = correct(
        **village.seat(Role.TOWNSHIP_REVIEWER), list_id=old.pk, rows=[household(1)], reason="写错了"
    )
    assert f"/lists/{new.number}/object/" in seen(visitor.get(f"/lists/{old.number}/object/"))
    response = send(visitor, old, row="3")
    assert response.status_code == 422
    assert f'action="/lists/{new.number}/object/"' in seen(response)
    assert "他家没有建圈舍" in seen(response)
    assert not Objection.objects.exists()


def test_a_wrong_list_or_row_is_not_there(village: Village, visitor: Client) -> None:
    published = a_list(village)
    assert visitor.get("/lists/990001101201-2026-9999/object/").status_code == 404
    assert visitor.post("/lists/990001101201-2026-9999/object/", {"text": "不对"}).status_code == 404
    assert visitor.get(f"/lists/{published.number}/object/4/").status_code == 404
    assert visitor.delete(f"/lists/{published.number}/object/").status_code == 405


@pytest.mark.parametrize("evil", EVIL)
def test_nothing_typed_into_the_form_does_harm(village: Village, visitor: Client, evil: str) -> None:
    published = a_list(village)
    shown = [
        send(visitor, published, text=evil + "错" * 2001, contact=evil, ground=evil, row=evil),
        send(visitor, published, text=evil + "，不对", contact=evil),
        visitor.get("/search/", {"q": evil}),
        visitor.post("/receipts/", {"code": evil, "pin": evil}),
    ]
    for response in shown:
        page = seen(response)
        assert "<script" not in page
        assert "<img" not in page
        # The page's own QR code is the one picture.
        assert "<svg onload" not in page
        assert page.count("<textarea") <= 1
        assert page.count("</textarea>") == page.count("<textarea")
    if "7*7" in evil:
        assert "7*7" in seen(shown[0])
    assert Objection.objects.get().text == evil + "，不对"


def test_above_the_ceiling_a_plain_sum_is_asked_and_whoever_answers_it_gets_through(
    village: Village, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ceiling(monkeypatch, LIST_HOUR, 2)
    published, other = a_list(village), a_list(village, reference="batch:B2")
    for words in ("没有建", "没有建圈舍"):
        assert send(visitor, published, text=words).status_code == 200
    held = send(visitor, published, contact="晚上在家")
    assert held.status_code == 429
    question = flood.question(published.number)
    assert question in seen(held)
    assert re.fullmatch(r"[一二三四五六七八九]加[一二三四五六七八九]等于几？", question)
    assert "他家没有建圈舍" in seen(held)
    assert "晚上在家" in seen(held)
    one, other_digit = (flood.DIGITS.index(digit) for digit in (question[0], question[2]))
    # No two digits make 19: any smaller number might answer the question that was asked a moment ago.
    assert send(visitor, published, sum="19").status_code == 429
    assert send(visitor, published, sum=f" {one + other_digit}。").status_code == 200
    # Another list is not held up by this one.
    assert send(visitor, other).status_code == 200


def test_an_address_that_sends_many_is_asked_on_every_list(
    village: Village, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ceiling(monkeypatch, ADDRESS_HOUR, 1)
    published, other = a_list(village), a_list(village, reference="batch:B2")
    assert send(visitor, published).status_code == 200
    assert send(visitor, other).status_code == 429
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert send(elsewhere, other).status_code == 200


def test_the_sum_may_be_answered_in_figures_or_chinese_and_until_the_next_question_ends(
    travel: Callable,
) -> None:
    words = {2: "二", 10: "十", 11: "十一", 18: "一十八"}
    with travel(noon(DAY)):
        total = sum(flood._sum("n", 0))
        for number, written in words.items():
            assert flood.is_answered("n", written) == (number == total)
        assert flood.is_answered("n", str(total))
        assert flood.is_answered("n", "".join(chr(ord(digit) + 0xFEE0) for digit in str(total)))
        for nothing in ("", "  ", "很多", "-1", "1e1", "九九"):
            assert not flood.is_answered("n", nothing)
    with travel(noon(DAY, 12, 19)):
        assert flood.is_answered("n", str(total))


def _ceiling(monkeypatch: pytest.MonkeyPatch, key: str, ceiling: int) -> None:
    known = settings_keys.get(key)
    changed = settings_keys.Key(key, ceiling, known.source, known.verified, known.label, known.technical)
    monkeypatch.setitem(settings_keys._keys, key, changed)


def slip(response: Any) -> tuple[str, str]:
    """Return the receipt code and the PIN that the page shows."""
    code, pin = re.findall(r"<dd>([^<]+)</dd>", seen(response))
    return code, pin


def test_a_double_click_lodges_one_objection_and_shows_its_receipt_again(
    village: Village, visitor: Client
) -> None:
    published = a_list(village)
    once, twice = (send(visitor, published, row="2", contact="老李") for _ in range(2))
    assert slip(once) == slip(twice)
    assert receipt(*slip(twice)) == Objection.objects.get()


@pytest.mark.parametrize(
    "changes",
    [{"text": "他家圈舍是旧的"}, {"row": "3"}, {"row": ""}, {"contact": "老王"}, {"ground": "amount"}],
)
def test_other_words_or_another_row_is_another_objection(
    village: Village, visitor: Client, changes: dict[str, str]
) -> None:
    published = a_list(village)
    first = send(visitor, published, row="2", contact="老李")
    second = send(visitor, published, **{"row": "2", "contact": "老李"} | changes)
    assert slip(first) != slip(second)
    assert Objection.objects.count() == 2


def test_a_stranger_who_sends_the_same_words_is_not_shown_the_receipt(
    village: Village, visitor: Client
) -> None:
    published = a_list(village)
    first = send(visitor, published, row="2")
    stranger = Client(enforce_csrf_checks=True, REMOTE_ADDR="192.0.2.77")
    second = send(stranger, published, row="2")
    assert slip(first) != slip(second)
    assert Objection.objects.count() == 2


def test_the_same_words_hours_later_are_a_new_objection_and_the_form_is_forgotten(
    village: Village, visitor: Client, travel: Callable
) -> None:
    with travel(noon(DAY, 9)):
        published = a_list(village)
        first = send(visitor, published, row="2")
    with travel(noon(DAY, 11)):
        assert forget_submissions() == 1
        assert not Objection.objects.exclude(submission="").exists()
        second = send(visitor, published, row="2")
    assert slip(first) != slip(second)
    assert receipt(*slip(first)) and receipt(*slip(second))
