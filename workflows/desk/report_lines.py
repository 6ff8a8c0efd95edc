"""The fortnight's report among what waits: to be drafted once its days are over, then signed (XC-40)."""

from django.urls import reverse
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Level
from portal.people.models import Line, Office, User
from portal.people.scope import scope_of
from workflows.rectification import reports
from workflows.rectification.models import SIGNING_ROLES, WRITING_ROLES, FortnightReport, ReportState

from .todo_lines import TodoLine, Waiting


def waiting(user: User) -> Waiting:
    """Return what `user` has to do with the report of the own county: one query, for who writes or signs."""
    held = _offices(user)
    if not held:
        return Waiting([])
    area = held[0].area
    last = FortnightReport.objects.filter(area=area).order_by("-last_day").defer("sealed_sections").first()
    drafted = last is not None and last.state == ReportState.DRAFT
    if drafted and last is not None and any(one.role in SIGNING_ROLES for one in held):
        url = reverse("desk:fortnight", args=[last.number])
        days = (last.first_day, last.last_day)
        due_on, todo = clock.day_of(last.drafted_at), _("签发")
    elif not drafted and any(one.role in WRITING_ROLES for one in held):
        days = reports.days_after(area, last)
        if days[1] >= clock.today():
            return Waiting([])
        url, due_on, todo = reverse("desk:fortnights"), days[1], _("起草")
    else:
        return Waiting([])
    title = _("督查报告 %(first)s 至 %(last)s") % {"first": days[0].isoformat(), "last": days[1].isoformat()}
    return Waiting([TodoLine(todo, title, url, str(area), due_on, None)])


def _offices(user: User) -> list[Office]:
    """Return the offices by which `user` writes or signs the report of a county: those of one county."""
    roles = [*WRITING_ROLES, *SIGNING_ROLES]
    held = [
        one
        for one in scope_of(user).offices
        if one.role in roles and one.line == Line.ALL and one.area.level == Level.COUNTY
    ]
    return [one for one in held if one.area_id == held[0].area_id]
