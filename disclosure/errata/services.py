"""Reporting an error on a public page, and answering the report."""

import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

from disclosure.masking.services import refuse_numbers
from disclosure.pages.index_numbers import site_area
from disclosure.pages.moderation import area_of
from disclosure.publicity.models import PublicList
from disclosure.publicity.receipts import ALPHABET, CODE_LENGTH, new_pin, normal_code, pin_hash, pin_of
from portal import clock
from portal.areas.models import Area
from portal.clock.workdays import add_working_days
from portal.configuration import services as configuration
from portal.ledger.canonical import canonical
from portal.ledger.services import Draft, append
from portal.outbox.models import Kind
from portal.outbox.services import send
from portal.people.models import Office, Role, User
from portal.people.scope import scope_of
from portal.sealing.keys import keyed_hash

from . import links
from .errors import AlreadyAnswered, BadReport, NoSuchReport
from .events import ANSWERED, REPORTED
from .keys import ANSWER_DAYS
from .models import ANSWERERS, WHOLE_SITE, ErrorKind, ErrorReport, Outcome

LONGEST_TEXT = 1000
LONGEST_CONTACT = 100
LONGEST_ANSWER = 500
REPEAT = timedelta(minutes=10)
_NOBODY = "0" * 64
_AREA = re.compile(r"/areas/([0-9]+)/")
_LIST = re.compile(r"/lists/([^/]+)/")


@dataclass(frozen=True)
class Reported:
    """A report just taken, with the code and the PIN, which are shown now and never again."""

    report: ErrorReport
    receipt: str
    pin: str = field(repr=False)
    again: bool = False


def report(*, path: str, kind: str, text: str, contact: str = "", sender: str = "") -> Reported:
    """Take a report of an error on the page at `path` (empty: the site) and tell its editors.

    The same words from the same `sender` within REPEAT are one report. Raises BadReport.
    """
    text, contact = text.strip(), contact.strip()
    if kind not in ErrorKind.values:
        raise BadReport("kind", _("请选哪里不对。"))
    if not 2 <= len(text) <= LONGEST_TEXT:
        message = _("请写一两句哪里不对，最多%(most)d字。") % {"most": LONGEST_TEXT}
        raise BadReport("text", message)
    if len(contact) > LONGEST_CONTACT:
        raise BadReport("contact", _("联系方式写得太长了，请删短一些。"))
    with transaction.atomic():
        submission = _submission(path, kind, text, contact, sender) if sender else ""
        recent = ErrorReport.objects.filter(received_at__gte=clock.now() - REPEAT)
        earlier = recent.filter(submission=submission).first() if submission else None
        if earlier is not None:
            return Reported(earlier, earlier.receipt, pin_of(earlier.receipt, submission), again=True)
        area = area_behind(path)
        days = configuration.value(ANSWER_DAYS, area or site_area())
        code = _new_code()
        pin = pin_of(code, submission) if submission else new_pin()
        made = ErrorReport.objects.create(
            receipt=code,
            pin_hash=pin_hash(code, pin),
            submission=submission,
            path=path[:255],
            area=area,
            area_path=area.path if area else "",
            kind=kind,
            text=text,
            contact=contact,
            received_on=clock.today(),
            due_on=add_working_days(clock.today(), days, area or site_area()),
        )
        send(people_for(made, Role.EDITOR), _("有人说网页上有错，请核对"), links.of(made.pk), kind=Kind.PAGE)
        body = {"path": made.path, "kind": kind, "due_on": made.due_on.isoformat()}
        append(Draft(REPORTED, "erratum", str(made.pk), body=body, sealed={"text": text}))
    return Reported(made, code, pin)


def answer(*, by: User, report_id: int, outcome: str, answer: str) -> ErrorReport:
    """Answer a report as an editor of its area or a county head. Once only.

    Raises NoSuchReport, AlreadyAnswered, BadReport, and masking's NotForThePublic where the answer, which
    the receipt's page shows, holds a personal number.
    """
    answer = answer.strip()
    if outcome not in Outcome.values:
        raise BadReport("outcome", _("请选核对的结果。"))
    if not 4 <= len(answer) <= LONGEST_ANSWER:
        raise BadReport("answer", _("请写明核对和改正的情况，4到%(most)d字。") % {"most": LONGEST_ANSWER})
    refuse_numbers(_("答复"), [answer])
    with transaction.atomic():
        scope_of(by, fresh=True)
        seen = ErrorReport.objects.visible_to(by).filter(pk=report_id).values("pk")
        found = ErrorReport.objects.select_for_update().filter(pk__in=seen).first()
        office = answering_office(by, found) if found else None
        if found is None or office is None:
            raise NoSuchReport(_("没有这条纠错，请回到列表再看"))
        if found.outcome:
            raise AlreadyAnswered(_("这条已经有人答复了，请刷新后再看"))
        found.outcome, found.answer = outcome, answer
        found.answered_at, found.answered_by = clock.now(), by
        found.save()
        body = {"outcome": outcome, "late": clock.today() > found.due_on}
        sealed = {"answer": answer}
        append(Draft(ANSWERED, "erratum", str(found.pk), actor=by, office=office, body=body, sealed=sealed))
    return found


def receipt(code: str, pin: str) -> ErrorReport | None:
    """Return the report of receipt `code` if `pin` fits; a wrong code and a wrong PIN look alike."""
    code = normal_code(code)
    pin = "".join(char for char in pin if char.isdecimal())
    found = ErrorReport.objects.filter(receipt=code).first()
    fits = hmac.compare_digest(found.pin_hash if found else _NOBODY, pin_hash(code, pin))
    return found if fits else None


def answering_office(user: Any, report: ErrorReport) -> Office | None:
    """Return the office by which `user` may answer `report`, or None."""
    if report.area_path:
        return scope_of(user).holds(ANSWERERS, report.area_path, None)
    offices = scope_of(user).offices
    return next((one for one in offices if one.role in ANSWERERS and one.area.level in WHOLE_SITE), None)


def people_for(report: ErrorReport, role: str) -> list[User]:
    """Return the holders of `role` today that are nearest to what `report` is about."""
    offices = Office.objects.in_force(clock.today()).filter(role=role, user__is_active=True)
    fitting = [
        office
        for office in offices.select_related("area", "user")
        if (report.area_path and office.area.covers(report.area_path))
        or (not report.area_path and office.area.level in WHOLE_SITE)
    ]
    nearest = max((len(office.area.path) for office in fitting), default=0)
    return list({o.user_id: o.user for o in fitting if len(o.area.path) == nearest}.values())


def area_behind(path: str) -> Area | None:
    """Return the area that the page at `path` belongs to; None for pages of the whole site."""
    if found := _AREA.match(path):
        return Area.objects.filter(code=found[1]).first()
    if found := _LIST.match(path):
        shown = PublicList.objects.published().select_related("area").filter(number=found[1]).first()
        return shown.area if shown else None
    site = Site.objects.select_related("root_page").filter(is_default_site=True).first()
    root = site.root_page.url_path if site else "/"
    page = Page.objects.filter(url_path=f"{root}{path.removeprefix('/')}").first()
    return area_of(page) if page else None


def _new_code() -> str:
    while True:
        drawn = "".join(secrets.choice(ALPHABET) for _place in range(CODE_LENGTH))
        code = f"{drawn[:4]}-{drawn[4:]}"
        if not ErrorReport.objects.filter(receipt=code).exists():
            return code


def _submission(*parts: str) -> str:
    return keyed_hash(canonical(list(parts)), "erratum-submission")
