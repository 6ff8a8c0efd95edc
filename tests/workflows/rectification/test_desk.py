"""整改 at the desk: a ticket opened, answered, sent back and accepted through its screens."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from disclosure.publicity.models import Complaint, PublicList
from disclosure.publicity.objections import lodge
from portal import clock
from portal.files.models import PrivateFile
from portal.ledger.models import Event
from portal.people.models import Line, Role
from workflows.demo import build, play
from workflows.demo.build import County
from workflows.rectification.models import Ticket, TicketState

from ..county import make_batch
from ..desk.conftest import SignIn
from .conftest import opened

FORM = {
    "source": "patrol",
    "title": "公示栏没有贴满天数",
    "text": "到村里看过，名单只贴了四天。",
    "wanted": "重新张贴，重新计满天数。",
    "owner": "township_head",
    "line": "assistance",
    "days": "5",
}


def send(
    client: Client, ticket: Ticket, do: str, words: str = "已经重新张贴，贴满七天。", **more: Any
) -> Any:
    ticket.refresh_from_db()
    body = {"do": do, "seen": ticket.version, "words": words, **more}
    return client.post(reverse("desk:ticket", args=[ticket.number]), body)


@pytest.mark.postgres
def test_a_ticket_goes_through_its_screens(county: County, sign_in: SignIn) -> None:
    supervisor, head = sign_in("supervisor"), sign_in("head1")
    new = reverse("desk:new_ticket")
    assert "先找到村或乡镇" in supervisor.get(new).content.decode()
    several = supervisor.get(new, {"place": "坪"}).content.decode()
    assert "990101101201" in several and "990101201201" in several
    page = supervisor.get(new, {"place": "禾坪村"}).content.decode()
    assert "杉坞镇乡镇负责人" in page and "陶远山" in page
    refused = supervisor.post(f"{new}?place=禾坪村", FORM | {"wanted": ""})
    assert refused.status_code == 422 and FORM["text"] in refused.content.decode()
    made = supervisor.post(f"{new}?place=禾坪村", FORM | {"files": play.photo("found")})
    ticket = Ticket.objects.get()
    found = PrivateFile.objects.get(reference=f"ticket:{ticket.pk}")
    assert found.uploaded_by == county["supervisor"]
    assert made["Location"] == reverse("desk:ticket", args=[ticket.number])
    home = head.get("/admin/").content.decode()
    assert "整改单要办" in home
    todo = head.get(reverse("desk:todo")).content.decode()
    waits = todo.split('id="waiting"')[1].split("</section>")[0]
    assert f"{ticket.title}</a>" in waits and "绿灯" in waits and "还剩 5 个工作日" in waits
    assert ticket.title in head.get(reverse("desk:tickets"), {"show": "mine"}).content.decode()
    bare = send(head, ticket, "answer")
    assert bare.status_code == 422 and "证据" in bare.content.decode()
    assert "已经重新张贴" in bare.content.decode()
    assert send(head, ticket, "answer", files=play.photo("board")).status_code == 302
    assert "到位，销号" not in head.get(reverse("desk:ticket", args=[ticket.number])).content.decode()
    assert 'id="waiting"' not in head.get(reverse("desk:todo")).content.decode()
    assert "验收整改" in supervisor.get("/admin/").content.decode()
    seen = supervisor.get(reverse("desk:ticket", args=[ticket.number])).content.decode()
    assert "到位，销号" in seen
    file = PrivateFile.objects.exclude(pk=found.pk).get(reference=f"ticket:{ticket.pk}")
    assert supervisor.post(reverse("private_file", args=[file.pk])).status_code == 303
    assert sign_in("clerk1").get(reverse("private_file", args=[file.pk])).status_code == 404
    assert send(supervisor, ticket, "back", "还差两天").status_code == 302
    assert send(head, ticket, "answer", files=play.photo("more")).status_code == 302
    assert send(supervisor, ticket, "accept", "到村里看过").status_code == 302
    ticket.refresh_from_db()
    assert ticket.state == TicketState.CLOSED
    assert ticket.title in supervisor.get(reverse("desk:tickets"), {"show": "closed"}).content.decode()


def test_a_ticket_opened_from_an_objection_names_it_and_copies_nothing_of_it(
    county: County, sign_in: SignIn
) -> None:
    batch = make_batch(county, rows=1, until="publish")
    play.sign(batch, county["reviewer1"])
    shown = PublicList.objects.get(number=batch.waits)
    objection = lodge(list_id=shown.pk, text="圈舍没有建成那么大").objection
    supervisor = sign_in("supervisor")
    screen = supervisor.get(reverse("desk:objection", args=[objection.pk])).content.decode()
    assert f"from=objection:{objection.pk}" in screen
    address = f"{reverse('desk:new_ticket')}?from=objection:{objection.pk}&place=禾坪村"
    page = supervisor.get(address).content.decode()
    assert "的异议" in page and "圈舍没有建成" not in page
    assert supervisor.post(address, FORM | {"source": "objection"}).status_code == 302
    ticket = Ticket.objects.get()
    assert ticket.reference == f"objection:{objection.pk}"
    assert (
        reverse("desk:objection", args=[objection.pk])
        in supervisor.get(reverse("desk:ticket", args=[ticket.number])).content.decode()
    )


def test_who_watches_reads_on_the_home_page_how_many_are_overdue(county: County, sign_in: SignIn) -> None:
    ticket = opened(county, days=3)
    with clock.travel(clock.now() + timedelta(days=30)):
        home = sign_in("supervisor").get("/admin/").content.decode()
        assert "<b>1</b>整改超期" in home and "整改等验收" not in home
        late = sign_in("supervisor").get(reverse("desk:tickets"), {"show": "late"}).content.decode()
        assert ticket.title in late
        own = sign_in("head1").get("/admin/").content.decode()
        assert "整改单要办" in own and "整改超期" not in own
    assert "整改超期" not in sign_in("supervisor").get("/admin/").content.decode()


def test_two_answers_to_what_was_seen_once_do_not_both_count(county: County, sign_in: SignIn) -> None:
    ticket = opened(county)
    head = sign_in("head1")
    address = reverse("desk:ticket", args=[ticket.number])
    body = {"do": "answer", "seen": 0, "words": "已经贴好了"}
    assert head.post(address, body | {"files": play.photo("a")}).status_code == 302
    again = head.post(address, body | {"files": play.photo("b")})
    assert again.status_code == 409 and "刚有人办过" in again.content.decode()


def test_what_was_typed_badly_comes_back_with_what_was_typed(county: County, sign_in: SignIn) -> None:
    new = reverse("desk:new_ticket")
    supervisor = sign_in("supervisor")
    for owner in ("", "x"):
        wrong = supervisor.post(f"{new}?place=禾坪村", FORM | {"owner": owner})
        assert wrong.status_code == 422 and "来整改" in wrong.content.decode()
        assert FORM["text"] in wrong.content.decode()
    made = supervisor.post(f"{new}?place=禾坪村%00", FORM | {"title": "公示栏没有\x00贴满天数"})
    assert made.status_code == 302 and Ticket.objects.get().title == FORM["title"]
    ticket = Ticket.objects.get()
    passed = {"do": "pass", "seen": ticket.version, "owner": "x", "reason": "公示栏是村里管的"}
    again = supervisor.post(reverse("desk:ticket", args=[ticket.number]), passed)
    assert again.status_code == 422 and "另一个职务" in again.content.decode()
    right = supervisor.post(reverse("desk:ticket", args=[ticket.number]), passed | {"owner": "village_clerk"})
    event = Event.objects.latest("sequence")
    assert right.status_code == 302 and event.kind == "rectification.passed"
    assert "公示栏是村里管的" not in event.record


def test_several_officials_are_ticked_and_the_page_says_who_is_kept_out(
    county: County, sign_in: SignIn
) -> None:
    about = [county[name] for name in ("head1", "reviewer1")]
    address = f"{reverse('desk:new_ticket')}?place=禾坪村"
    form = FORM | {"owner": "village_secretary", "concerns": [one.pk for one in about]}
    wrong = sign_in("supervisor").post(address, form | {"text": ""}).content.decode()
    assert all(f'value="{one.pk}" checked' in wrong for one in about), "what was ticked comes back"
    assert sign_in("supervisor").post(address, form).status_code == 302
    ticket = Ticket.objects.get()
    assert ticket.apart() == {one.pk for one in about}
    page = reverse("desk:ticket", args=[ticket.number])
    told = {name: sign_in(name).get(page).content.decode() for name in ("supervisor", "secretary1")}
    assert "沈知行、陶远山 <small>看不到这张单" in told["supervisor"]
    assert "杉坞镇乡镇负责人</option>" not in told["supervisor"], "nobody but whom it is about holds it"
    assert "沈知行" not in told["secretary1"], "who puts it right reads the text alone"
    assert sign_in("head1").get(page).status_code == sign_in("reviewer1").get(page).status_code == 404


def test_all_whom_an_objection_complains_of_see_nothing_of_its_ticket(
    county: County, sign_in: SignIn
) -> None:
    batch = make_batch(county, rows=1, until="publish")
    play.sign(batch, county["reviewer1"])
    shown = PublicList.objects.get(number=batch.waits)
    objection = lodge(list_id=shown.pk, text="两位干部都收了好处").objection
    for name in ("head1", "reviewer1"):
        Complaint.objects.get_or_create(objection=objection, person=county[name])
    address = f"{reverse('desk:new_ticket')}?from=objection:{objection.pk}&place=禾坪村"
    form = sign_in("supervisor").get(address).content.decode()
    for name in ("head1", "reviewer1"):
        assert f'name="concerns" value="{county[name].pk}" checked' in form
    assert 'value="county_reviewer">' in form and 'value="township_head"' not in form, "nobody else holds it"
    refused = sign_in("supervisor").post(address, FORM | {"source": "objection"})
    assert refused.status_code == 422 and not Ticket.objects.exists(), "nobody else holds that office"
    form = FORM | {"source": "objection", "owner": "county_reviewer"}
    assert sign_in("supervisor").post(address, form).status_code == 302
    ticket = Ticket.objects.get()
    assert ticket.concerns is None
    page = reverse("desk:ticket", args=[ticket.number])
    build.make_official(county, "head1", "", Role.COUNTY_REVIEWER, "枫禾县", Line.ALL)
    assert sign_in("head1").get(page).status_code == 404
    assert not Ticket.objects.owned_by(county["head1"]).exists()
    assert sign_in("county").get(page).status_code == 200
