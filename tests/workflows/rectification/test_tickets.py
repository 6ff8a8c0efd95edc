"""Tickets: an office owns each, answers with evidence, another person accepts; nothing closes by itself."""

from datetime import date

import pytest
from django.db import transaction

from portal.clock import jobs
from portal.ledger.models import Event
from portal.ledger.verifier import verify
from portal.outbox.models import Message
from portal.people.models import Line, Role
from portal.people.services import end_office
from tests.portal.ledger.parties import fault_after
from workflows.assessment.counting import Scope, rectified_in_time
from workflows.demo import build
from workflows.demo.build import County
from workflows.rectification import errors, offices, services
from workflows.rectification.models import Besides, Ticket, TicketState, TicketStep

from ..deadlines.conftest import on
from .conftest import VILLAGE, evidence, opened

DONE = "已经重新张贴，贴满七天，照片附后。"


def kinds(ticket: Ticket) -> list[str]:
    found = Event.objects.filter(object_type="ticket", object_id=ticket.number).order_by("sequence")
    return [kind.removeprefix("rectification.") for kind in found.values_list("kind", flat=True)]


def answered(county: County, ticket: Ticket, by: str = "head1") -> Ticket:
    ticket.refresh_from_db()
    said = {"words": DONE, "files": evidence()}
    return services.answer(by=county[by], ticket_id=ticket.pk, seen_version=ticket.version, **said)


def judged(county: County, ticket: Ticket, by: str, *, accepted: bool = True) -> Ticket:
    ticket.refresh_from_db()
    judge = services.accept if accepted else services.send_back
    said = {"words": "到村里看过，和报的一样。"}
    return judge(by=county[by], ticket_id=ticket.pk, seen_version=ticket.version, **said)


def test_a_ticket_goes_from_its_opening_to_its_acceptance_and_every_act_is_an_event(county: County) -> None:
    ticket = opened(county)
    assert Message.objects.filter(recipient=county["head1"], title__contains="整改单").count() == 1
    answered(county, ticket)
    judged(county, ticket, "supervisor", accepted=False)
    answered(county, ticket)
    done = judged(county, ticket, "supervisor")
    assert done.state == TicketState.CLOSED
    assert done.in_time
    assert kinds(ticket) == ["opened", "answered", "sent_back", "answered", "accepted"]
    steps = TicketStep.objects.filter(ticket=ticket).order_by("pk")
    assert [step.kind for step in steps] == kinds(ticket)
    body = Event.objects.filter(kind="rectification.answered").latest("sequence").record
    assert '"files":["' in body and DONE not in body


def test_whoever_answered_or_owns_it_does_not_accept_it(county: County) -> None:
    """The same person may hold the supervisor's office too: they are still the one who answered."""
    ticket = opened(county)
    build.make_official(county, "head1", "", Role.SUPERVISOR, "枫禾县", Line.ALL)
    answered(county, ticket)
    with pytest.raises(errors.NotYours, match="另一个人"):
        judged(county, ticket, "head1")
    for other in ("county", "countyhead", "head1", "reviewer1"):
        with pytest.raises(errors.NotYours):
            judged(county, ticket, other)
    end_office(
        by=county["security"],
        office=county["head1"].offices.get(role=Role.TOWNSHIP_HEAD),
        on=build.clock.today(),
        reason="调离",
    )
    with pytest.raises(errors.NotYours, match="报过"):
        judged(county, ticket, "head1")
    assert judged(county, ticket, "assessor").state == TicketState.CLOSED


def test_an_answer_without_evidence_is_refused_and_a_stale_one_too(county: County) -> None:
    ticket = opened(county)
    with pytest.raises(errors.BadTicket, match="证据"):
        services.answer(by=county["head1"], ticket_id=ticket.pk, seen_version=0, words=DONE, files=[])
    answered(county, ticket)
    with pytest.raises(errors.StaleTicket):
        services.answer(by=county["head1"], ticket_id=ticket.pk, seen_version=0, words=DONE, files=evidence())
    assert Ticket.objects.get().state == TicketState.ANSWERED


