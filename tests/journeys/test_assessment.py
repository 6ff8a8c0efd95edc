"""A round of assessment in a browser: opened, scored, appealed, accepted, read in the village, closed."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal.ledger.models import Event
from portal.ledger.verifier import verify
from tests.portal.ledger.parties import Parties, parties
from tests.workflows.county import carry, make_batch
from tests.workflows.deadlines.conftest import configure
from tests.workflows.spotchecks.conftest import photos, said, sealed
from workflows.assessment import keys
from workflows.assessment.models import Round, RoundState
from workflows.demo import play
from workflows.demo.build import County
from workflows.money.reconciliation import reconcile
from workflows.spotchecks import services
from workflows.spotchecks.visits import record_visit

from .people import Official, Villager
from .site import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
NEW = "/admin/desk/assessments/new/?place=枫禾县"
GROWTH, DUTY = "看了圈舍和台账，对得上", "档案齐全，培训有签到"


def open_round(county: Official, *, both_widths: bool = False) -> str:
    """Open this year's round of the townships on the page; return its address."""
    county.open(NEW, "assessment-new", both_widths=both_widths)
    county.page.get_by_label("考谁").select_option(label="乡镇")
    county.press("开一轮，算指标")
    return county.where


def give(scorer: Official, growth: str, duty: str) -> None:
    """Type points with their reasons for the one whose form is open."""
    for code, points, reason in (("growth", growth, GROWTH), ("duty", duty, DUTY)):
        scorer.page.locator(f"[name=points-{code}]").fill(points)
        scorer.page.locator(f"[name=reason-{code}]").fill(reason)


def score(county: Official, supervisor: Official, here: str) -> None:
    """Have two people score both townships, going from one to the next; one puts right what they mistyped."""
    county.open(here, "assessment-to-score", both_widths=True)
    county.sees("还有 2 个要您打分", "还有 2 个没有两个人打过分")
    county.follow("从杉坞镇打起", "assessment-score", both_widths=True)
    county.sees("平台算出：", "各环节）在期限内办完的", "HY-37", "河扶〔2016〕10号")
    give(county, "850", "9")
    county.press("打分", status=422)
    county.sees("“收入增长实不实”要打 0 到 100 分")
    assert county.page.locator("[name=reason-duty]").input_value() == DUTY, "what was typed is still there"
    county.page.locator("[name=points-growth]").fill("85")
    county.press("打分")
    county.sees("还有 1 个要您打分", "蕨溪乡")
    give(county, "80", "80")
    county.press("打分")
    county.sees("都打完了")
    county.follow("杉坞镇")
    county.page.get_by_text("改正我打的分").click()
    county.page.locator("[name=points-duty]").fill("90")
    county.page.get_by_label("为什么改").fill("少敲了一个零")
    county.press("改分")
    supervisor.open(here)
    supervisor.follow("从杉坞镇打起")
    supervisor.sees("另一个人打过了，您打完才看得到")
    assert GROWTH not in supervisor.text(), "two people judge by themselves"
    give(supervisor, "87", "80")
    supervisor.press("打分")
    give(supervisor, "87", "80")
    supervisor.press("打分")
    supervisor.follow("杉坞镇", "assessment-scored")
    supervisor.sees("原先打 9 分，自己改了：少敲了一个零", f"90 分：{DUTY}")


def appeal(assessed: Official, head: Official, here: str) -> None:
    """Have the township read its result and appeal, and the county's head answer."""
    assessed.open(here)
    assessed.follow("杉坞镇", "assessment-mine", both_widths=True)
    assert "蕨溪乡" not in assessed.text()
    assessed.page.get_by_label("对哪一项不服").select_option(label="责任落实")
    assessed.page.get_by_label("哪里不对、凭什么").fill("培训办过三次，签到表在镇里，没有来看")
    sheet = {"name": "签到表.jpg", "mimeType": "image/jpeg", "buffer": play.photo("签到表").read()}
    assessed.page.get_by_label("证据").set_input_files([sheet])  # type: ignore[list-item]
    assessed.press("申诉")
    assessed.sees("等上一级答复", "签到表.jpg")
    head.open(here, "assessment-appealed", both_widths=True)
    head.sees("还有 1 件申诉没有答复")
    head.follow("杉坞镇")
    head.choose("成立")
    head.page.get_by_label("查证的情况和理由").fill("看了签到表，确实三次")
    head.press("答复申诉", status=422)
    head.sees("要写改成多少分")
    assert head.page.get_by_label("查证的情况和理由").input_value() == "看了签到表，确实三次"
    head.page.get_by_label("成立的，改成多少分").fill("95")
    head.press("答复申诉", "assessment-answered")
    head.sees("成立，改为 95.00 分：看了签到表")


