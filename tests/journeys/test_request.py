"""A villager on a phone without script asks for something; it is filed, decided, or goes up."""

from collections.abc import Callable

import pytest

from tests.workflows.county import VILLAGE
from workflows.changes.models import ChangeRequest
from workflows.demo import change_play
from workflows.demo.build import County, make_household
from workflows.engine.models import Batch, CaseState
from workflows.requests.models import HelpRequest

from .people import Official, Villager
from .site import Site
from .test_villager import look_up

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
SAID = "上个月添了个孙女，户口已经上好，想算进家里人口。"


def ask(phone: Villager, name: str) -> tuple[str, str]:
    """Go from the home page to the village's form, fill it in and send it; return the receipt and its PIN."""
    phone.open("/", "ask-home")
    phone.follow("自己申请，反映情况", "ask-start", both_widths=True)
    phone.follow("杉坞镇", "ask-township")
    phone.follow(VILLAGE, "ask-form", both_widths=True)
    phone.page.get_by_label("什么事").select_option(label="新生儿或收养")
    phone.page.get_by_label("您要说的话").fill(SAID)
    phone.page.get_by_label("姓名").fill(name)
    phone.page.get_by_label("电话").fill("不记得")
    phone.press("提交", "ask-wrong", status=422, both_widths=True)
    phone.sees("只写数字")
    assert phone.page.get_by_label("您要说的话").input_value() == SAID
    phone.page.get_by_label("电话").fill("199 0000 0001")
    phone.press("提交", "ask-done", both_widths=True)
    phone.sees("以前立案办，或者答复您", f"{VILLAGE}（帮扶）")
    receipt, pin = phone.page.locator(".slip dd").all_inner_texts()
    return receipt, pin


def test_a_villagers_own_request_from_phone_to_decision(
    county: County, site: Site, villager: Callable[..., Villager], official: Callable[..., Official]
) -> None:
    with site.now():
        household = make_household(county, VILLAGE, 41, "clerk1")
    phone = villager()
    receipt, pin = ask(phone, household.head_name)
    look_up(phone, receipt, pin, "request-receipt-open")
    phone.sees("正在办", f"{VILLAGE}（帮扶）")

    site.wait(days=1)
    request = HelpRequest.objects.get()
    clerk = official("clerk1")
    clerk.open("/admin/desk/requests/", "desk-requests", both_widths=True)
    clerk.follow("新生儿或收养", "desk-request", both_widths=True)
    clerk.sees(SAID, household.head_name)
    clerk.press("找这一户", "desk-request-household", both_widths=True)
    clerk.follow(household.head_name, "desk-request-filing", exact=True)
    clerk.page.get_by_label("姓名", exact=True).fill("欧阳小禾")
    clerk.page.get_by_label("与户主关系").select_option("孙女")
    clerk.page.get_by_label("出生或收养日期").fill("2026-02-05")
    clerk.page.locator("[name=a-evidence]").fill("出生医学证明、户口簿，原件看过")
    clerk.press("申报")
    request.refresh_from_db()
    assert request.case is not None and clerk.where == f"/admin/desk/cases/{request.case.number}/"
    look_up(phone, receipt, pin, "request-receipt-filed")
    phone.sees("立案了，正在走手续", request.case.number)
    assert household.head_name not in phone.text()

    # The rest of the way is that of every change; the township decides.
    with site.now():
        batch = Batch.objects.get(cases=request.case)
        change_play.carry(county, batch, "end")
    request.case.refresh_from_db()
    assert request.case.state == CaseState.DONE
    assert ChangeRequest.objects.get().household == household
    look_up(phone, receipt, pin, "request-receipt-done")
    phone.look("request-receipt-done", both_widths=True)
    phone.sees("办结")


def test_what_lies_goes_up_openly_and_is_answered_by_who_takes_it_over(
    county: County, site: Site, villager: Callable[..., Villager], official: Callable[..., Official]
) -> None:
    phone = villager()
    receipt, pin = ask(phone, "欧阳添丁")
    site.wait(days=16)
    look_up(phone, receipt, pin, "request-receipt-late")
    phone.sees("超期了，还没有办", "报给了杉坞镇乡镇经办督办")

    reviewer = official("reviewer1")
    request = HelpRequest.objects.get()
    reviewer.open("/admin/desk/requests/?show=late", "desk-requests-late", both_widths=True)
    reviewer.open(f"/admin/desk/requests/{request.pk}/", "desk-request-above", both_widths=True)
    assert "欧阳添丁" not in reviewer.text()
    reviewer.page.get_by_label("转给").select_option(label="杉坞镇（帮扶）")
    reviewer.page.get_by_label("为什么转").fill("村里没有按期办，乡镇提上来办")
    reviewer.press("转交", "desk-request-taken")
    reviewer.sees("欧阳添丁")
    reviewer.choose("不能办")
    reviewer.page.get_by_label("怎么办的，或为什么不能办").fill(
        "孩子还没有落户口，先到派出所落户，落了就能办。"
    )
    reviewer.page.get_by_label("依据").fill("户口登记条例第七条")
    reviewer.press("答复", "desk-request-answered", both_widths=True)
    look_up(phone, receipt, pin, "request-receipt-answered")
    phone.look("request-receipt-answered", both_widths=True)
    phone.sees("孩子还没有落户口", "户口登记条例第七条", "转给杉坞镇（帮扶）办")


def test_a_proxy_writes_at_another_village_and_the_slip_is_handed_over(
    county: County, site: Site, official: Callable[..., Official]
) -> None:
    grid = official("grid2")
    grid.open("/admin/desk/requests/", "desk-requests-empty", both_widths=True)
    grid.follow("登记一件", "desk-request-new", both_widths=True)
    grid.page.get_by_label("怎么来的").select_option(label="书面")
    grid.page.get_by_label("家在哪个村").select_option(label=VILLAGE)
    grid.page.get_by_label("什么事").select_option(label="反映情况，或者别的事")
    grid.page.get_by_label("本人说的话").fill("村口的路坏了半年，没有人修。")
    grid.page.get_by_label("姓名", exact=True).fill("欧阳问路")
    grid.page.get_by_label("怎么签的").select_option(label="别人代写，本人按手印")
    grid.page.get_by_label("代写人姓名").fill("司徒代")
    grid.press("登记，给回执", "desk-request-no-witness", status=422, both_widths=True)
    grid.sees("见证人")
    grid.page.get_by_label("见证人姓名").fill("公孙证")
    grid.press("登记，给回执", "desk-request-slip", both_widths=True)
    request = HelpRequest.objects.get()
    grid.sees(request.receipt, "杉坞镇（帮扶）")
    assert request.holder.name == "杉坞镇"
