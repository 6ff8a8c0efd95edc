"""Opening a ticket, answering it, accepting it, giving it to another office. Each act is one event."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from disclosure.masking.services import refuse_numbers
from disclosure.site.elder import plain
from portal import clock
from portal.areas.models import Area
from portal.clock.workdays import add_working_days
from portal.configuration.services import value
from portal.files.services import Prepared, keep
from portal.ledger.services import Draft, append, stamp
from portal.outbox.services import send
from portal.people.models import Line, Office, User
from workflows.engine.drafts import numbered
from workflows.engine.numbers import inspection_number

from . import events, keys, links, offices
from .errors import BadTicket, NoOwner, NoSuchTicket, NotYours, RectificationError, StaleTicket
from .models import Besides, Source, Ticket, TicketState, TicketStep, TicketStepKind

LONGEST_TITLE, LONGEST_TEXT = 80, 1000
MOST_FILES = 9
Evidence = Sequence[tuple[str, Prepared]]


def open_ticket(
    *,
    by: User,
    source: str,
    area: Area,
    line: str,
    owner_role: str,
    title: str,
    text: str,
    wanted: str,
    reference: str = "",
    subject: str = "",
    days: int | None = None,
    concerns: User | None = None,
    besides: Sequence[User] = (),
    files: Evidence = (),
) -> Ticket:
    """Open a ticket for what was found at `area` and return it; its owner is told.

    The owner is the office `owner_role` at `area` or at the area over it where that role is held; somebody
    must hold it. What the county's finance is to put right is a ticket of its line. `days` are working days,
    from configuration unless given. `reference` is the opaque key of what it came from, `subject` that of
    the household it is about, `concerns` an official whom it is about in person, `besides` further ones:
    they see nothing of it. Appends rectification.opened. Raises BadTicket, NotYours, NoOwner, and
    masking's NotForThePublic where the title holds a personal number. Source: HY-39, XC-40.
    """
    title, text, wanted = title.strip(), text.strip(), wanted.strip()
    _check(source, line, title, text, wanted, days)
    line = offices.line_for(owner_role, line)
    about = list(dict.fromkeys([one for one in (concerns, *besides) if one is not None]))
    refuse_numbers(_("标题"), [title])
    with transaction.atomic():
        office = offices.opening_office(by, area, line, fresh=True)
        if office is None:
            raise NotYours(_("开整改单要有监督、考核、县级或乡镇负责人的职务，并且管这个地方、这个条线。"))
        place = offices.owner_area(owner_role, area)
        if place is None or not office.area.covers(place.path):
            raise NoOwner(_("请选这个地方的村、乡镇或县里的职务来整改，并且在您管的范围里。"))
        today = clock.today()
        length = int(value(keys.days_key(source), area)) if days is None else days
        due = add_working_days(today, length, area)
        ticket = Ticket(
            number=inspection_number(area, "Z"),
            source=source,
            reference=reference,
            subject=subject,
            title=title,
            text=text,
            wanted=wanted,
            area=area,
            area_path=area.path,
            line=line,
            owner_role=owner_role,
            owner_area=place,
            owner_path=place.path,
            concerns=about[0] if about else None,
            opened_by=by,
            opened_office=office,
            opened_at=clock.now(),
            began_on=today,
            due_on=due,
            answer_by=due,
        )
        owners = [one for one in offices.owners(ticket) if one.user not in about]
        if not owners:
            raise NoOwner(
                _("现在没有人担任%(owner)s，或者就是单子说的那个人，请改由别的职务整改。")
                % {"owner": ticket.owner}
            )
        ticket.save()
        for one in about[1:]:
            Besides.objects.create(ticket=ticket, person=one)
        stored = _keep(ticket, by, office, files)
        _step(ticket, TicketStepKind.OPENED, by, office, wanted, stored)
        tell(ticket, owners, _("%(area)s有一张整改单，请在 %(day)s 前整改并报结果"))
        body = {
            "source": str(source),
            "reference": reference,
            "owner": f"{owner_role}:{place.code}",
            "due_on": due.isoformat(),
            "concerns_somebody": bool(ticket.apart()),
            "answer_by": due.isoformat(),
        }
        drafts = [draft for _file, draft in stored]
        sealed = {"title": title, "text": text, "wanted": wanted}
        if about:
            sealed["concerns"] = about[0].username
        if about[1:]:
            sealed["besides"] = "、".join(one.username for one in about[1:])
        append(*drafts, _draft(events.OPENED, ticket, by, office, body, sealed, stored))
    return ticket


def answer(*, by: User, ticket_id: int, seen_version: int, words: str, files: Evidence = ()) -> Ticket:
    """Say what was put right, with evidence; the ticket then waits for acceptance by another person.

    Raises NoSuchTicket, NotYours, StaleTicket, BadTicket (no words or no evidence).
    """
    words = words.strip()
    wrong: dict[str, str] = {}
    if not 4 <= len(words) <= LONGEST_TEXT:
        wrong["words"] = _("请写怎么整改的、现在是什么样（4到1000字）。")
    if not files:
        wrong["files"] = _("请附整改的证据：照片、收据、会议记录等，至少一份。")
    elif len(files) > MOST_FILES:
        wrong["files"] = _("一次最多附 9 份，请挑要紧的。")
    if wrong:
        raise BadTicket(wrong)
    with transaction.atomic():
        ticket = _locked(by, ticket_id, seen_version, TicketState.OPEN)
        office = offices.owning_office(by, ticket, fresh=True)
        if office is None:
            raise NotYours(_("这张单由%(owner)s整改，您这里只看。") % {"owner": ticket.owner})
        late = clock.today() > ticket.due_on
        stored = _keep(ticket, by, office, files)
        ticket.state = TicketState.ANSWERED
        ticket.answered_at, ticket.answered_by = clock.now(), by
        _run(ticket, int(value(keys.ACCEPT_DAYS, ticket.owner_area)))
        ticket.save()
        _step(ticket, TicketStepKind.ANSWERED, by, office, words, stored)
        tell(ticket, offices.acceptors(ticket), _("%(area)s报了整改结果，请在 %(day)s 前验收"))
        drafts = [draft for _file, draft in stored]
        body = {"late": late, "accept_by": ticket.due_on.isoformat()}
        body["answered_at"] = stamp(ticket.answered_at)
        append(*drafts, _draft(events.ANSWERED, ticket, by, office, body, {"words": words}, stored))
    return ticket


def accept(*, by: User, ticket_id: int, seen_version: int, words: str, files: Evidence = ()) -> Ticket:
    """Accept what was put right and close the ticket, as another person than who answered and who owns it.

    Raises NoSuchTicket, NotYours, StaleTicket, BadTicket.
    """
    return _judge(by, ticket_id, seen_version, words, files, accepted=True)


def send_back(*, by: User, ticket_id: int, seen_version: int, words: str, files: Evidence = ()) -> Ticket:
    """Send the answer back with the reason; a new deadline runs, the first one still counts.

    Raises what `accept` raises.
    """
    return _judge(by, ticket_id, seen_version, words, files, accepted=False)


def pass_on(*, by: User, ticket_id: int, seen_version: int, owner_role: str, reason: str) -> Ticket:
    """Give an open ticket to another office over its place; the deadline stays. By who may accept it,
    and so by nobody who owns it, owned it or answered it.

    Raises NoSuchTicket, NotYours, StaleTicket, NoOwner, BadTicket.
    """
    reason = reason.strip()
    if not 4 <= len(reason) <= 300:
        raise BadTicket({"reason": _("请写为什么换承办（4到300字）。")})
    with transaction.atomic():
        ticket = _locked(by, ticket_id, seen_version, TicketState.OPEN)
        office = offices.accepting_office(by, ticket, fresh=True)
        if office is None:
            raise NotYours(_("换承办由开单的一级来定，您这里只看。"))
        if why := offices.barred_from_accepting(by, ticket):
            raise NotYours(why)
        place = offices.owner_area(owner_role, ticket.area)
        before = f"{ticket.owner_role}:{ticket.owner_area.code}"
        if place is None or (owner_role, place.pk) == (ticket.owner_role, ticket.owner_area_id):
            raise NoOwner(_("请选另一个职务来整改。"))
        ticket.owner_role, ticket.owner_area, ticket.owner_path = owner_role, place, place.path
        owners = offices.owners(ticket)
        if not owners or not office.area.covers(place.path):
            raise NoOwner(_("现在没有人担任%(owner)s，请改由别的职务整改。") % {"owner": ticket.owner})
        ticket.version += 1
        ticket.save()
        _step(ticket, TicketStepKind.PASSED, by, office, reason, ())
        tell(ticket, owners, _("%(area)s有一张整改单转给您，请在 %(day)s 前整改并报结果"))
        body = {"from": before, "to": f"{owner_role}:{place.code}", "due_on": ticket.due_on.isoformat()}
        append(_draft(events.PASSED, ticket, by, office, body, {"reason": reason}))
    return ticket


def tell(ticket: Ticket, to: Sequence[Office], words: str) -> None:
    """Queue a message to the holders of `to`; it names no household and nobody."""
    said = {"area": ticket.owner_area.name, "day": ticket.due_on.isoformat()}
    people = offices.people_of(to)
    if people:
        # Whom it concerns may be in the group that a robot writes to.
        send(people, words % said, plain(links.to_ticket(ticket)), groups=not ticket.apart())


def _judge(
    by: User, ticket_id: int, seen_version: int, words: str, files: Evidence, *, accepted: bool
) -> Ticket:
    words = words.strip()
    if not 4 <= len(words) <= LONGEST_TEXT:
        asked = _("请写怎么核实的、看到什么。") if accepted else _("请写哪里没到位、还要怎么改。")
        raise BadTicket({"words": asked})
    if len(files) > MOST_FILES:
        raise BadTicket({"files": _("一次最多附 9 份，请挑要紧的。")})
    with transaction.atomic():
        ticket = _locked(by, ticket_id, seen_version, TicketState.ANSWERED)
        office = offices.accepting_office(by, ticket, fresh=True)
        if office is None:
            raise NotYours(_("验收由开单的一级来做，您这里只看。"))
        if why := offices.barred_from_accepting(by, ticket):
            raise NotYours(why)
        stored = _keep(ticket, by, office, files)
        body: dict[str, Any] = {"late": clock.today() > ticket.due_on}
        if accepted:
            ticket.state = TicketState.CLOSED
            ticket.closed_at, ticket.closed_by = clock.now(), by
            ticket.version += 1
            body["within_deadline"] = ticket.in_time
        else:
            ticket.state = TicketState.OPEN
            _run(ticket, int(value(keys.REDO_DAYS, ticket.owner_area)))
            body["due_on"] = ticket.due_on.isoformat()
        ticket.save()
        kind = TicketStepKind.ACCEPTED if accepted else TicketStepKind.SENT_BACK
        _step(ticket, kind, by, office, words, stored)
        if accepted:
            tell(ticket, offices.owners(ticket), _("%(area)s的整改单验收通过，已经销号"))
        else:
            tell(ticket, offices.owners(ticket), _("%(area)s的整改没到位，请在 %(day)s 前重新整改"))
        event = events.ACCEPTED if accepted else events.SENT_BACK
        drafts = [draft for _file, draft in stored]
        append(*drafts, _draft(event, ticket, by, office, body, {"words": words}, stored))
    return ticket


def _check(source: str, line: str, title: str, text: str, wanted: str, days: int | None) -> None:
    wrong: dict[str, str] = {}
    if source not in Source.values:
        wrong["source"] = _("请选问题从哪里来。")
    if line not in Line.values or line == Line.ALL:
        wrong["line"] = _("请选条线。")
    if not 4 <= len(title) <= LONGEST_TITLE:
        wrong["title"] = _("请用一句话写问题（4到80字），不写姓名和号码。")
    if not 4 <= len(text) <= LONGEST_TEXT:
        wrong["text"] = _("请写查到的情况（4到1000字）。")
    if not 4 <= len(wanted) <= LONGEST_TEXT:
        wrong["wanted"] = _("请写要整改成什么样（4到1000字）。")
    if days is not None and keys.few_days(days):
        wrong["days"] = _("期限要填 1 到 120 个工作日。")
    if wrong:
        raise BadTicket(wrong)


def _locked(by: User, ticket_id: int, seen_version: int, state: str) -> Ticket:
    seen = Ticket.objects.visible_to(by).filter(pk=ticket_id).values("pk")
    found = Ticket.objects.select_for_update(of=("self",)).select_related(
        "area", "owner_area", "opened_office__area"
    )
    ticket = found.filter(pk__in=seen).first()
    if ticket is None:
        raise NoSuchTicket(_("没有这张整改单，请回到列表再看。"))
    if ticket.version != seen_version:
        raise StaleTicket(_("这张单刚有人办过，请看过新的经过再办。"))
    if ticket.state != state:
        raise RectificationError(
            _("这张单现在是“%(state)s”，不能这样办。") % {"state": ticket.get_state_display()}
        )
    return ticket


def _run(ticket: Ticket, days: int) -> None:
    """Start the deadline of the state that `ticket` just entered, in working days."""
    ticket.began_on = clock.today()
    ticket.due_on = add_working_days(ticket.began_on, days, ticket.owner_area)
    ticket.version += 1


def _keep(ticket: Ticket, by: User, office: Office, files: Evidence) -> list[tuple[Any, Draft]]:
    return [
        keep(
            prepared,
            name=name,
            reference=f"{offices.FILE_KIND}:{ticket.pk}",
            by=by,
            office=office,
            area_code=ticket.owner_area.code,
            line=ticket.line,
        )
        for name, prepared in files
    ]


def _step(
    ticket: Ticket, kind: str, by: User, office: Office, words: str, stored: Sequence[tuple[Any, Draft]]
) -> None:
    TicketStep.objects.create(
        ticket=ticket,
        kind=kind,
        version=ticket.version,
        at=clock.now(),
        actor=by,
        office=office,
        words=words,
        files=[file.pk for file, _draft_ in stored],
    )


def _draft(
    kind: str,
    ticket: Ticket,
    by: User,
    office: Office,
    body: dict[str, Any],
    sealed: dict[str, str],
    stored: Sequence[tuple[Any, Draft]] = (),
) -> Draft:
    said = {"files": [file.sha256 for file, _draft_ in stored], "state": str(ticket.state), **body}
    return numbered("ticket", kind, ticket, ticket.owner_area, by=by, office=office, body=said, sealed=sealed)
