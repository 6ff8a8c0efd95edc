"""Jobs due by the clock: rooms register them, `manage.py tick` runs them.

A job does all that is due, returns how much it did, and finds nothing to do when it is run again. It opens
its own short transactions, one for each thing it does: a thing that fails leaves the others done, and the
ledger's head is never locked for the length of a job. So that two ticks do not run one job at once, a tick
claims it for `CLAIM` by a compare-and-set on its row; a claim that a killed process left behind runs out.
"""

import logging
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.db.models import Q

from portal import clock

from .models import JobRun

CLAIM = timedelta(minutes=10)
logger = logging.getLogger(__name__)
_jobs: dict[str, Callable[[], int]] = {}


def register(name: str, job: Callable[[], int]) -> None:
    """Have `job` run at every tick under `name`, in the order of registration; ValueError if taken."""
    if _jobs.setdefault(name, job) is not job:
        raise ValueError(f"到点事项 {name} 已经登记过")


def run_due() -> dict[str, int]:
    """Run every job that nobody else is running; return what each one did, those that failed left out.

    A failing job is recorded (`failing`) and does not stop the others.
    """
    known = set(JobRun.objects.values_list("name", flat=True))
    missing = [JobRun(name=name) for name in _jobs if name not in known]
    if missing:
        JobRun.objects.bulk_create(missing, ignore_conflicts=True)
    done: dict[str, int] = {}
    for name, job in list(_jobs.items()):
        count = _run(name, job)
        if count is not None:
            done[name] = count
    return done


def failing() -> dict[str, str]:
    """Return the registered jobs whose last run failed, with the kind and place of the error."""
    rows = JobRun.objects.filter(name__in=_jobs).exclude(last_error="").order_by("name")
    return dict(rows.values_list("name", "last_error"))


def _run(name: str, job: Callable[[], int]) -> int | None:
    started = clock.now()
    until = started + CLAIM
    free = JobRun.objects.filter(Q(claimed_until=None) | Q(claimed_until__lte=started), name=name)
    if not free.update(claimed_until=until, last_started_at=started):
        return None
    error = ""
    count: int | None = None
    try:
        count = job()
    except Exception as caught:
        error = _place(caught)
        logger.error("job %s failed: %s", name, error)
    finally:
        # A run that outlasted its claim leaves the claim of the run that followed it alone.
        JobRun.objects.filter(name=name, claimed_until=until).update(
            claimed_until=None, last_finished_at=clock.now(), last_error=error
        )
    return count


def _place(error: Exception) -> str:
    """Return kind and place of `error`; its message may hold personal data and is left out."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} ({Path(frame.filename).name}:{frame.lineno})"[:300]
