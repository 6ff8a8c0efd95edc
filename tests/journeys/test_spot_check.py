"""A supervisor draws, visits and finds a difference; it is put right, and the draw is made again."""

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal.ledger.verifier import verify
from tests.portal.ledger.parties import Parties, parties
from tests.workflows.county import VILLAGE, make_batch
from tests.workflows.deadlines.conftest import configure
from workflows.demo import play
from workflows.demo.build import County
from workflows.rectification.models import Ticket, TicketState
from workflows.spotchecks import keys
from workflows.spotchecks.models import SpotCheck

from .people import Official
from .site import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
# Whoever reaches for the network is stopped: the verifier runs as on a machine that has none.
CUT = """
import runpy, sys
def cut(event, _arguments):
    if event.startswith("socket."):
        raise SystemExit("the network was asked for")
sys.addaudithook(cut)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def photo(words: str) -> dict[str, Any]:
    """Return a picture as the browser sends one."""
    return {"name": f"{words}.jpg", "mimeType": "image/jpeg", "buffer": play.photo(words).read()}


def seal(supervisor: Official) -> None:
    """Choose the township and the programme and seal the frame."""
    supervisor.open("/admin/desk/spot-checks/", "spot-checks", both_widths=True)
    supervisor.follow("新的抽查", "spot-check-place")
    supervisor.page.get_by_label("抽查哪里").fill("杉坞镇")
    supervisor.press("找", "spot-check-new", both_widths=True)
    supervisor.page.get_by_label("名称").fill("到户产业奖补抽查")
    supervisor.page.get_by_label("每村至少几户").fill("1")
    supervisor.press("封存名册和种子", "spot-check-sealed", both_widths=True)
    supervisor.press("抽样", "spot-check-unsigned", status=422)
    supervisor.sees("账本还没有给封存的种子签名")


def visit(supervisor: Official) -> None:
    """Write down on the page what a household says that received less than the books tell."""
    supervisor.page.get_by_label("入户人二").fill("纪常明")
    supervisor.choose("见到户主本人")
    supervisor.page.get_by_label("见到的人姓名").fill("欧阳无此人")
    supervisor.choose("收到了，数目不对")
    supervisor.page.get_by_label("本人说收到多少").fill("100")
    supervisor.choose("按时")
    supervisor.page.get_by_label("看到的情况").fill("羊圈建好了，在用。")
    supervisor.press("记下这次入户", "spot-visit-refused", status=422)
    supervisor.sees("签字、按手印")
    assert supervisor.page.get_by_label("本人说收到多少").input_value() == "100"
    supervisor.choose("本人按手印")
    supervisor.page.get_by_label("拍下签字或手印").set_input_files([photo("手印")])
    supervisor.press("记下这次入户", "spot-visited", both_widths=True)
    supervisor.sees("已经开了整改单", "对不上")


def redraw(folder: Path, bundle: Path, signer: Parties) -> subprocess.CompletedProcess[str]:
    """Have the single-file verifier of the tree check the bundle, with the network cut."""
    tool = Path(__file__).resolve().parents[2] / "portal" / "ledger" / "offline.py"
    words = [sys.executable, "-I", "-c", CUT, str(tool), "bundle", str(bundle), "--trust", str(signer.trust)]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)


def test_a_spot_check_from_the_seed_to_the_acceptance_and_its_draw_made_again(
    county: County, site: Site, official: Callable[..., Official], tmp_path: Path
) -> None:
    with site.now():
        make_batch(county, rows=3, until="announce")
        configure(keys.PER_VILLAGE, 1, valid_from=date(2020, 1, 1))
    site.wait(days=1)
    with parties(tmp_path / "ledger") as signer:
        supervisor = official("supervisor")
        seal(supervisor)
        with site.now():
            signer.sign()
        supervisor.press("抽样", "spot-check-drawn", both_widths=True)
        check = SpotCheck.objects.get()
        drawn = check.drawn.get()
        supervisor.follow(f"1. {VILLAGE}", "spot-visit", both_widths=True)
        visit(supervisor)

        ticket = Ticket.objects.get()
        head = official("head1")
        head.open("/admin/")
        head.follow("整改单要办", "tickets-mine", both_widths=True)
        head.follow("和账上对不上", "ticket-open", both_widths=True)
        head.sees("本人说收到 100.00 元")
        head.page.get_by_label("怎么整改的").fill("查清了，少发的补到卡上，凭证和本人签字附后。")
        head.page.get_by_label("证据").set_input_files([photo("凭证")])
        head.press("报上去，请验收", "ticket-answered")
        supervisor.open("/admin/")
        supervisor.follow("整改等验收", "tickets-to-accept")
        supervisor.follow("和账上对不上", "ticket-to-accept", both_widths=True)
        supervisor.page.get_by_label("怎么核实的").fill("打电话问过本人，钱到了。")
        supervisor.press("到位，销号", "ticket-closed", both_widths=True)
        ticket.refresh_from_db()
        assert ticket.state == TicketState.CLOSED and ticket.subject == drawn.case.subject

        with site.now():
            signer.sign()
            signer.witness()
        supervisor.open(f"/admin/desk/spot-checks/{check.number}/", "spot-check-visited")
        with supervisor.page.expect_download() as download:
            supervisor.page.get_by_role("button", name="导出材料包").click()
        bundle = tmp_path / "bundle.zip"
        download.value.save_as(bundle)
        told = redraw(tmp_path, bundle, signer)
        assert told.returncode == 0, told.stdout + told.stderr
        assert verify().fault is None
    # Without the signer's key, which is gone here, no draw can be made again.
    site.past_the_ledger = True
