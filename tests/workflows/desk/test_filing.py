"""Filing and amending at the desk: what is offered, what is refused, and that nothing typed is lost."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portal import clock
from portal.files.models import PrivateFile
from portal.ledger.models import Event
from workflows.demo import build, play
from workflows.demo.build import County
from workflows.engine.models import Case
from workflows.programmes.models import Application, CasePaper
from workflows.programmes.services import make_version
from workflows.registry.models import Category, Household

from ..county import SIBLING, VILLAGE, make_batch
from .conftest import SignIn, rows

FILE = "/admin/desk/file/"


@pytest.fixture
def household(county: County) -> Household:
    """Return a registered household of the clerk's village."""
    return build.make_household(county, VILLAGE, 1, "clerk1")


def typed(county: County, household: Household, **changes: Any) -> dict[str, Any]:
    """Return a form filled in as a clerk would."""
    assert county.programme is not None
    return {
        "do": "file",
        "programme": county.programme.slug,
        "household": household.pk,
        "a-project": "养羊圈舍",
        "a-scale": "圈舍60平方米",
        "a-invested_fen": "6,000",
        "a-expected_fen": "",
    } | changes


def test_a_clerk_files_from_programme_over_household_to_the_case(
    county: County, sign_in: SignIn, household: Household
) -> None:
    clerk = sign_in("clerk1")
    assert county.programme is not None
    first = clerk.get(FILE).content.decode()
    assert f"?programme={county.programme.slug}" in first
    second = clerk.get(FILE, {"programme": county.programme.slug}).content.decode()
    assert household.head_name in second
    third = clerk.get(FILE, {"programme": county.programme.slug, "household": household.pk})
    assert "按投入的 60% 补，最多 5,000 元" in third.content.decode()
    answer = clerk.post(FILE, typed(county, household))
    case = Case.objects.get()
    assert answer["Location"] == reverse("desk:case", args=[case.number])
    assert (case.amount_fen, case.opened_by) == (360_000, county["clerk1"])


def test_what_would_be_granted_is_counted_without_filing(
    county: County, sign_in: SignIn, household: Household
) -> None:
    answer = sign_in("clerk1").post(FILE, typed(county, household, do="count"))
    assert "补助 <b>3,600</b> 元" in answer.content.decode()
    assert not Case.objects.exists()


def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(
    county: County, sign_in: SignIn, household: Household
) -> None:
    wrong = typed(county, household, **{"a-invested_fen": "六千", "a-scale": "圈舍 60 平"})
    answer = sign_in("clerk1").post(FILE, wrong)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "“自己投入”要填数字" in shown
    assert 'value="六千"' in shown and 'value="圈舍 60 平"' in shown
    assert "<option selected>养羊圈舍</option>" in shown
    assert not Case.objects.exists()


def test_a_missing_answer_is_told_in_the_programmes_words(
    county: County, sign_in: SignIn, household: Household
) -> None:
    answer = sign_in("clerk1").post(FILE, typed(county, household, **{"a-scale": ""}))
    assert answer.status_code == 422
    assert "请填写“规模”" in answer.content.decode()


def test_a_household_that_may_not_apply_is_told_why(county: County, sign_in: SignIn) -> None:
    ordinary = build.make_household(county, VILLAGE, 2, "clerk1", Category.ORDINARY)
    clerk = sign_in("clerk1")
    assert county.programme is not None
    before = clerk.get(FILE, {"programme": county.programme.slug, "household": ordinary.pk}).content.decode()
    assert "得是脱贫户或者监测对象" in before
    answer = clerk.post(FILE, typed(county, ordinary))
    assert answer.status_code == 422
    assert "这户暂时不符合条件" in answer.content.decode()


def test_households_are_found_by_name_without_the_name_in_an_address(
    county: County, sign_in: SignIn, household: Household
) -> None:
    other = build.make_household(county, VILLAGE, 2, "clerk1")
    assert county.programme is not None
    data = {"do": "find", "programme": county.programme.slug, "name": other.head_name}
    shown = sign_in("clerk1").post(FILE, data).content.decode()
    assert f"household={other.pk}" in shown
    assert f"household={household.pk}" not in shown