def visit(county: County, signer: Parties) -> None:
    """Have two supervisors visit one household of the township, as the journey of a spot check shows."""
    check = sealed(county)
    signer.sign()
    services.draw(by=county["supervisor"], check_id=check.pk)
    record_visit(by=county["supervisor"], check_id=check.pk, position=1, said=said(check), photos=photos())


def accept(assessor: Official, county: County, signer: Parties, site: Site, here: str) -> None:
    """Have the city refuse to take it without a household visited, and accept it after a visit."""
    words = "看了两个镇的圈舍，访了三户"
    assessor.open(here)
    assessor.page.get_by_label("看了哪里、访了谁").fill(words)
    assessor.press("验收通过", status=422)
    assessor.sees("还没有抽查入户过一户")
    assert assessor.page.get_by_label("看了哪里、访了谁").input_value() == words
    with site.now():
        visit(county, signer)
    assessor.press("验收通过", "assessment-accepted")
    assessor.sees("市级已验收", words)


def test_a_round_from_its_opening_to_its_closing(
    county: County,
    site: Site,
    official: Callable[..., Official],
    villager: Callable[..., Villager],
    tmp_path: Path,
) -> None:
    long_ago = {"valid_from": date(2020, 1, 1)}
    with site.now():
        paid = make_batch(county, rows=1, until="announce")
        for key, day in ((keys.UNTIL["year"], "03-20"), (keys.FROM["year"], "03-10")):
            configure(key, day, **long_ago)
    site.wait(days=10)
    with parties(tmp_path / "ledger") as signer:
        reviewer, supervisor, head = map(official, ("county", "supervisor", "countyhead"))
        reviewer.open("/admin/desk/assessments/", "assessments", both_widths=True)
        wrong = open_round(reviewer, both_widths=True)
        called_off(head, wrong)
        here = open_round(reviewer)
        score(reviewer, supervisor, here)
        reviewer.open(here)
        reviewer.press("算出得分，告知")
        appeal(official("head1"), head, here)
        site.wait(days=9)
        head.open(here)
        head.press("审定")
        accept(official("assessor"), county, signer, site, here)
        head.open(here)
        head.press("公开结果")
        follow(head)
        read_in_the_village(villager())
        head.open(here)
        head.press("对账，办结", "assessment-not-closed", status=422, both_widths=True)
        case = paid.cases.get()
        head.sees("对不上，有 1 件，还不能办结", case.number, "没有公开")
        with site.now():
            carry(county, paid, "end")
        head.press("对账，办结", "assessment-closed")
        round_ = Round.objects.exclude(state=RoundState.CALLED_OFF).get()
        assert round_.state == RoundState.CLOSED
        sums = reconcile(round_.area, round_.first_day, round_.last_day)
        assert sums.agrees and sums.paid_fen == case.payment.amount_fen
        told = [one.kind for one in Event.objects.filter(object_id=round_.number).order_by("sequence")]
        assert told.count("assessment.scored") == 4 and told[-1] == "assessment.closed"
        assert verify().fault is None
    # The signer's key is gone here.
    site.past_the_ledger = True


def called_off(head: Official, wrong: str) -> None:
    """Have the head call off what was opened wrongly, with a reason; it stays to be read."""
    head.open(wrong)
    head.page.get_by_text("开错了，作废这一轮").click()
    head.page.get_by_label("为什么作废").fill("权重还没有定就开了")
    head.press("作废这一轮", "assessment-called-off")
    head.sees("这一轮作废了", "权重还没有定就开了")


def follow(head: Official) -> None:
    """Record what follows for the township."""
    head.follow("杉坞镇")
    head.choose("通报表扬")
    head.page.get_by_label("理由").fill("按期办结，账实相符")
    head.press("记下", "assessment-followed", both_widths=True)
    head.sees("通报表扬", "按期办结，账实相符")


def read_in_the_village(reader: Villager) -> None:
    """Read the result at a phone, from the front page of the county on."""
    lists: Any = Round.objects.get(state=RoundState.PUBLISHED).list
    reader.open(f"/lists/{lists.number}/", "assessment-public", both_widths=True)
    reader.sees("枫禾县2026年度考核（乡镇）结果", "杉坞镇", "蕨溪乡", "责任落实 95.00 分（权重 10）")
