"""Rules of deadlines: a request that lies is told of once, upwards, openly; nothing is settled by it."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from portal import clock
from portal.ledger.models import Event
from portal.outbox.models import Message
from portal.people.services import end_office
from workflows.demo import play
from workflows.demo.build import County, make_household
from workflows.engine.models import Case, CaseState
from workflows.requests import reminding
from workflows.requests.models import HelpRequest, Matter, RequestState
from workflows.requests.receipts import page as receipt_page
from workflows.requests.services import link_case

from ..county import VILLAGE
from .conftest import ask

pytestmark = pytest.mark.django_db


def noon(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def steps(request: HelpRequest) -> list[tuple[str, int]]:
    return list(request.steps.order_by("at", "pk").values_list("kind", "number"))


def late(request: HelpRequest, days: int) -> datetime:
    """Return noon of the day by which `request` is late by `days` working days."""
    from portal.clock.workdays import add_working_days

    return noon(add_working_days(request.due_on, days, request.area))


def test_it_turns_yellow_then_red_and_goes_up_a_level_at_once_and_again(county: County, travel: Any) -> None:
    request = ask(county).request
    assert reminding.remind_due() == 0
    with travel(noon(request.due_on)):
        assert reminding.remind_due() == 1
    with travel(late(request, 1)):
        assert reminding.remind_due() == 2
        assert reminding.remind_due() == 0
        told = receipt_page(HelpRequest.objects.get())
        assert told["overdue"] and told["escalated"]
        assert "报给了杉坞镇乡镇经办" in told["steps"][-1]["words"]
        titles = Message.objects.filter(recipient=county["reviewer1"]).values_list("title", flat=True)
        assert [title for title in titles if title.startswith("督办")]
    with travel(late(request, 4)):
        assert reminding.remind_due() == 1
    with travel(late(request, 40)):
        reminding.remind_due()
        assert reminding.remind_due() == 0
    request.refresh_from_db()
    assert request.state == RequestState.OPEN
    assert steps(request)[:5] == [
        ("received", 0),
        ("yellow", 0),
        ("red", 0),
        ("escalated", 1),
        ("escalated", 2),
    ]
    assert Event.objects.filter(kind="request.escalated").count() == len(
        [one for one in steps(request) if one[0] == "escalated"]
    )


def test_what_nobody_looked_at_for_weeks_is_told_in_full_by_one_tick(county: County, travel: Any) -> None:
    request = ask(county).request
    with travel(late(request, 4)):
        assert reminding.remind_due() == 3
    assert [kind for kind, _number in steps(request)] == ["received", "red", "escalated", "escalated"]


def test_where_nobody_holds_the_village_office_the_level_above_has_it(county: County) -> None:
    for username in ("clerk1", "secretary1", "team1", "helper1"):
        for office in county[username].offices.all():
            end_office(by=county["security"], office=office, on=clock.today(), reason="换届")
    assert ask(county).request.holder.name == "杉坞镇"
    # Nobody in the township is of civil affairs alone; its head is of all lines.
    assert ask(county, matter=Matter.HARDSHIP, wanted="").request.holder.name == "杉坞镇"


def test_a_case_that_is_withdrawn_brings_the_request_back_to_be_settled(county: County) -> None:
    request = ask(county).request
    household = make_household(county, VILLAGE, 33, "clerk1")
    assert county.programme is not None
    case = play.file_all(county, "helper1", [household], county.programme).cases.get()
    link_case(by=county["clerk1"], request_id=request.pk, seen_version=0, number=case.number)
    assert reminding.reopen_withdrawn() == 0
    Case.objects.filter(pk=case.pk).update(state=CaseState.WITHDRAWN)
    assert reminding.reopen_withdrawn() == 1
    assert reminding.reopen_withdrawn() == 0
    request.refresh_from_db()
    assert (request.state, request.case) == (RequestState.OPEN, None)
    assert steps(request)[-1] == ("reopened", 2)


def test_the_form_by_which_it_came_is_forgotten_after_minutes(county: County, travel: Any) -> None:
    ask(county, by=county["clerk2"], channel="phone")
    assert HelpRequest.objects.exclude(submission="").exists()
    assert reminding.forget_submissions() == 0
    with travel(clock.now() + timedelta(hours=1)):
        assert reminding.forget_submissions() == 1
