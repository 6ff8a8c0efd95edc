"""Registering a request, from the web or at any village or township office: a receipt and a deadline."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from disclosure.publicity.receipts import new_pin, pin_hash, pin_of
from portal import clock
from portal.areas.models import Area, Level
from portal.clock.workdays import add_working_days
from portal.configuration.services import value
from portal.ledger.canonical import canonical
from portal.ledger.services import Draft, append
from portal.outbox.services import send
from portal.people.models import COUNTY_ROLES, TOWNSHIP_ROLES, VILLAGE_ROLES, Office, User
from portal.people.scope import scope_of
from portal.sealing.keys import keyed_hash
from workflows.changes.models import Wanted
from workflows.engine import authority
from workflows.programmes.models import Programme, ProgrammeVersion

from . import events, keys, offices, schedule, stepping_aside
from .errors import BadRequest, NotYours
from .links import desk_path
from .models import Channel, HelpRequest, Matter, RequestStep, RequestStepKind, Signed
from .own_forms import check_form, form_taken
from .receipts import new_code

# Whoever of them it reaches writes it down, wherever in the county the household lives.
REGISTERING_ROLES = [*VILLAGE_ROLES, *TOWNSHIP_ROLES, *COUNTY_ROLES]
LONGEST_TEXT, LONGEST_NAME = 1000, 30
OLDEST = timedelta(days=60)
REPEAT = timedelta(minutes=10)
PHONE = re.compile(r"\d{7,12}")


@dataclass(frozen=True)
class Asked:
    """What somebody asks for, as it was written down. `area` is the village where the household lives."""

    area: Area
    matter: str
    text: str
    name: str
    phone: str = ""
    programme: Programme | None = None
    wanted: str = ""
    # What was typed into the programme's own form, by the fields' keys; None where it was not filled in. By
    # the household itself on the web, or by the office that takes its paper.
    answers: Mapping[str, str] | None = None
    channel: str = Channel.WEB
    received_on: date | None = None
    signed_how: str = ""
    proxy_name: str = ""
    witness_name: str = ""


@dataclass(frozen=True)
class Registered:
    """A request just registered, with the code and the PIN, which are shown now and never again."""

    request: HelpRequest
    receipt: str
    pin: str = field(repr=False)
    again: bool = False


def register_request(asked: Asked, *, by: User | None = None, sender: str = "") -> Registered:
    """Register what was asked for and return its receipt and PIN; it is due in working days from its coming.

    From the web nobody is signed in; by telephone, in person or on paper an official (`by`) of any village,
    township or the county writes it down. The same form from the same `sender` within REPEAT (a double click)
    gives the same receipt and PIN, and nothing new. Raises BadRequest, NotYours.
    """
    asked = _plain(asked)
    with transaction.atomic():
        office = _registrar(asked, by)
        # The village's row is the lock under which the same form finds itself.
        area = Area.objects.select_for_update(no_key=True).get(pk=asked.area.pk)
        sender = f"user:{by.pk}" if by else sender
        submission = _submission(asked, sender) if sender else ""
        if submission and (earlier := _earlier(submission)):
            return Registered(earlier, earlier.receipt, pin_of(earlier.receipt, submission), again=True)
        form = None
        if asked.answers is not None:
            form = form_taken(asked.programme, by_office=by is not None)
        _check(asked, by, form)
        line = offices.line_of(asked.matter, asked.programme.line if asked.programme else "")
        said = (area, asked.matter, asked.name, asked.text)
        holder, passed = offices.first_holder(
            area, asked.matter, line, lambda held: stepping_aside.free(held, *said)
        )
        received_on = asked.received_on or clock.today()
        days = keys.URGENT_DAYS if asked.matter == Matter.HARDSHIP else keys.DAYS
        code = new_code()
        pin = pin_of(code, submission) if submission else new_pin()
        request = HelpRequest(
            receipt=code,
            pin_hash=pin_hash(code, pin),
            submission=submission,
            channel=asked.channel,
            matter=asked.matter,
            programme=asked.programme,
            wanted=asked.wanted,
            form_version=form,
            sealed_answers=json.dumps(asked.answers, ensure_ascii=False) if form else "",
            area=area,
            area_path=area.path,
            holder=holder,
            holder_path=holder.path,
            line=line,
            text=asked.text,
            name=asked.name,
            phone=asked.phone,
            signed_how=asked.signed_how,
            proxy_name=asked.proxy_name,
            witness_name=asked.witness_name,
            received_on=received_on,
            received_at=clock.now(),
            due_on=add_working_days(received_on, int(value(days, area)), area),
            registered_by=by,
            registered_at=office.area if office else None,
        )
        request.next_on = schedule.first_day(request)
        request.save()
        RequestStep.objects.create(
            request=request,
            kind=RequestStepKind.RECEIVED,
            actor=by,
            at=clock.now(),
            holder=offices.words(holder, line),
            words=stepping_aside.passing_words(area, asked.name) if passed else "",
        )
        tell_handlers(request, _("%(area)s有一件新的申请（%(what)s），请在 %(day)s 前立案或答复"))
        append(_draft(request, by, office))
    return Registered(request, code, pin)


def tell_handlers(request: HelpRequest, words: str) -> None:
    """Queue a message to those who must act now; it says neither who asked nor what they wrote."""
    held = authority.offices_over(request.holder_path)
    told = offices.recipients(offices.handlers_at(request.holder, request.line, held))
    said = {
        "area": request.area.name,
        "what": request.get_matter_display(),
        "day": request.due_on.isoformat(),
    }
    if told:
        send(told, words % said, desk_path(request))


def _plain(asked: Asked) -> Asked:
    """Return `asked` without stray blanks, with line ends as one character, the phone as digits."""
    phone = re.sub(r"[\s\-()（）—]", "", asked.phone)
    return Asked(
        area=asked.area,
        matter=asked.matter,
        text=asked.text.replace("\r\n", "\n").strip(),
        name=asked.name.strip(),
        phone=phone.removeprefix("+86"),
        programme=asked.programme,
        wanted=asked.wanted,
        answers=None if asked.answers is None else {k: said.strip() for k, said in asked.answers.items()},
        channel=asked.channel,
        received_on=asked.received_on,
        signed_how=asked.signed_how,
        proxy_name=asked.proxy_name.strip(),
        witness_name=asked.witness_name.strip(),
    )


def _registrar(asked: Asked, by: User | None) -> Office | None:
    """Return the office that writes it down: any of the county; none for the web."""
    if by is None:
        if asked.channel != Channel.WEB:
            raise NotYours(_("电话、来人和书面的申请要由工作人员登记。"))
        return None
    if asked.channel == Channel.WEB:
        raise NotYours(_("网上的申请不登记账号；代人登记请选电话、来人或书面。"))
    county = next(one for one in reversed(offices.levels_over(asked.area)))
    held = scope_of(by, fresh=True).offices
    office = next(
        (one for one in held if one.role in REGISTERING_ROLES and county.covers(one.area.path)), None
    )
    if office is None:
        raise NotYours(_("您没有本县村、乡镇或县里的职务，不能登记这个村的申请。"))
    return office


def _check(asked: Asked, by: User | None, form: ProgrammeVersion | None) -> None:
    """Raise BadRequest with a sentence for every input that is wrong."""
    wrong: dict[str, str] = {}
    if asked.area.level != Level.VILLAGE or (asked.area.valid_to and asked.area.valid_to <= clock.today()):
        wrong["area"] = _("请选到村。")
    if asked.matter not in Matter.values:
        wrong["what"] = _("请选是什么事。")
    elif asked.matter == Matter.PROGRAMME and not _open_there(asked.programme, asked.area):
        wrong["what"] = _("这个项目现在不受理您村的申请，请另选一项，或选“反映情况”。")
    elif asked.matter == Matter.CHANGE and asked.wanted not in Wanted.values:
        wrong["what"] = _("请选家里有什么变化。")
    if asked.answers is not None and "what" not in wrong:
        wrong |= check_form(asked, form)
    if len(asked.text) < 4:
        wrong["text"] = _("请写一两句要办什么事、为什么。")
    elif len(asked.text) > LONGEST_TEXT:
        wrong["text"] = _("写得太长了，请写在%(longest)s字以内。") % {"longest": LONGEST_TEXT}
    if not 2 <= len(asked.name) <= LONGEST_NAME:
        wrong["name"] = _("请写姓名，好找到您家。")
    if (asked.phone or asked.channel in (Channel.WEB, Channel.PHONE)) and not PHONE.fullmatch(asked.phone):
        wrong["phone"] = _("请写能打通的电话，只写数字，比如手机号11位。")
    if by is not None:
        wrong |= _check_paper(asked)
    if wrong:
        raise BadRequest(wrong)


def _check_paper(asked: Asked) -> dict[str, str]:
    """Return what is wrong with day and signature of a request that an official writes down."""
    wrong: dict[str, str] = {}
    today = clock.today()
    if asked.received_on is not None and not today - OLDEST <= asked.received_on <= today:
        wrong["received_on"] = _("收到日期要在今天以前、两个月以内，请核对。")
    if asked.channel in (Channel.VISIT, Channel.PAPER) and asked.signed_how not in Signed.values:
        wrong["signed_how"] = _("请选本人是签字还是按手印。")
    if asked.signed_how == Signed.PROXY:
        if len(asked.proxy_name) < 2:
            wrong["proxy_name"] = _("别人代写的，请写代写人姓名。")
        if len(asked.witness_name) < 2:
            wrong["witness_name"] = _("代写要有见证人在场，请写见证人姓名。")
        elif asked.witness_name in (asked.proxy_name, asked.name):
            wrong["witness_name"] = _("见证人要是另外一个人，不能是代写人或本人。")
    elif asked.proxy_name or asked.witness_name:
        wrong["signed_how"] = _("写了代写人或见证人，请选“别人代写，本人按手印”。")
    for name in ("proxy_name", "witness_name"):
        if len(getattr(asked, name)) > LONGEST_NAME:
            wrong[name] = _("姓名太长了，请核对。")
    return wrong


def _open_there(programme: Programme | None, area: Area) -> bool:
    if programme is None or not area.path.startswith(programme.area_path):
        return False
    return bool(Programme.objects.published().filter(pk=programme.pk).exists())


def _submission(asked: Asked, sender: str) -> str:
    programme = asked.programme.pk if asked.programme else None
    day = asked.received_on.isoformat() if asked.received_on else ""
    parts = [asked.area.pk, asked.matter, programme, asked.wanted, asked.channel, day, asked.text, asked.name]
    parts += [asked.phone, asked.signed_how, asked.proxy_name, asked.witness_name, sender]
    if asked.answers is not None:
        parts.append(sorted(asked.answers.items()))
    return keyed_hash(canonical(parts), "request-form")


def _earlier(submission: str) -> HelpRequest | None:
    return HelpRequest.objects.filter(submission=submission, received_at__gte=clock.now() - REPEAT).first()


def _draft(request: HelpRequest, by: User | None, office: Office | None) -> Draft:
    sealed = {
        name: text
        for name in ("text", "name", "phone", "proxy_name", "witness_name")
        if (text := getattr(request, name))
    }
    if request.sealed_answers:
        sealed["answers"] = str(request.sealed_answers)
    return Draft(
        kind=events.RECEIVED,
        object_type="request",
        # Not the receipt: the ledger is read by more people than the slip.
        object_id=str(request.pk),
        actor=by,
        office=office,
        area_code=request.area.code,
        line=request.line,
        body={
            "channel": str(request.channel),
            "matter": str(request.matter),
            "programme": request.programme.slug if request.programme else "",
            "wanted": str(request.wanted),
            "form": request.form_version.number if request.form_version else 0,
            "holder": request.holder.code,
            "signed_how": str(request.signed_how),
            "received_on": request.received_on.isoformat(),
            "due_on": request.due_on.isoformat(),
        },
        sealed=sealed,
    )
