"""The fortnight's report (XC-40): drafted from what happened, edited, signed by another, then published."""

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from disclosure.masking.services import NotForThePublic
from disclosure.pages.keys import INDEX_TEMPLATES
from disclosure.pages.models import NoticePage
from disclosure.pages.records import IndexNumber
from disclosure.pages.services import ensure_site
from portal import clock
from portal.configuration import services as configuration
from portal.configuration.models import Setting
from portal.ledger.models import Event
from workflows.demo.build import County
from workflows.rectification import errors, reports, services
from workflows.rectification.models import FortnightReport, ReportState

from ..deadlines.conftest import on
from ..desk.conftest import SignIn
from .conftest import evidence, opened


def tomorrow() -> AbstractContextManager[None]:
    """Set the clock to the day after what the test did."""
    return on(clock.today() + timedelta(days=1))


def drafted(county: County) -> FortnightReport:
    with tomorrow():
        return reports.draft_report(by=county["supervisor"], area=county.areas["枫禾县"])


def test_no_day_lies_between_two_reports_and_none_is_told_before_it_is_over(county: County) -> None:
    today, area, by = clock.today(), county.areas["枫禾县"], county["supervisor"]
    first = reports.draft_report(by=by, area=area)
    assert first.last_day == today - timedelta(days=1) and first.first_day == today - timedelta(days=14)
    reports.sign_report(by=county["countyhead"], report_id=first.pk, seen_version=0)
    opened(county)
    with on(today + timedelta(days=13)), pytest.raises(errors.BadReport, match="过了这一天才能起草"):
        reports.draft_report(by=by, area=area)
    with on(today + timedelta(days=40)):
        second = reports.draft_report(by=by, area=area)
    assert second.first_day == today and second.last_day == today + timedelta(days=13)
    assert second.figures["opened"] == 1, "what happened on the day of the draft is in the next one"


def test_a_report_is_drafted_from_what_happened_and_its_figures_stay(county: County) -> None:
    done = opened(county, title="村里公示没有照片")
    services.answer(
        by=county["head1"], ticket_id=done.pk, seen_version=0, words="补拍了照片", files=evidence()
    )
    services.accept(by=county["supervisor"], ticket_id=done.pk, seen_version=1, words="看过照片")
    opened(county)
    report = drafted(county)
    assert (report.figures["opened"], report.figures["closed"], report.figures["open"]) == (2, 1, 1)
    words = report.sections
    assert "新查出问题 2 件（督查 2 件）" in words["overview"]
    assert "村里公示没有照片" in words["closed"] and "公示栏没有贴满天数" in words["opened"]
    assert words["overdue"] == "没有。"
    changed = reports.edit_report(
        by=county["supervisor"],
        report_id=report.pk,
        seen_version=0,
        sections=words | {"next": "下半月看两个乡镇。"},
    )
    assert changed.figures == report.figures and changed.sections["next"] == "下半月看两个乡镇。"
    with pytest.raises(errors.BadReport):
        drafted(county)


def test_whoever_wrote_it_does_not_sign_it_and_a_signed_one_stands(county: County) -> None:
    report = drafted(county)
    with pytest.raises(errors.NotYours):
        reports.sign_report(by=county["supervisor"], report_id=report.pk, seen_version=0)
    with pytest.raises(errors.StaleTicket):
        reports.sign_report(by=county["countyhead"], report_id=report.pk, seen_version=5)
    reports.sign_report(by=county["countyhead"], report_id=report.pk, seen_version=0)
    with pytest.raises(errors.BadReport, match="已签发"):
        reports.edit_report(
            by=county["supervisor"], report_id=report.pk, seen_version=1, sections=report.sections
        )
    for name in ("head1", "clerk1", "finance", "security"):
        assert not FortnightReport.objects.visible_to(county[name]).exists()


def test_only_the_chosen_part_is_published_and_it_is_screened_first(county: County) -> None:
    ensure_site("枫禾县")
    report = drafted(county)
    words = report.sections | {"waiting": "联系 19900000001 核实", "next": "内部：下周突击看麦垄村"}
    by = county["supervisor"]
    reports.edit_report(by=by, report_id=report.pk, seen_version=0, sections=words)
    reports.sign_report(by=county["countyhead"], report_id=report.pk, seen_version=1)
    with pytest.raises(NotForThePublic):
        reports.publish_part(by=county["countyhead"], report_id=report.pk, parts=["overview", "waiting"])
    assert not NoticePage.objects.exists()
    done = reports.publish_part(by=county["countyhead"], report_id=report.pk, parts=["overview", "closed"])
    page = NoticePage.objects.get()
    assert done.page_id == page.pk and done.state == ReportState.PUBLISHED
    shown = Client().get(page.url).content.decode()
    assert "总的情况" in shown and "新查出问题" in shown
    assert "突击" not in shown and "19900000001" not in shown
    kinds = [*Event.objects.filter(object_type="report").order_by("sequence").values_list("kind", flat=True)]
    assert [kind.rpartition(".")[2] for kind in kinds] == [
        "report_drafted",
        "report_edited",
        "report_signed",
        "report_published",
    ]


