"""Switching a rule off for an area: by a supervisor, with a reason, to a day, for everybody to see."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area, path_range
from portal.configuration.services import value
from portal.ledger.models import Head
from portal.ledger.services import Draft, append
from portal.people.models import Line, Office, User
from portal.people.scope import scope_of
from workflows.desk import gates
from workflows.supervision.reach import offices_of

from . import events, keys, registry
from .binding import said_of
from .errors import BadFlagAct
from .models import Progress, RuleSwitch

LEAST_REASON, LONGEST_REASON = 6, 300


def switching_offices(user: User) -> list[Office]:
    """Return the offices by which `user` may switch rules: those of supervisors for all lines."""
    return [office for office in offices_of(user) if office.line == Line.ALL]


def switch_off(*, by: User, rule: str, area: Area, until: date, reason: str) -> RuleSwitch:
    """Switch `rule` off at `area` and below, to the end of `until`. Raises BadFlagAct."""
    most = int(value(keys.MOST_OFF_DAYS, area))
    today = clock.today()
    wrong = _wrong(rule, reason)
    if not today < until <= today + timedelta(days=most):
        last = today + timedelta(days=most)
        wrong["until"] = _("要停到明天以后、%(last)s 以前的一天，到时自动开。") % {"last": last.isoformat()}
    if wrong:
        raise BadFlagAct(wrong)
    return _switch(by, rule, area, reason, on=False, until=until)


def switch_on(*, by: User, rule: str, area: Area, reason: str) -> RuleSwitch:
    """Switch `rule` on again at `area`; it then looks at what it missed. Raises BadFlagAct."""
    if wrong := _wrong(rule, reason):
        raise BadFlagAct(wrong)
    return _switch(by, rule, area, reason, on=True, until=None)


def _switch(by: User, rule: str, area: Area, reason: str, *, on: bool, until: date | None) -> RuleSwitch:
    with transaction.atomic():
        office = scope_of(by, fresh=True).holds(gates.SUPERVISORS, area.path, Line.ALL)
        if office is None or office.line != Line.ALL:
            raise BadFlagAct({"rule": _("开关规则要有管这个地方全部条线的监督职务。")})
        before = RuleSwitch.objects.filter(rule=rule, area=area).order_by("-pk").first()
        size = Head.objects.values_list("size", flat=True).first() or 0
        renewed = not on and before is not None and _unseen(before)
        made = RuleSwitch.objects.create(
            rule=rule,
            area=area,
            area_path=area.path,
            on=on,
            until=until,
            # Renewed, it is off since it was first switched off: nobody looked meanwhile.
            at_event=before.at_event if renewed and before is not None else size,
            reason=reason.strip(),
            by=by,
            at=clock.now(),
        )
        if on and before is not None and not before.on:
            look_again(before)
        append(
            Draft(
                events.SWITCHED,
                "rule",
                rule,
                actor=by,
                office=office,
                area_code=area.code,
                body={**said_of(made), "switch": made.pk},
            )
        )
    return made


def look_again(off: RuleSwitch) -> None:
    """Let the rule look from where it was switched off: what it found since was not kept."""
    Progress.objects.filter(rule=off.rule, upto__gt=off.at_event).update(upto=off.at_event, ran_at=None)


def _unseen(off: RuleSwitch) -> bool:
    """Return whether the rule did not look again yet at what happened while it was switched off by `off`."""
    if off.on or off.until is None:
        return False
    ran_at = Progress.objects.filter(rule=off.rule).values_list("ran_at", flat=True).first()
    return ran_at is None or clock.day_of(ran_at) <= off.until


def _wrong(rule: str, reason: str) -> dict[str, str]:
    wrong = {}
    if not registry.is_known(rule):
        wrong["rule"] = _("没有这条规则。")
    if not LEAST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        wrong["reason"] = _("请写为什么（6 到 300 字），别的监督员都看得到。")
    return wrong


class Switchboard:
    """Which rules are off where today; one query for all."""

    def __init__(self) -> None:
        today = clock.today()
        latest: dict[tuple[str, str], RuleSwitch] = {}
        for one in RuleSwitch.objects.order_by("pk"):
            latest[one.rule, one.area_path] = one
        self._off: dict[str, list[str]] = {}
        for (rule, path), one in latest.items():
            if not one.on and one.until is not None and one.until >= today:
                self._off.setdefault(rule, []).append(path)

    def is_off(self, rule: str, path: str) -> bool:
        """Return whether `rule` is off at the area of `path`."""
        return any(path.startswith(off) for off in self._off.get(rule, ()))


def switches_over(user: User) -> list[RuleSwitch]:
    """Return every switching at the areas of `user`, above and below them, the latest first: all see it."""
    near = Q(pk__in=[])
    for office in offices_of(user):
        path = office.area.path
        above = [path[:end] for end in range(Area.steplen, len(path) + 1, Area.steplen)]
        near |= path_range(path) | Q(area_path__in=above)
    found = RuleSwitch.objects.filter(near).select_related("area", "by").order_by("-pk")
    return list(found[:200])