def test_a_ticket_is_given_to_an_office_that_somebody_holds_within_reach_of_who_opens_it(
    county: County,
) -> None:
    with pytest.raises(errors.NotYours):
        opened(county, by=county["reviewer1"])
    with pytest.raises(errors.NotYours):
        opened(county, by=county["head2"])
    with pytest.raises(errors.NoOwner):
        opened(county, by=county["head1"], owner_role=Role.COUNTY_HEAD)
    with pytest.raises(errors.NoOwner):
        opened(county, area=county.areas["麦垄村"], owner_role=Role.VILLAGE_SECRETARY)
    with pytest.raises(errors.BadTicket):
        opened(county, title="短")
    assert not Ticket.objects.exists()
    by_township = opened(county, by=county["head1"], owner_role=Role.VILLAGE_SECRETARY)
    assert by_township.owner == "禾坪村村党支部书记"


def test_a_village_sees_nothing_of_what_its_township_was_given_nor_whom_it_concerns(county: County) -> None:
    ticket = opened(county, concerns=county["reviewer1"])
    sees = {
        name: Ticket.objects.visible_to(county[name]).exists()
        for name in ("clerk1", "secretary1", "head2", "reviewer1", "security", "head1", "county", "assessor")
    }
    assert sees == dict.fromkeys(("clerk1", "secretary1", "head2", "reviewer1", "security"), False) | {
        "head1": True,
        "county": True,
        "assessor": True,
    }
    with pytest.raises(errors.NoOwner):
        opened(county, owner_role=Role.TOWNSHIP_REVIEWER, concerns=county["reviewer1"])
    with pytest.raises(errors.NoSuchTicket):
        services.answer(
            by=county["clerk1"], ticket_id=ticket.pk, seen_version=0, words=DONE, files=evidence()
        )
    assert not offices.may_open_file(county["reviewer1"], str(ticket.pk))
    assert offices.may_open_file(county["head1"], str(ticket.pk))


def test_none_of_several_officials_sees_answers_or_accepts_what_is_about_them(county: County) -> None:
    about = [county[name] for name in ("head1", "county", "reviewer1")]
    with pytest.raises(errors.NoOwner):
        opened(county, concerns=about[0], besides=about[1:], owner_role=Role.TOWNSHIP_REVIEWER)
    assert not Ticket.objects.exists()
    ticket = opened(county, concerns=about[0], besides=about[1:], owner_role=Role.VILLAGE_SECRETARY)
    assert ticket.apart() == {one.pk for one in about}
    for one in about:
        assert not Ticket.objects.visible_to(one).exists() and not offices.may_open_file(one, str(ticket.pk))
    answered(county, ticket, "secretary1")
    assert not Ticket.objects.acceptable_by(county["county"]).exists()
    assert judged(county, ticket, "supervisor").state == TicketState.CLOSED
    assert verify().fault is None
    table = Besides._meta.db_table
    for what in ("DELETE FROM {0}", "UPDATE {0} SET person_id = {1}"):
        sql = what.format(table, county["head2"].pk) + f" WHERE person_id = {about[1].pk}"
        assert fault_after(sql) is not None, sql


def test_a_ticket_left_lying_is_told_of_and_then_told_upward_once_each(county: County) -> None:
    with on(date(2027, 6, 1)):
        ticket = opened(county, days=5)
    for day in range(1, 31):
        with on(date(2027, 6, day)):
            jobs.run_due()
            jobs.run_due()
    steps = TicketStep.objects.filter(ticket=ticket).exclude(kind="opened").order_by("pk")
    told = [(step.kind, step.number, step.told) for step in steps]
    assert told[0][0] == "yellow" and "陶远山" in told[0][2][0]
    escalated = [(number, names[0][:3]) for kind, number, names in told if kind == "escalated"]
    assert escalated == [(1, "魏思齐"), (2, "孔秉直")]
    assert len({(kind, number) for kind, number, _names in told}) == len(told)
    ticket.refresh_from_db()
    assert ticket.state == TicketState.OPEN


