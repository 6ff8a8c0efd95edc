"""The boxes: filters with counts, searching by a name that no address shows, filters saved by name."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.urls import reverse

from workflows.demo.build import County
from workflows.desk import boxes
from workflows.desk.models import SavedFilter
from workflows.engine.models import Batch

from ..county import make_batch
from .conftest import SignIn, rows

BOX = "/admin/desk/todo/"


def shown(client: Any, **query: str) -> str:
    """Return the to-do as it is shown with `query`."""
    answer = client.get(BOX, query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_box_is_narrowed_by_programme_village_step_light_and_arrival(
    county: County, sign_in: SignIn
) -> None:
    batch = make_batch(county, rows=1, until="check")
    client = sign_in("reviewer1")
    assert county.programme is not None
    fits = [
        {"programme": county.programme.slug},
        {"village": batch.area.code},
        {"step": f"{batch.flow_key}:check"},
        {"flow": batch.flow_key},
        {"light": "green"},
        {"since": "1"},
        {"sort": "amount"},
    ]
    for query in fits:
        assert batch.number in shown(client, **query), query
    for query in (
        {"programme": "x"},
        {"village": "0"},
        {"step": "x:check"},
        {"light": "red"},
        {"light": "?"},
    ):
        assert batch.number not in shown(client, **query), query


def test_the_lights_of_a_box_are_those_that_its_rows_show(county: County, sign_in: SignIn) -> None:
    from datetime import timedelta

    from portal import clock
    from workflows.engine.deadlines import light

    batch = make_batch(county, rows=1, until="check")
    client = sign_in("reviewer1")
    for days in range(-3, 25):
        Batch.objects.filter(pk=batch.pk).update(due_on=clock.today() + timedelta(days=days))
        batch.refresh_from_db()
        for colour in ("green", "yellow", "red"):
            listed = batch.number in shown(client, light=colour)
            assert listed == (light(batch.due_on, batch.area) == colour), (days, colour)


def test_a_villager_is_found_by_name_and_the_address_does_not_show_it(
    county: County, sign_in: SignIn
) -> None:
    batch = make_batch(county, rows=2, until="check")
    case = rows(batch)[0]
    name = case.application.household.head_name
    client = sign_in("reviewer1")
    answer = client.post(reverse("desk:find"), {"box": "todo", "words": name, "light": "green"})
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer["Location"]).query)
    assert query["light"] == ["green"]
    assert name not in answer["Location"]
    from urllib.parse import quote

    assert quote(name) not in answer["Location"]
    found = client.get(answer["Location"]).content.decode()
    assert f">{name}</a>" in found and case.number in found and batch.number in found
    assert rows(batch)[1].number not in found
    # A part of a name finds nobody: that is said, and where else to look.
    answer = client.post(reverse("desk:find"), {"box": "todo", "words": name[:1] + "无此"})
    assert "姓名要写全" in client.get(answer["Location"]).content.decode()


def test_sealed_words_serve_the_person_who_searched_alone(county: County, sign_in: SignIn) -> None:
    token = boxes.wrap(county["reviewer1"], "王某山")
    assert boxes.unwrap(county["reviewer1"], token) == "王某山"
    assert boxes.unwrap(county["head1"], token) == ""
    assert boxes.unwrap(county["reviewer1"], token[:-6]) == ""
    assert boxes.unwrap(county["reviewer1"], "王") == ""


def test_a_name_finds_nothing_outside_the_persons_area(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="check")
    case = rows(batch)[0]
    client = sign_in("clerk2")
    answer = client.post(
        reverse("desk:find"), {"box": "open", "words": case.application.household.head_name}, follow=True
    )
    assert case.number not in answer.content.decode()


def test_a_filter_is_saved_by_name_counted_and_dropped_by_its_owner_alone(
    county: County, sign_in: SignIn
) -> None:
    batch = make_batch(county, rows=1, until="check")
    client = sign_in("reviewer1")
    saved = {"box": "todo", "do": "save", "name": "禾坪绿灯", "village": batch.area.code, "light": "green"}
    client.post(reverse("desk:filters"), saved)
    one = SavedFilter.objects.get()
    assert (one.name, one.chosen) == ("禾坪绿灯", {"village": batch.area.code, "light": "green"})
    assert "禾坪绿灯 <b>1</b>" in shown(client)
    assert "禾坪绿灯" not in sign_in("head1").get(BOX).content.decode()
    sign_in("head1").post(reverse("desk:filters"), {"box": "todo", "do": "drop", "filter": one.pk})
    assert SavedFilter.objects.exists()
    client.post(reverse("desk:filters"), {"box": "todo", "do": "drop", "filter": one.pk})
    assert not SavedFilter.objects.exists()


def test_the_same_name_replaces_and_a_filter_without_a_choice_is_not_saved(
    county: County, sign_in: SignIn
) -> None:
    client = sign_in("reviewer1")
    for light in ("red", "yellow"):
        client.post(reverse("desk:filters"), {"box": "todo", "do": "save", "name": "急", "light": light})
    assert SavedFilter.objects.get().chosen == {"light": "yellow"}
    client.post(reverse("desk:filters"), {"box": "todo", "do": "save", "name": "全部"})
    assert SavedFilter.objects.count() == 1
