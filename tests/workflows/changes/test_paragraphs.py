"""Which paragraph of a policy a flow rests on: set by two, linked from the notice, the list and the desk."""

import pytest
from django.urls import reverse

from disclosure.pages.models import PolicyDocumentPage
from portal import clock
from portal.configuration.errors import BadValue
from portal.configuration.models import Setting
from portal.configuration.services import confirm, propose, value
from workflows.changes import services
from workflows.changes.keys import paragraph_key
from workflows.demo.build import County
from workflows.engine.models import Case
from workflows.programmes import matters

from ..desk.conftest import SignIn
from .test_desk import home

pytestmark = pytest.mark.django_db
KEY = paragraph_key("temporary_aid")


def proposed(county: County, typed: str) -> Setting:
    return propose(
        by=county["county"],
        key=KEY,
        area=county.areas["枫禾县"],
        value=typed,
        valid_from=clock.today(),
        source="枫政办〔2026〕8号",
    )


@pytest.mark.parametrize(
    "typed", ["枫政办〔2026〕8号 二、（二）", "枫政办[2026]8号二(二)", "枫政办（2026）8号  二（二）"]
)
def test_number_and_paragraph_become_the_address_of_the_paragraph(county: County, typed: str) -> None:
    policy = PolicyDocumentPage.objects.get(document_number="枫政办〔2026〕8号")
    address = f"{policy.get_url_parts()[2]}#{policy.cite('二、（二）')}"
    assert proposed(county, typed).value == address


def test_an_address_from_the_browser_is_kept_without_host_and_large_type(county: County) -> None:
    policy = PolicyDocumentPage.objects.get(document_number="枫政办〔2026〕8号")
    path, anchor = policy.get_url_parts()[2], policy.cite("二、（二）")
    assert proposed(county, f"https://elsewhere.example/da{path}#{anchor}").value == f"{path}#{anchor}"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("枫政办〔2026〕99号 一", "没有已发布的政策文件"),
        ("枫政办〔2026〕8号 九、（九）", "没有“九、（九）”这一段"),
        ("枫政办〔2026〕8号", "文号和段号"),
        ("/lists/none/#x", "文号和段号"),
        ("//elsewhere.example/#x", "文号和段号"),
        ("乱写", "文号和段号"),
    ],
)
def test_what_is_no_paragraph_of_a_published_policy_is_refused(county: County, typed: str, why: str) -> None:
    with pytest.raises(BadValue, match=why):
        proposed(county, typed)


def test_a_policy_that_was_withdrawn_meanwhile_is_refused_at_the_confirmation(county: County) -> None:
    setting = proposed(county, "枫政办〔2026〕8号 二、（二）")
    PolicyDocumentPage.objects.get(document_number="枫政办〔2026〕8号").unpublish(reason="发错了，重新发布")
    with pytest.raises(BadValue):
        confirm(by=county["countyhead"], setting=setting)


def test_the_aid_of_a_household_links_to_the_paragraph_it_rests_on(county: County, sign_in: SignIn) -> None:
    case: Case = services.file_aid(
        by=county["clerk1"],
        household=home(county),
        need="accident",
        reason="户主摔伤送医，家里没有现钱交押金",
        amount_fen=1_000_00,
    )
    assert matters.of(case).basis(case).url == ""
    confirm(by=county["countyhead"], setting=proposed(county, "枫政办〔2026〕8号 二、（二）"))
    address = value(KEY, case.area_path)
    assert matters.of(case).basis(case).url == address
    page = sign_in("clerk1").get(reverse("desk:case", args=[case.number])).content.decode()
    assert f'<a href="{address}">' in page
