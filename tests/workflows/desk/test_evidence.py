"""您还缺: papers are named by what they are; one that is attached as another does not count for it."""

from portal.ledger.models import Event
from workflows.demo import build, play
from workflows.demo.build import County
from workflows.demo.change_play import carry, file_entry, file_exit
from workflows.engine.models import Case
from workflows.programmes.models import CasePaper
from workflows.registry.models import Category

from ..county import VILLAGE, make_batch
from .conftest import SignIn, page

DESK = "/admin/desk"


def attach(client: object, case: Case, what: str) -> None:
    sent = {"do": "attach", "what": what, "files": [play.photo(what)]}
    answer = client.post(f"{DESK}/cases/{case.number}/", sent)  # type: ignore[attr-defined]
    assert answer.status_code == 302, answer.content.decode()


def test_a_batch_names_each_paper_that_its_step_asks_for(county: County, sign_in: SignIn) -> None:
    household = build.make_household(county, VILLAGE, 81, "clerk1", Category.MARGINAL)
    batch = carry(county, file_exit(county, "helper1", household), "check")
    client, case = sign_in("reviewer1"), batch.cases.get()
    shown = client.get(page(batch.number)).content.decode()
    assert "1 户缺“两人入户核查表，双方签字”" in shown and "1 户缺“收入证明”" in shown
    assert "还没有附件" not in shown
    attach(client, case, "收入证明")
    shown = client.get(page(batch.number)).content.decode()
    assert "收入证明”" not in shown and "1 户缺“两人入户核查表，双方签字”" in shown
    attach(client, case, "")
    assert "1 户缺“两人入户核查表，双方签字”" in client.get(page(batch.number)).content.decode()
    attach(client, case, "两人入户核查表，双方签字")
    assert "户缺“" not in client.get(page(batch.number)).content.decode()
    papers = client.get(f"{DESK}/cases/{case.number}/").content.decode()
    assert "<b>收入证明</b>" in papers
    assert '"what":"收入证明"' in Event.objects.filter(kind="case.paper_named").earliest("sequence").record


def test_what_is_no_paper_of_the_case_counts_for_none(county: County, sign_in: SignIn) -> None:
    batch = file_entry(
        county, "clerk1", build.make_household(county, VILLAGE, 82, "clerk1", Category.ORDINARY)
    )
    attach(sign_in("clerk1"), batch.cases.get(), "随便写的")
    assert not CasePaper.objects.exists()
    assert "1 户缺“依据材料”" in sign_in("clerk1").get(page(batch.number)).content.decode()


def test_what_came_with_the_form_is_what_its_input_says(county: County, sign_in: SignIn) -> None:
    household = build.make_household(county, VILLAGE, 83, "clerk1", Category.LIFTED)
    client = sign_in("clerk1")
    address = f"{DESK}/file/change/?household={household.pk}&wanted=birth"
    assert 'name="paper-0"' in client.get(address).content.decode()
    typed = {"a-name": "韩小满", "a-relation": "女儿", "a-on": "2026-10-01", "a-evidence": "出生证明"}
    sent = {"household": household.pk, "wanted": "birth", "do": "file", "paper-0": [play.photo("birth")]}
    assert client.post(address, {**typed, **sent}).status_code == 302
    paper = CasePaper.objects.get()
    assert (paper.what, paper.case) == ("依据材料", Case.objects.get())
    batch = Case.objects.get().batch
    assert "户缺“" not in client.get(page(batch.number)).content.decode()


def test_an_application_without_named_papers_still_says_that_nothing_is_attached(
    county: County, sign_in: SignIn
) -> None:
    batch = make_batch(county, rows=1, until="file")
    shown = sign_in("clerk1").get(page(batch.number)).content.decode()
    assert "还没有附件" in shown and "户缺“" not in shown
