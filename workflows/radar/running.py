"""Running the rules: each looks at what the ledger gained since it last looked, and keeps what is new."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from itertools import islice

from django.db import transaction

from portal import clock
from portal.configuration.services import value
from portal.ledger import written
from portal.ledger.models import Event, Head
from portal.ledger.services import Draft, append

from . import binding, events, keys, registry
from .models import Flag, Progress, RuleSwitch
from .rule import Found, Rule, Window
from .switches import Switchboard, look_again

AT_ONCE = 200
LONGEST_REASON = 400
logger = logging.getLogger(__name__)


def run_due() -> int:
    """Run the rules that have not run for some hours; return how many clues they found. A job."""
    pause = timedelta(hours=int(value(keys.EVERY_HOURS)))
    ran = dict(Progress.objects.values_list("rule", "ran_at"))
    now = clock.now()
    due = [rule for rule in registry.all_rules() if (at := ran.get(rule.code)) is None or now - at >= pause]
    return sum(run(rule) for rule in due)


def run(rule: Rule, *, from_start: bool = False) -> int:
    """Let `rule` look at what is new, or at everything; return how many clues are new.

    A rule that fails is written down and the others go on; it looks at the same again next time.
    """
    progress, _made = Progress.objects.get_or_create(rule=rule.code)
    if progress.ran_at is not None:
        for off in _ended(rule.code, progress):
            look_again(off)
        progress.refresh_from_db()
    after = 0 if from_start else progress.upto
    upto = Head.objects.values_list("size", flat=True).first() or 0
    first = Event.objects.filter(sequence=after + 1).values_list("recorded_at", flat=True).first()
    kept, error = 0, ""
    if first is not None:
        try:
            # An act takes its time before it writes its event.
            kept = _look(rule, Window(after, upto, first - timedelta(minutes=10)))
        except Exception as caught:
            # Its message may hold personal data.
            error = type(caught).__name__
            logger.error("rule %s failed: %s", rule.code, error)
            upto = progress.upto
    Progress.objects.filter(pk=progress.pk).update(upto=upto, ran_at=clock.now(), error=error)
    return kept


def _look(rule: Rule, window: Window) -> int:
    board = Switchboard()
    found = (one for one in rule.find(window) if not board.is_off(rule.code, one.area.path))
    kept = 0
    while chunk := list(islice(found, AT_ONCE)):
        kept += keep(rule, chunk)
    return kept


def keep(rule: Rule, found: Sequence[Found]) -> int:
    """Keep what is not known yet, each with its event; return how many. In one transaction."""
    new = {one.key[:120]: one for one in found}
    with transaction.atomic():
        # Who else runs the rule waits here.
        Progress.objects.select_for_update().get_or_create(rule=rule.code)
        known = Flag.objects.filter(rule=rule.code, key__in=list(new)).values_list("key", flat=True)
        for key in known:
            del new[key]
        flags = Flag.objects.bulk_create(_flag(rule, key, one) for key, one in new.items())
        written.note(*flags, made=True)
        drafts = [
            Draft(
                events.FOUND,
                "flag",
                str(flag.pk),
                area_code=one.area.code,
                line=one.line,
                body={"rule": rule.code, "objects": [f"{kind}:{key}" for kind, key in one.objects]},
                sealed={binding.CLUE: binding.told_of(flag)},
            )
            for flag, one in zip(flags, new.values(), strict=True)
        ]
        append(*drafts)
    return len(flags)


def _flag(rule: Rule, key: str, one: Found) -> Flag:
    return Flag(
        rule=rule.code,
        key=key,
        area=one.area,
        area_path=one.area.path,
        line=one.line,
        reason=one.reason[:LONGEST_REASON],
        objects_at=[list(at) for at in one.objects],
        measured=rule.measured(one.area),
        concerns=one.concerns,
        happened_at=one.happened_at,
        found_at=clock.now(),
    )


def _ended(code: str, progress: Progress) -> list[RuleSwitch]:
    """Return the switches that ended by their day since the rule last ran and were not turned on before."""
    assert progress.ran_at is not None
    day = timedelta(days=1)
    before = (clock.day_of(progress.ran_at) - day, clock.today() - day)
    found = RuleSwitch.objects.filter(rule=code, on=False, until__range=before)
    latest = {}
    for one in RuleSwitch.objects.filter(rule=code).order_by("pk"):
        latest[one.area_path] = one.pk
    return [one for one in found if latest[one.area_path] == one.pk]
