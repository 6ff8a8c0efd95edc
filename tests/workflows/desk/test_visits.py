"""Visits of a whole batch on one page: what is right is recorded, what is not comes back with its reason."""

from typing import Any

from django.urls import reverse

from portal import clock
from portal.ledger.models import Event
from tests.workflows.county import make_batch
from workflows.demo import play
from workflows.demo.build import County
from workflows.engine.models import Batch
from workflows.programmes.models import Visit

from .conftest import SignIn, rows
from .test_queries import queries


def address(batch: Batch) -> str:
    """Return the address of the page."""
    return reverse("desk:visits", args=[batch.number])


def sent(**changes: Any) -> dict[str, Any]:
    """Return the common part of the form."""
    return {
        "do": "record",
        "visited_on": clock.today().isoformat(),
        "first_visitor": "沈知行",
        "second_visitor": "韩同行",
    } | changes


def of(case: Any, note: str, photo: str = "a") -> dict[str, Any]:
    """Return what is filled in of one household."""
    photos = [play.photo(photo)] if photo else []
    return {f"note-{case.pk}": note, f"photos-{case.pk}": photos}


def test_a_days_round_is_typed_once_and_who_was_not_visited_waits(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=3, until="check")
    first, second, third = rows(batch)
    client = sign_in("reviewer1")
    assert address(batch) in client.get(reverse("desk:batch", args=[batch.number])).content.decode()
    form = sent(**of(first, "圈舍60平方米"), **of(second, "大棚两个", "b"))
    answer = client.post(address(batch), form, follow=True)
    assert "登记好了 2 户" in answer.content.decode()
    shown = answer.content.decode()
    assert f"note-{third.pk}" in shown and f"note-{first.pk}" not in shown
    visits = {visit.case_id: visit for visit in Visit.objects.all()}
    assert visits.keys() == {first.pk, second.pk}
    assert visits[second.pk].note == "大棚两个" and visits[second.pk].second_visitor == "韩同行"
    assert Event.objects.filter(kind="visit.recorded").count() == 2
    assert Event.objects.filter(kind="file.stored").count() == 2
    assert (
        client.post(address(batch), sent(**of(third, "好"))).headers["Location"].endswith(batch.number + "/")
    )


def test_what_is_refused_stays_as_typed_and_keeps_nobody_else_back(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=2, until="check")
    first, second = rows(batch)
    answer = sign_in("reviewer1").post(
        address(batch), sent(**of(first, "建好了"), **of(second, "没有照片", ""))
    )
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "登记好了 1 户" in shown and "请至少附一张现场照片" in shown and "没有照片</textarea>" in shown
    assert [visit.case_id for visit in Visit.objects.all()] == [first.pk]


def test_one_person_alone_or_nothing_filled_in_records_nothing(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="check")
    case = rows(batch)[0]
    client = sign_in("reviewer1")
    alone = client.post(address(batch), sent(second_visitor="沈知行", **of(case, "建好了")))
    assert alone.status_code == 422 and "入户要两个人一起去" in alone.content.decode()
    assert "建好了</textarea>" in alone.content.decode()
    day = client.post(address(batch), sent(visited_on="昨天", **of(case, "建好了")))
    assert day.status_code == 422 and "入户日期" in day.content.decode()
    nothing = client.post(address(batch), sent())
    assert nothing.status_code == 422 and "还没有填哪一户" in nothing.content.decode()
    assert not Visit.objects.exists()


def test_what_is_typed_is_kept_until_it_is_recorded(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="check")
    case = rows(batch)[0]
    client = sign_in("reviewer1")
    client.post(address(batch), sent(**of(case, "看了一半")) | {"do": "keep"})
    assert "看了一半</textarea>" in client.get(address(batch)).content.decode()
    assert not Visit.objects.exists()
    client.post(address(batch), sent(**of(case, "看完了")))
    assert "都已经登记了" in client.get(address(batch)).content.decode()


def test_a_visit_sent_twice_is_recorded_once(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="check")
    case = rows(batch)[0]
    client = sign_in("reviewer1")
    client.post(address(batch), sent(**of(case, "建好了")))
    client.post(address(batch), sent(**of(case, "建好了")))
    assert Visit.objects.count() == 1


def test_only_visitors_over_the_village_find_the_page(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="check")
    for username in ("clerk1", "head1", "reviewer2"):
        client = sign_in(username)
        assert client.get(address(batch)).status_code == 404, username
        assert client.post(address(batch), sent()).status_code == 404, username
        assert address(batch) not in client.get(reverse("desk:todo")).content.decode()


def test_the_page_asks_as_little_of_many_households_as_of_few(county: County, sign_in: SignIn) -> None:
    few, many = (make_batch(county, rows=n, until="check", first=at) for n, at in ((2, 1), (12, 20)))
    client = sign_in("reviewer1")
    client.get(address(few))
    assert queries(client, address(few)) == queries(client, address(many))
