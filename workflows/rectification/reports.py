"""The fortnight's report: drafted from what happened, edited, signed, published in part. Each an event."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.html import escape, format_html_join
from django.utils.translation import gettext as _

from disclosure.masking.services import NotForThePublic, refuse_private
from disclosure.pages.models import NoticePage
from disclosure.pages.services import NOTICES, section
from disclosure.site.words import day, full_day
from portal import clock
from portal.areas.models import Area, Level
from portal.configuration.services import value
from portal.ledger.canonical import canonical
from portal.ledger.services import Draft, append
from portal.people.models import Line, Office, User
from portal.people.scope import scope_of

from . import events, keys
from .errors import BadReport, NoSuchReport, NotYours, StaleTicket
from .fortnight import OF_TICKETS, SECTIONS, figures_of, without_titles, words_of
from .models import SIGNING_ROLES, WRITING_ROLES, FortnightReport, ReportState

LONGEST = 6000


def next_days(area: Area) -> tuple[date, date]:
    """Return the days of the next report, of full length, from the day after the last one.

    Of the first report those up to yesterday: what happens later today would be told in none.
    """
    return days_after(area, FortnightReport.objects.filter(area=area).order_by("-last_day").first())


def days_after(area: Area, last: FortnightReport | None) -> tuple[date, date]:
    """Return the days of the report of `area` that follows on `last`, its latest; none is asked for."""
    length = timedelta(days=int(value(keys.REPORT_DAYS, area)))
    first = last.last_day + timedelta(days=1) if last else clock.today() - length
    return first, first + length - timedelta(days=1)


def draft_report(*, by: User, area: Area) -> FortnightReport:
    """Draft the report of the days since the last one from tickets and objections; figures stay as counted.

    Raises NotYours, BadReport. Source: XC-40.
    """
    if area.level != Level.COUNTY:
        raise BadReport(_("督查报告一个县一份，请选到县。"))
    with transaction.atomic():
        office = scope_of(by, fresh=True).holds(WRITING_ROLES, area.path, Line.ALL)
        if office is None:
            raise NotYours(_("督查报告由管全部条线的监督员或县级经办起草，您没有这个职务。"))
        Area.objects.select_for_update(no_key=True).get(pk=area.pk)
        first, last = next_days(area)
        if last >= clock.today():
            raise BadReport(
                _("下一期从 %(first)s 到 %(last)s，过了这一天才能起草。")
                % {"first": day(first), "last": day(last)}
            )
        if FortnightReport.objects.filter(area=area, state=ReportState.DRAFT).exists():
            raise BadReport(_("上一期还没有签发，先签发再起草下一期。"))
        figures = figures_of(area, first, last)
        stem = f"{area.code}-{clock.today().year}-B"
        count = FortnightReport.objects.filter(number__startswith=stem).count()
        report = FortnightReport(
            number=f"{stem}{count + 1:03d}",
            area=area,
            area_path=area.path,
            first_day=first,
            last_day=last,
            figures=figures,
            drafted_by=by,
            drafted_at=clock.now(),
        )
        report.sections = words_of(area, first, last, figures)
        report.save()
        body = {"first_day": first.isoformat(), "last_day": last.isoformat(), "figures": figures}
        append(_draft(events.REPORT_DRAFTED, report, by, office, body))
    return report


def edit_report(
    *, by: User, report_id: int, seen_version: int, sections: Mapping[str, str]
) -> FortnightReport:
    """Change the words of a draft; the figures stay as they were counted. Raises NoSuchReport, BadReport."""
    with transaction.atomic():
        report, office = _locked(by, report_id, WRITING_ROLES, ReportState.DRAFT)
        if report.version != seen_version:
            raise StaleTicket(_("这份报告刚有人改过，请看过新的再改。"))
        words = {key: str(sections.get(key, "")).replace("\r\n", "\n").strip() for key in SECTIONS}
        if not words["overview"]:
            raise BadReport(_("“总的情况”不能空着。"))
        if any(len(text) > LONGEST for text in words.values()):
            raise BadReport(_("有一段太长了，最多 6000 字。"))
        report.sections = words
        report.version += 1
        report.save()
        report.edited_by.add(by)
        append(_draft(events.REPORT_EDITED, report, by, office, {"sha256": digest_of(report)}))
    return report


def sign_report(*, by: User, report_id: int, seen_version: int) -> FortnightReport:
    """Sign a draft as the county's head, who wrote nothing of it; from then on it stands.

    Raises NoSuchReport, NotYours, StaleTicket, BadReport.
    """
    with transaction.atomic():
        report, office = _locked(by, report_id, SIGNING_ROLES, ReportState.DRAFT)
        if report.version != seen_version:
            raise StaleTicket(_("这份报告刚有人改过，请看过新的再签。"))
        if report.drafted_by_id == by.pk or report.edited_by.filter(pk=by.pk).exists():
            raise NotYours(_("您起草或改过这份报告，签发要由另一位负责人来做。"))
        report.state, report.signed_by, report.signed_at = ReportState.SIGNED, by, clock.now()
        report.version += 1
        report.save()
        append(_draft(events.REPORT_SIGNED, report, by, office, {"sha256": digest_of(report)}))
    return report


def publish_part(*, by: User, report_id: int, parts: Iterable[str]) -> FortnightReport:
    """Publish the sections `parts` of a signed report as a notice; screened, and once.

    Its lines tell place, source and owner of each ticket, not the title that somebody typed.

    Raises NoSuchReport, NotYours, BadReport, and masking's NotForThePublic.
    """
    with transaction.atomic():
        report, office = _locked(by, report_id, SIGNING_ROLES, ReportState.SIGNED)
        chosen = [key for key in SECTIONS if key in set(parts)]
        if not chosen:
            raise BadReport(_("请选公开哪几段。"))
        words = _public_words(report, chosen)
        if private := [key for key in chosen if _is_private(words[key])]:
            raise NotForThePublic(
                _(
                    "“%(sections)s”里有号码、病情或门牌这样的个人信息，不能公开。"
                    "报告签了就不能改了，请不要勾选这几段。"
                )
                % {"sections": "、".join(str(SECTIONS[key]) for key in private)}
            )
        title = _("%(area)s督查情况（%(first)s至%(last)s）") % {
            "area": report.area.name,
            "first": full_day(report.first_day),
            "last": day(report.last_day),
        }
        page = NoticePage(
            title=title,
            slug=f"inspection-{report.number}",
            published_date=clock.today(),
            source=_("%(area)s帮扶工作领导小组办公室") % {"area": report.area.name},
            body=_html(chosen, words),
            live=False,
            owner=by,
        )
        section(NOTICES).add_child(instance=page)
        report.state, report.parts, report.page = ReportState.PUBLISHED, chosen, page
        report.published_at = clock.now()
        report.version += 1
        report.save()
        page.save_revision(user=by).publish(user=by)
        body = {"parts": chosen, "page": page.pk, "sha256": digest_of(report)}
        append(_draft(events.REPORT_PUBLISHED, report, by, office, body))
    return report


def private_sections(report: FortnightReport) -> list[str]:
    """Return the sections that hold a personal number or circumstance and so cannot be published."""
    words = _public_words(report, SECTIONS)
    return [key for key in SECTIONS if _is_private(words[key])]


def _public_words(report: FortnightReport, chosen: Iterable[str]) -> dict[str, str]:
    """Return the words of `report` as the public may read the sections `chosen`: without typed titles."""
    words = report.sections
    for key in OF_TICKETS.intersection(chosen):
        words[key] = without_titles(report.area, words[key])
    return words


def _is_private(words: str) -> bool:
    try:
        refuse_private("", [words])
    except NotForThePublic:
        return True
    return False


def _html(chosen: Iterable[str], words: Mapping[str, str]) -> str:
    parts = []
    for key in chosen:
        lines = format_html_join(
            "", "<p>{}</p>", ((line,) for line in words[key].splitlines() if line.strip())
        )
        parts.append(f"<h3>{escape(str(SECTIONS[key]))}</h3>{lines}")
    return "".join(parts)


def digest_of(report: FortnightReport) -> str:
    """Return the hex SHA-256 of the words of `report`, by section."""
    return hashlib.sha256(canonical(report.sections).encode()).hexdigest()


def _locked(by: User, report_id: int, roles: list[Any], state: str) -> tuple[FortnightReport, Office]:
    scope = scope_of(by, fresh=True)
    seen = FortnightReport.objects.visible_to(by).filter(pk=report_id).values("pk")
    found = FortnightReport.objects.select_for_update(of=("self",)).select_related("area")
    report = found.filter(pk__in=seen).first()
    if report is None:
        raise NoSuchReport(_("没有这份报告，请回到列表再看。"))
    office = scope.holds(roles, report.area_path, Line.ALL)
    if office is None:
        raise NotYours(_("这一步不由您的职务来办，您这里只看。"))
    if report.state != state:
        raise BadReport(_("这份报告现在是“%(state)s”，不能这样办。") % {"state": report.get_state_display()})
    return report, office


def _draft(kind: str, report: FortnightReport, by: User, office: Office, body: dict[str, Any]) -> Draft:
    return Draft(
        kind, "report", report.number, actor=by, office=office, area_code=report.area.code, body=body
    )
