"""The page of a case: visits, notices, files, timeline, and why an act is not offered."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal import clock
from portal.files.models import PrivateFile
from workflows.demo import play
from workflows.demo.build import County
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.models import Case
from workflows.notices.models import HouseholdNotice
from workflows.programmes.models import Visit
from workflows.programmes.services import make_version

from ..county import make_batch
from .conftest import SignIn, rows


def address(case: Case) -> str:
    """Return the address of the case's page."""
    return reverse("desk:case", args=[case.number])


def visit(**changes: Any) -> dict[str, Any]:
    """Return the form of a visit."""
    return {
        "do": "visit",
        "visited_on": clock.today().isoformat(),
        "first_visitor": "沈知行",
        "second_visitor": "韩同行",
        "visit_note": "圈舍已经建成，60平方米",
        "photos": [play.photo("a")],
    } | changes


def test_the_reviewer_records_a_visit_with_its_photo(county: County, sign_in: SignIn) -> None:
    case = rows(make_batch(county, rows=1, until="check"))[0]
    client = sign_in("reviewer1")
    assert client.post(address(case), visit()).status_code == 302
    shown = client.get(address(case)).content.decode()
    assert "圈舍已经建成，60平方米" in shown
    assert "/files/" in shown


def test_a_visit_by_one_person_is_refused_and_what_was_typed_stays(county: County, sign_in: SignIn) -> None:
    case = rows(make_batch(county, rows=1, until="check"))[0]
    answer = sign_in("reviewer1").post(address(case), visit(second_visitor="沈知行"))
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "入户要两个人一起去" in shown
    assert "圈舍已经建成，60平方米" in shown
    assert not Visit.objects.exists()


def test_a_visit_without_a_readable_day_is_told_how_to_write_one(county: County, sign_in: SignIn) -> None:
    case = rows(make_batch(county, rows=1, until="check"))[0]
    answer = sign_in("reviewer1").post(address(case), visit(visited_on="昨天"))
    assert answer.status_code == 422
    assert "“入户日期”请填成" in answer.content.decode()


def test_every_act_is_named_with_why_it_is_not_this_persons(county: County, sign_in: SignIn) -> None:
    case = rows(make_batch(county, rows=1, until="approve"))[0]
    shown = sign_in("clerk1").get(address(case)).content.decode()
    assert "这一步由乡镇负责人办，您没有这个职务或不管这个地方。" in shown
    assert "入户核查由乡镇经办登记" in shown
    assert f"#case-{case.number}" in sign_in("head1").get(address(case)).content.decode()


def test_a_refused_household_has_a_notice_that_is_served_once(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=2, until="check")
    play.visit_all(batch, county["reviewer1"])
    case = rows(batch)[0]
    play.check(batch, county["reviewer1"], {case.number: RowVerdict(Verdict.REFUSE, "发票日期早于申报")})
    clerk = sign_in("clerk1")
    assert "还没有送达" in clerk.get("/admin/desk/notices/").content.decode()
    notice = HouseholdNotice.objects.get()
    served = {"do": "serve", "notice": notice.pk, "served_on": clock.today().isoformat()}
    without = clerk.post(address(case), served | {"how": "signed", "served_to": ""})
    assert without.status_code == 422
    assert "请写谁签收的" in without.content.decode()
    assert clerk.post(address(case), served | {"how": "", "served_to": "王家人"}).status_code == 422
    assert clerk.post(address(case), served | {"how": "signed", "served_to": "王家人"}).status_code == 302
    notice.refresh_from_db()
    assert notice.served_by == county["clerk1"]
    again = clerk.post(address(case), served | {"how": "signed", "served_to": "王家人"})
    assert "已经登记过" in again.content.decode()
    shown = clerk.get(address(case)).content.decode()
    assert "发票日期早于申报" in shown and "不予批准" in shown


def test_files_are_added_by_whoever_may_act_now(county: County, sign_in: SignIn) -> None:
    case = rows(make_batch(county, rows=1, until="deliberate"))[0]
    clerk = sign_in("clerk1")
    assert clerk.post(address(case), {"do": "attach", "files": [play.photo("b")]}).status_code == 302
    assert PrivateFile.objects.filter(reference=f"case:{case.number}").count() == 1
    refused = sign_in("head1").post(address(case), {"do": "attach", "files": [play.photo("c")]})
    assert refused.status_code == 422
    bad = clerk.post(address(case), {"do": "attach", "files": [SimpleUploadedFile("x.svg", b"<svg/>")]})
    assert bad.status_code == 422
    assert "不接收网页和 SVG 文件" in bad.content.decode()
    assert PrivateFile.objects.filter(reference=f"case:{case.number}").count() == 1


def test_an_act_that_nobody_knows_is_refused(county: County, sign_in: SignIn) -> None:
    case = rows(make_batch(county, rows=1, until="check"))[0]
    assert sign_in("reviewer1").post(address(case), {"do": "delete"}).status_code == 422


def test_the_timeline_tells_who_did_what_when(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="end")
    shown = sign_in("supervisor").get(address(rows(batch)[0])).content.decode()
    for words in ("陶远山", "乡镇审批：同意", "公示期满", "系统按期办理", "一卡通尾号", "已建成投产"):
        assert words in shown, words
    assert (clock.now() - timedelta(days=0)).strftime("%Y") in shown


def test_the_page_says_by_which_version_of_flow_and_programme_the_case_runs(
    county: County, sign_in: SignIn
) -> None:
    case = rows(make_batch(county, rows=1, until="check"))[0]
    programme = county.programme
    assert programme is not None
    old = case.application.programme_version
    make_version(
        by=county["county"],
        programme=programme,
        valid_from=clock.today(),
        flow_key=old.flow_key,
        policy=old.policy,
        definition=old.definition,
    )
    shown = sign_in("reviewer1").get(address(case)).content.decode()
    assert f"（第 {case.flow_version} 版）" in shown
    assert f"项目第 {old.number} 版" in shown