def test_a_section_that_cannot_be_published_says_so_before_it_is_signed(
    county: County, sign_in: SignIn
) -> None:
    ensure_site("枫禾县")
    report, by = drafted(county), county["supervisor"]
    words = report.sections | {"next": "下周打 19900000001 核实"}
    reports.edit_report(by=by, report_id=report.pk, seen_version=0, sections=words)
    address, said = reverse("desk:fortnight", args=[report.number]), "这一段公开不了"
    assert sign_in("supervisor").get(address).content.decode().count(said) == 1
    head = sign_in("countyhead")
    assert head.get(address).content.decode().count(said) == 1
    assert head.post(address, {"do": "sign", "seen": 1}).status_code == 302
    chosen = {"do": "publish", "parts": ["overdue", "next"]}
    refused = head.post(address, chosen)
    page = refused.content.decode()
    assert refused.status_code == 422 and "“下一步”里有号码" in page and "不要勾选" in page
    boxes = page.split("desk-checks")[1].split("</fieldset>")[0]
    assert 'value="overdue" checked' in boxes and 'value="overview" checked' not in boxes, "as it was sent"
    assert head.post(address, chosen | {"parts": ["overdue"]}).status_code == 302


def test_a_report_that_is_due_stands_among_what_waits_for_its_writer_then_for_who_signs(
    county: County, sign_in: SignIn
) -> None:
    with on(clock.today() + timedelta(days=1)):
        writer, head = sign_in("supervisor"), sign_in("countyhead")
        assert "督查报告" in _waits(writer.get("/admin/")) and "起草" in _waits(writer.get("/admin/"))
        assert "督查报告待签发" not in head.get("/admin/").content.decode()
        report = reports.draft_report(by=county["supervisor"], area=county.areas["枫禾县"])
        assert "督查报告" not in _waits(writer.get("/admin/"))
        assert "督查报告待签发" in head.get("/admin/").content.decode()
        assert "签发 · 枫禾县" in _waits(head.get(reverse("desk:todo")))
        reports.sign_report(by=county["countyhead"], report_id=report.pk, seen_version=0)
        assert "督查报告" not in _waits(writer.get("/admin/")), "the next one's days are not over"
        assert "督查报告" not in _waits(head.get(reverse("desk:todo")))


def _waits(page: Any) -> str:
    """Return what stands in the list of what waits."""
    return "".join(str(page.content.decode()).split('id="waiting"')[1:]).split("</section>")[0]


def test_a_report_goes_through_its_screens(county: County, sign_in: SignIn) -> None:
    ensure_site("枫禾县")
    Setting.objects.create(
        key=INDEX_TEMPLATES,
        value=["枫禾县帮扶工作领导小组办公室=999002001/{年}-{序号}"],
        area=county.areas["枫禾县"],
        valid_from=clock.today(),
        source="测试",
        confirmed_at=clock.now(),
    )
    configuration.forget()
    opened(county)
    with tomorrow():
        _through_its_screens(sign_in)
    assert IndexNumber.objects.get().number == f"999002001/{clock.today().year}-00001"
    configuration.forget()


def _through_its_screens(sign_in: SignIn) -> None:
    writer, head = sign_in("supervisor"), sign_in("countyhead")
    made = writer.post(reverse("desk:fortnights"), {"do": "draft"})
    assert made.status_code == 302
    page = writer.get(made["Location"]).content.decode()
    assert "新查出问题 1 件" in page and "签发" not in page.split("经过")[0].split("desk-facts")[0]
    body = {"do": "save", "seen": 0, "part-overview": "总的情况很好", "part-next": "继续"}
    assert writer.post(made["Location"], body).status_code == 302
    stale = head.post(made["Location"], {"do": "sign", "seen": 0})
    assert stale.status_code == 409
    assert head.post(made["Location"], {"do": "sign", "seen": 1}).status_code == 302
    assert "公开这几段" in head.get(made["Location"]).content.decode()
    assert head.post(made["Location"], {"do": "publish", "parts": ["overview"]}).status_code == 302
    assert "已公开" in head.get(made["Location"]).content.decode()
    again = writer.post(reverse("desk:fortnights"), {"do": "draft"})
    assert again.status_code == 422 and "才能起草" in again.content.decode()
    assert sign_in("head1").get(reverse("desk:fortnights")).status_code == 404


def test_a_ticket_about_an_official_is_counted_and_stands_in_no_line(county: County) -> None:
    opened(county, title="经办人自己给自己签字", concerns=county["county"])
    opened(county)
    words = drafted(county).sections
    assert "新查出问题 2 件" in words["overview"]
    assert "签字" not in words["opened"] and "另有 1 件涉及干部本人" in words["opened"]
    assert "公示栏没有贴满天数" in words["opened"]


def test_no_title_is_published(county: County) -> None:
    ensure_site("枫禾县")
    opened(county, title="柳长青家的圈舍没有建成")
    report = drafted(county)
    assert "柳长青" in report.sections["opened"]
    reports.sign_report(by=county["countyhead"], report_id=report.pk, seen_version=0)
    reports.publish_part(by=county["countyhead"], report_id=report.pk, parts=["overview", "opened"])
    shown = Client().get(NoticePage.objects.get().url).content.decode()
    assert "禾坪村：督查查出的问题（杉坞镇乡镇负责人" in shown and "柳长青" not in shown
