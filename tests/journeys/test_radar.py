"""A supervisor follows a clue to what it points at, makes it a ticket, and accepts what was done."""

from collections.abc import Callable

import pytest

from tests.workflows.county import OFFICIALS, make_batch
from workflows.demo import play
from workflows.demo.build import County
from workflows.radar import registry, running
from workflows.radar.models import Flag, FlagState
from workflows.rectification.models import Ticket, TicketState

from .people import Official
from .site import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
RADAR = "/admin/desk/supervision/radar/"


def test_from_a_clue_to_a_ticket_to_its_acceptance(
    county: County, site: Site, official: Callable[..., Official]
) -> None:
    with site.now():
        batch = make_batch(county, 2, until="check")
        play.visit_all(batch, county[OFFICIALS.reviewer], one_photo=True)
        running.run(registry.get("same_photo"))
    flag = Flag.objects.get()
    supervisor = official("supervisor")
    supervisor.open(RADAR, "radar", both_widths=True)
    supervisor.follow("一张照片用了两次", "radar-flag", both_widths=True)
    supervisor.sees(flag.reason, flag.objects_at[0][1])
    supervisor.press("我来看")
    supervisor.press("看留痕", "trail-of-a-case", both_widths=True)
    supervisor.follow("入户核查", "trail-act", both_widths=True)
    supervisor.sees("谁，办了什么", "密封的内容")

    supervisor.open(f"{RADAR}{flag.pk}/")
    supervisor.page.get_by_text("开整改单").click()
    form = supervisor.page.locator("details[open] form")
    form.get_by_label("由谁整改").select_option(label="杉坞镇乡镇负责人")
    form.get_by_label("查到的情况").fill("两户入户核查用的是同一张照片，到村里问过，第二户没有去")
    form.get_by_label("要整改成什么样").fill("重新入户，两人一起去，每户拍一张")
    supervisor.press("开单", within=form)
    supervisor.follow("整改单", "radar-ticket", both_widths=True)
    ticket = Ticket.objects.get()
    flag.refresh_from_db()
    assert flag.state == FlagState.TICKETED and flag.ticket == ticket

    site.wait(days=1)
    head = official("head1")
    head.open(f"/admin/desk/tickets/{ticket.number}/")
    head.page.get_by_label("怎么整改的、现在是什么样").fill("两人重新去了第二户，照片附上，批评了经办人")
    shot = {"name": "visit.jpg", "mimeType": "image/jpeg", "buffer": play.photo("重新入户").read()}
    head.page.locator("input[name=files]").first.set_input_files(shot)
    head.press("报上去，请验收")

    site.wait(days=1)
    supervisor.open(f"/admin/desk/tickets/{ticket.number}/")
    supervisor.page.get_by_label("怎么核实的、看到什么").fill("打电话问了这户，确实重新去过")
    supervisor.press("到位，销号", "radar-ticket-closed", both_widths=True)
    ticket.refresh_from_db()
    assert ticket.state == TicketState.CLOSED
    supervisor.open(f"{RADAR}rules/", "radar-rules", both_widths=True)
    supervisor.open("/admin/desk/supervision/pictures/", "pictures", both_widths=True)