def test_a_household_of_another_village_is_not_there_to_file_for(county: County, sign_in: SignIn) -> None:
    theirs = build.make_household(county, SIBLING, 3, "clerk2")
    clerk = sign_in("clerk1")
    assert county.programme is not None
    hidden, missing = (
        clerk.get(FILE, {"programme": county.programme.slug, "household": pk}) for pk in (theirs.pk, 999999)
    )
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.content == missing.content
    assert clerk.post(FILE, typed(county, theirs)).status_code == 404


def test_the_township_files_nothing(county: County, sign_in: SignIn) -> None:
    assert sign_in("reviewer1").get(FILE).status_code == 404
    assert sign_in("reviewer1").post(FILE, {}).status_code == 404


def test_attachments_go_with_the_case_and_a_refused_one_loses_nothing(
    county: County, sign_in: SignIn, household: Household
) -> None:
    files = [play.photo("x"), SimpleUploadedFile("bad.html", b"<script>1</script>")]
    clerk = sign_in("clerk1")
    assert county.programme is not None
    now = county.programme.versions.get()
    asked = {**now.definition, "evidence": ["发票"]}
    make_version(
        by=county["county"],
        programme=county.programme,
        definition=asked,
        flow_key=now.flow_key,
        valid_from=clock.today(),
        policy=now.policy,
    )
    shown = clerk.get(FILE, {"programme": county.programme.slug, "household": household.pk}).content.decode()
    paper = re.findall(r'name="(paper-\d+)"', shown)[0]
    answer = clerk.post(FILE, typed(county, household, files=files, **{paper: play.photo("p")}), follow=True)
    case = Case.objects.get()
    assert PrivateFile.objects.filter(reference=f"case:{case.number}").count() == 2
    named = Event.objects.get(kind="case.paper_named")
    assert named.actor == county["clerk1"] and CasePaper.objects.get().case == case
    assert "附件没有收下" in answer.content.decode()


def amend(client: Client, case: Case, **changes: Any) -> Any:
    """Send the form of an amendment."""
    data = {
        "do": "amend",
        "seen_version": case.batch.version,
        "a-project": "养鸡",
        "a-scale": "鸡舍30平方米",
        "a-invested_fen": "2,000",
        "a-expected_fen": "",
    } | changes
    return client.post(reverse("desk:amend", args=[case.number]), data)


def test_an_application_is_amended_while_it_is_in_the_village(county: County, sign_in: SignIn) -> None:
    case = rows(make_batch(county, rows=1, until="file"))[0]
    clerk = sign_in("clerk1")
    address = reverse("desk:amend", args=[case.number])
    assert address in clerk.get(reverse("desk:case", args=[case.number])).content.decode()
    assert clerk.get(address).status_code == 200
    assert amend(clerk, case).status_code == 302
    assert Application.objects.get(case=case).answers["project"] == "养鸡"
    case.refresh_from_db()
    assert case.amount_fen == 120_000


def test_an_amendment_on_a_stale_page_keeps_what_was_typed(county: County, sign_in: SignIn) -> None:
    case = rows(make_batch(county, rows=1, until="file"))[0]
    answer = amend(sign_in("clerk1"), case, seen_version=0, **{"a-scale": "鸡舍35平方米"})
    assert answer.status_code == 409
    assert 'value="鸡舍35平方米"' in answer.content.decode()
    assert "您看到的内容已经变了" in answer.content.decode()


def test_what_was_reported_is_no_longer_amended(county: County, sign_in: SignIn) -> None:
    case = rows(make_batch(county, rows=1, until="deliberate"))[0]
    clerk = sign_in("clerk1")
    assert clerk.get(reverse("desk:amend", args=[case.number])).status_code == 404
    shown = clerk.get(reverse("desk:case", args=[case.number])).content.decode()
    assert "这一户已经报上去了，要改请先撤回或由上级退回。" in shown
