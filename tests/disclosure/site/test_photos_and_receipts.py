"""Objecting with photos, and what the receipt is good for: the slip, an appeal, withdrawing; a flood."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from disclosure.publicity.models import Objection, ObjectionState
from disclosure.publicity.services import answer
from disclosure.site import flood
from disclosure.site.keys import ADDRESS_HOUR, ADDRESS_MOST, LIST_HOUR
from portal.configuration import services as configuration
from portal.files import storage
from portal.files.models import PrivateFile
from portal.ledger.models import Event
from portal.people.models import Role
from tests.disclosure.village import Village, a_list, noon
from tests.pdf_text import read
from tests.portal.files.conftest import pdf, photograph, picture

from .test_objecting import seen, send, slip

DAY = date(2026, 11, 21)
OURS = {"sec-fetch-site": "same-origin"}


def sent(name: str, data: bytes) -> SimpleUploadedFile:
    """Return an upload."""
    return SimpleUploadedFile(name, data, "image/jpeg")


def at_receipt(visitor: Client, code: str, pin: str, **more: Any) -> Any:
    """Send the form of receipts."""
    return visitor.post("/receipts/", {"code": code, "pin": pin} | more, headers=OURS)


def answered(village: Village, outcome: str = "dismissed") -> Objection:
    """Have the supervision committee answer the only open objection."""
    return answer(
        **village.seat(Role.VILLAGE_SUPERVISION),
        objection_id=Objection.objects.get(state=ObjectionState.OPEN).pk,
        outcome=outcome,
        findings="两人入户看过，圈里有羊",
        answer="圈舍里有羊，和名单一致",
        investigators=["监督甲", "监督乙"],
    )


def test_photos_are_kept_written_anew_and_as_sent_and_nobody_opens_them_in_public(
    village: Village, visitor: Client
) -> None:
    published = a_list(village)
    assert 'enctype="multipart/form-data"' in seen(visitor.get(f"/lists/{published.number}/object/"))
    original = photograph()
    done = send(visitor, published, photos=[sent("a.jpg", original), sent("b.jpg", picture("PNG"))])
    assert done.status_code == 200
    objection = Objection.objects.get()
    kept = PrivateFile.objects.filter(reference=f"objection:{objection.pk}").order_by("pk")
    assert len(kept) == 2
    served = storage.get(kept[0].sha256)
    assert b"SecretPhone" not in served and b"Exif" not in served
    assert storage.get(kept[0].original_sha256) == original
    for file in kept:
        assert visitor.get(f"/files/{file.pk}/").status_code == 302
        assert f"/files/{file.pk}/" not in seen(done)
    page = seen(at_receipt(visitor, *slip(done)))
    assert "收到2张，不公开" in page and "/files/" not in page


def test_from_a_row_the_objection_is_about_that_row_photos_and_all(village: Village, visitor: Client) -> None:
    published = a_list(village)
    here = f"/lists/{published.number}/object/2/"
    assert 'name="row"' in seen(visitor.get(here))
    typed = {"row": "2", "text": "圈舍没有建", "photos": sent("a.jpg", photograph())}
    done = visitor.post(here, typed, headers=OURS)
    assert done.status_code == 200
    objection = Objection.objects.get()
    assert objection.row is not None and objection.row.position == 2
    assert PrivateFile.objects.filter(reference=f"objection:{objection.pk}").count() == 1
    told = [one.kind for one in Event.objects.order_by("-sequence")[:2]]
    assert sorted(told) == ["file.stored", "objection.lodged"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jpg", b"<script>alert(1)</script>"),
        ("a.jpg", b"\xff\xd8\xff\xe0broken"),
        ("a.jpg", b"GIF89a"),
        ("a.svg", b"<svg onload=alert(1)>"),
        ("a.pdf", pdf()),
        ("a.jpg", b"MZ\x90\x00"),
        ("a.jpg", b"x" * (11 * 1024 * 1024)),
    ],
)
def test_what_is_no_photo_is_refused_and_what_was_written_comes_back(
    village: Village, visitor: Client, name: str, data: bytes
) -> None:
    published = a_list(village)
    response = send(visitor, published, contact="晚上在家", photos=[sent(name, data)])
    assert response.status_code == 422
    assert "他家没有建圈舍" in seen(response) and "晚上在家" in seen(response)
    assert "照片要重新选" in seen(response)
    assert not Objection.objects.exists() and not PrivateFile.objects.exists()


def test_more_photos_than_allowed_and_more_than_can_be_read_are_refused(
    village: Village, visitor: Client
) -> None:
    published = a_list(village)
    four = [sent(f"{n}.jpg", picture()) for n in range(4)]
    assert "最多3张" in seen(send(visitor, published, photos=four))
    heavy = visitor.post(
        f"/lists/{published.number}/object/", b"", content_type="multipart/form-data; boundary=x",
        headers=OURS, CONTENT_LENGTH=str(900 * 1024 * 1024),
    )  # fmt: skip
    assert heavy.status_code == 413 and "照片太大" in seen(heavy)
    assert not Objection.objects.exists()


def test_the_slip_prints_code_and_pin_and_not_a_word_of_what_was_said(
    village: Village, visitor: Client
) -> None:
    published = a_list(village)
    code, pin = slip(send(visitor, published, row="2", contact="老李"))
    response = at_receipt(visitor, code, pin, do="slip")
    assert response["Content-Type"] == "application/pdf" and response["Cache-Control"] == "no-store"
    words = read(response.content).text
    assert code in words and pin.replace(" ", "") in words and "第2行" in words
    assert "没有建" not in words and "老李" not in words
    assert at_receipt(visitor, code, "000000", do="slip").status_code == 422


def test_the_receipt_shows_findings_and_answer_and_takes_one_appeal(
    village: Village, visitor: Client
) -> None:
    for role in (Role.TOWNSHIP_REVIEWER, Role.TOWNSHIP_HEAD):
        village.seat(role)
    code, pin = slip(send(visitor, a_list(village), row="2"))
    assert "申请上一级复核" not in seen(at_receipt(visitor, code, pin))
    answered(village)
    page = seen(at_receipt(visitor, code, pin))
    assert "两人入户看过" in page and "申请上一级复核" in page and "监督甲" not in page
    empty = at_receipt(visitor, code, pin, do="appeal", text=" ")
    assert empty.status_code == 422 and "为什么不服" in seen(empty)
    taken = at_receipt(visitor, code, pin, do="appeal", text="没有问过我", photos=[sent("a.jpg", picture())])
    assert taken.status_code == 200 and "复核申请收到了" in seen(taken)
    second = Objection.objects.get(appeal_of__isnull=False)
    assert (second.level, second.text) == ("township", "没有问过我")
    assert PrivateFile.objects.filter(reference=f"objection:{second.pk}").count() == 1
    assert at_receipt(visitor, code, pin, do="appeal", text="再来一次").status_code == 422
    assert "由乡镇另外的人查" in seen(at_receipt(visitor, code, pin))


def test_withdrawing_takes_code_pin_and_two_written_characters(village: Village, visitor: Client) -> None:
    code, pin = slip(send(visitor, a_list(village)))
    assert at_receipt(visitor, code, "123456", do="withdraw", sure="撤回").status_code == 422
    assert at_receipt(visitor, code, pin, do="withdraw", sure="好").status_code == 422
    assert Objection.objects.get().state == ObjectionState.OPEN
    done = at_receipt(visitor, code, pin, do="withdraw", sure=" 撤回 ")
    assert done.status_code == 200 and "本人已撤回" in seen(done)
    assert Objection.objects.get().state == ObjectionState.WITHDRAWN


def test_another_site_withdraws_and_appeals_nothing(village: Village, visitor: Client) -> None:
    code, pin = slip(send(visitor, a_list(village)))
    data = {"code": code, "pin": pin, "do": "withdraw", "sure": "撤回"}
    foreign = visitor.post("/receipts/", data, headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403
    assert Objection.objects.get().state == ObjectionState.OPEN


def test_a_complaint_of_an_official_is_taken_and_its_page_says_that_they_step_aside(
    village: Village, visitor: Client
) -> None:
    village.seat(Role.VILLAGE_SUPERVISION), village.seat(Role.TOWNSHIP_REVIEWER)
    done = send(visitor, a_list(village), complained_role="village_supervision", complained_said="姓秦的")
    assert "由乡镇直接查" in seen(done)
    page = seen(at_receipt(visitor, *slip(done)))
    assert "您投诉的人已经回避" in page and "由乡镇直接查" in page
    assert send(visitor, a_list(village, reference="batch:B2"), complained_role="boss").status_code == 422


def test_the_answer_stands_on_the_lists_page_and_after_it_ended_without_the_objector(
    village: Village, visitor: Client, travel: Callable
) -> None:
    with travel(noon(DAY)):
        published = a_list(village)
        send(visitor, published, row="2", contact="老李头")
        answered(village)
    with travel(noon(DAY + timedelta(days=12))):
        page = seen(visitor.get(f"/lists/{published.number}/"))
    assert "异议和答复" in page and "圈舍里有羊，和名单一致" in page and "名单第2行" in page
    assert "老李头" not in page and "没有建圈舍" not in page and "监督甲" not in page


def _solved(response: Any) -> str:
    """Answer the plain question as a careful person (or a careful robot) would."""
    question = re.search(r"([一二三四五六七八九])加([一二三四五六七八九])等于几", seen(response))
    assert question
    return str(sum(flood.DIGITS.index(digit) for digit in question.groups()))


@pytest.mark.proof
@pytest.mark.parametrize("clever", [False, True])
def test_a_flood_of_hostile_posts_is_slowed_and_one_villager_gets_through(
    village: Village, visitor: Client, monkeypatch: pytest.MonkeyPatch, rounds: Callable, clever: bool
) -> None:
    """Half of it comes from one address, half from many; where clever it answers every question.

    In full 500 posts against the ceilings that are set; a fifth of both in short.
    """
    posts = rounds(100, 500)
    usual, ceilings = configuration.value, (LIST_HOUR, ADDRESS_HOUR, ADDRESS_MOST)

    def scaled(key: str, *more: Any) -> Any:
        return usual(key, *more) * posts // 500 if key in ceilings else usual(key, *more)

    monkeypatch.setattr("disclosure.site.flood.configuration.value", scaled)
    published = a_list(village)
    taken = 0
    for number in range(posts):
        robot = Client(REMOTE_ADDR="203.0.113.9" if number % 2 else f"198.51.100.{number % 250}")
        words = f"全是假的{number}"
        response = send(robot, published, text=words)
        if clever and response.status_code == 429 and "等于几" in seen(response):
            response = send(robot, published, text=words, sum=_solved(response))
        taken += response.status_code == 200
    one_address = Objection.objects.count()
    assert taken == one_address
    # Without answering: the list's ceiling. Answering: the one address comes to its own and no further.
    most = posts // 2 + scaled(ADDRESS_MOST) if clever else scaled(LIST_HOUR)
    assert taken <= most < posts
    villager = Client(REMOTE_ADDR="192.0.2.5")
    first = send(villager, published, text="他家去年就有羊圈")
    assert first.status_code == 429 and "他家去年就有羊圈" in seen(first)
    done = send(villager, published, text="他家去年就有羊圈", sum=_solved(first))
    assert done.status_code == 200
    assert slip(done)
