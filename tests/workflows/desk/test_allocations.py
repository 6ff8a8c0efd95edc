"""公布资金分配 at the desk: published when it adds up, given back as it was typed when it does not."""

from django.test import Client
from django.urls import reverse

from disclosure.publicity.models import PublicList
from portal import clock
from workflows.demo.build import County

from .conftest import SignIn

TYPED = {
    "title": "2026年衔接资金分配结果",
    "document": "甲财预〔2026〕7号",
    "total": "3,000",
    "rows": "东乡产业路，1000\n西乡灌溉渠\t2000.00\n",
}


def test_an_allocation_that_adds_up_is_published_with_its_facts(county: County, sign_in: SignIn) -> None:
    client = sign_in("county")
    assert client.get(reverse("desk:new_allocation")).status_code == 200
    typed = TYPED | {"handed_down_on": clock.today().isoformat()}
    answer = client.post(reverse("desk:new_allocation"), typed)
    published = PublicList.objects.get(content="allocations")
    assert answer["Location"] == reverse("desk:list", args=[published.number])
    assert published.total_fen == published.facts["total_fen"] == 300_000
    page = Client().get(f"/lists/{published.number}/").content.decode()
    assert "西乡灌溉渠" in page and "甲财预〔2026〕7号" in page and "一致" in page


def test_what_does_not_add_up_or_cannot_be_read_comes_back_as_typed(county: County, sign_in: SignIn) -> None:
    client = sign_in("county")
    day = clock.today().isoformat()
    for wrong, words in (({"total": "3001"}, "差1.00元"), ({"rows": "东乡产业路"}, "第1行看不懂")):
        answer = client.post(reverse("desk:new_allocation"), TYPED | {"handed_down_on": day} | wrong)
        page = answer.content.decode()
        assert answer.status_code == 422 and words in page
        assert 'value="甲财预〔2026〕7号"' in page and "东乡产业路" in page
    assert not PublicList.objects.filter(content="allocations").exists()


def test_a_village_publishes_no_allocation(county: County, sign_in: SignIn) -> None:
    assert sign_in("clerk1").get(reverse("desk:new_allocation")).status_code == 404
