"""Rules of a receipt's page: code and PIN open it, nothing else does, and guessing is slow."""

from typing import Any

from django.core.cache import cache
from django.test import Client

from disclosure.publicity.services import answer, lodge
from portal.people.models import Role
from tests.disclosure.village import Village, a_list


def ask(visitor: Client, code: str, pin: str, **headers: str) -> Any:
    return visitor.post("/receipts/", {"code": code, "pin": pin}, headers=headers)


def test_code_and_pin_show_how_far_an_objection_is_and_no_more(village: Village, visitor: Client) -> None:
    published = a_list(village)
    row = published.rows.get(position=1)
    lodged = lodge(list_id=published.pk, row_id=row.pk, text="数不对", ground="amount", contact="19900000001")
    response = ask(visitor, lodged.receipt.lower().replace("-", " "), f"{lodged.pin[:3]} {lodged.pin[3:]}")
    page = response.content.decode()
    assert "正在查" in page
    assert "以前答复" in page
    assert "名单第1行" in page
    for hidden in ("19900000001", "数不对", "某山", lodged.pin):
        assert hidden not in page
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex, noarchive"
    assert not response.cookies
    answer(
        **village.seat(Role.TOWNSHIP_REVIEWER),
        objection_id=lodged.objection.pk,
        outcome="dismissed",
        findings="看了发票和圈舍，和申报一样，邻居丙某也在场",
        answer="两名干部看了圈舍和发票，金额没有错。",
        investigators=["甲某", "乙某"],
    )
    page = ask(visitor, lodged.receipt, lodged.pin).content.decode()
    assert "异议不成立" in page
    assert "金额没有错" in page
    # The objector reads what was found, and that two people looked; who they were, the desk knows.
    assert "看了发票和圈舍" in page
    assert "甲某" not in page


def test_a_wrong_code_and_a_wrong_pin_get_the_same_answer(village: Village, visitor: Client) -> None:
    lodged = lodge(list_id=a_list(village).pk, text="数不对")
    wrong = f"{(int(lodged.pin) + 1) % 1_000_000:06d}"
    first, second = ask(visitor, lodged.receipt, wrong), ask(visitor, "AAAA-AAAA", lodged.pin)
    assert first.status_code == second.status_code == 422
    plain = [
        one.content.decode().replace(code, "")
        for one, code in ((first, lodged.receipt), (second, "AAAA-AAAA"))
    ]
    assert plain[0] == plain[1]


def test_guessing_is_slowed_and_the_same_for_codes_that_do_not_exist(
    village: Village, visitor: Client
) -> None:
    lodged = lodge(list_id=a_list(village).pk, text="数不对")
    wrong = f"{(int(lodged.pin) + 1) % 1_000_000:06d}"
    for code in (lodged.receipt, "AAAA-AAAA"):
        answers = [ask(visitor, code, wrong).status_code for _ in range(8)]
        assert answers == [422] * 6 + [429] * 2
    # Then the right PIN has to wait too, or guessing would go on behind the pause.
    paused = ask(visitor, lodged.receipt, lodged.pin)
    assert paused.status_code == 429
    assert "一刻钟" in paused.content.decode()
    cache.clear()
    assert ask(visitor, lodged.receipt, lodged.pin).status_code == 200


def test_the_form_keeps_the_code_but_never_the_pin(village: Village, visitor: Client) -> None:
    page = ask(visitor, "ABCD-EFGH", "123456").content.decode()
    assert 'value="ABCD-EFGH"' in page
    assert "123456" not in page
    assert ask(visitor, "", "").status_code == 422
    assert ask(visitor, "ABCD-EFGH", "123456", **{"sec-fetch-site": "cross-site"}).status_code == 403


def test_a_receipt_in_the_address_opens_nothing(village: Village, visitor: Client) -> None:
    lodged = lodge(list_id=a_list(village).pk, text="数不对")
    response = visitor.get("/receipts/", {"code": lodged.receipt, "pin": lodged.pin})
    assert "正在查" not in response.content.decode()