def test_an_answer_that_nobody_accepts_is_told_to_the_city(county: County) -> None:
    with on(date(2027, 6, 1)):
        ticket = opened(county)
        answered(county, ticket)
    with on(date(2027, 6, 15)):
        jobs.run_due()
    escalated = TicketStep.objects.get(ticket=ticket, kind="escalated")
    assert "华清源" in escalated.told[0]
    red = TicketStep.objects.get(ticket=ticket, kind="red")
    assert "孔秉直" in "".join(red.told)


def test_a_ticket_is_passed_to_another_office_and_keeps_its_deadline(county: County) -> None:
    ticket = opened(county)
    due = ticket.due_on
    passed = services.pass_on(
        by=county["supervisor"],
        ticket_id=ticket.pk,
        seen_version=0,
        owner_role=Role.VILLAGE_SECRETARY,
        reason="公示栏是村里管的",
    )
    assert (passed.owner, passed.due_on) == ("禾坪村村党支部书记", due)
    assert Ticket.objects.owned_by(county["secretary1"]).get() == ticket
    assert not Ticket.objects.owned_by(county["head1"]).exists()
    assert (
        dict(offices.choices(county.areas[VILLAGE], "assistance"))[Role.TOWNSHIP_HEAD] == "杉坞镇乡镇负责人"
    )


def passed(county: County, ticket: Ticket, by: str, to: str) -> Ticket:
    ticket.refresh_from_db()
    said = {"owner_role": to, "reason": "换一个职务来整改"}
    return services.pass_on(by=county[by], ticket_id=ticket.pk, seen_version=ticket.version, **said)


def test_who_owned_it_neither_passes_it_on_nor_accepts_it_from_whom_it_was_passed_to(county: County) -> None:
    build.make_official(county, "head1", "", Role.COUNTY_REVIEWER, "枫禾县", Line.ALL)
    ticket = opened(county, by=county["county"])
    with pytest.raises(errors.NotYours, match="整改责任人"):
        passed(county, ticket, "head1", Role.VILLAGE_CLERK)
    passed(county, ticket, "county", Role.VILLAGE_CLERK)
    with pytest.raises(errors.NotYours, match="当过"):
        passed(county, ticket, "head1", Role.VILLAGE_SECRETARY)
    answered(county, ticket, "clerk1")
    with pytest.raises(errors.NotYours, match="当过"):
        judged(county, ticket, "head1")
    assert judged(county, ticket, "county").state == TicketState.CLOSED


def test_an_answer_sent_back_is_measured_by_the_first_deadline(county: County) -> None:
    """Late or empty, sent back and done again within the new days, it is not in time."""
    with on(date(2027, 6, 1)):
        ticket = opened(county, days=5)
        first = ticket.answer_by
    with on(date(2027, 6, 8)):
        answered(county, ticket)
    with on(date(2027, 6, 10)):
        back = judged(county, ticket, "supervisor", accepted=False)
        assert back.due_on > back.answer_by == first
    with on(date(2027, 6, 12)):
        answered(county, ticket)
        done = judged(county, ticket, "supervisor")
        assert not done.in_time
        scope = Scope(county.areas["杉坞镇"], date(2027, 6, 1), date(2027, 6, 30))
        assert (rectified_in_time(scope).good, rectified_in_time(scope).of) == (0, 1)


def test_the_ledger_says_by_when_it_was_answered_and_whom_it_concerns(county: County) -> None:
    ticket = opened(county, concerns=county["reviewer1"])
    answered(county, ticket)
    assert verify().fault is None
    rows = Ticket.objects.filter(pk=ticket.pk)
    for edit in (
        {"answer_by": date(2030, 1, 1)},
        {"answered_at": ticket.opened_at},
        {"concerns": None},
        {"concerns": county["head2"]},
    ):
        with transaction.atomic():
            rows.update(**edit)
            fault = verify().fault
            transaction.set_rollback(True)
        assert fault is not None and ticket.number in fault.reason, edit
    assert verify().fault is None
