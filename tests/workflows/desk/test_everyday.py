"""What asks for no proof at a batch decides nothing, whatever step the batch stands at."""

import uuid
from typing import Any

import pytest
from django.db import transaction

from portal import clock
from workflows.demo.build import County
from workflows.desk import batch_page
from workflows.desk.everyday import DEEDS
from workflows.desk.words import step_of
from workflows.engine.definitions import MEETING_KINDS
from workflows.engine.models import Act, ActKind, Batch

from ..county import make_batch
from .conftest import SignIn, page
from .test_signing import meeting

STEPS = ["file", "deliberate", "check", "publish", "approve", "record", "start", "accept", "pay", "announce"]


def acting(county: County, batch: Batch) -> list[str]:
    """Return everybody whose office acts on `batch` where it stands."""
    found = {name: batch_page.find(county[name], batch.number) for name in county.people}
    who = [name for name, one in found.items() if one and batch_page.gather(county[name], one).office]
    assert who, batch.step
    return who


def acts_of(who: list[str], sign_in: SignIn, batch: Batch, deed: str) -> set[str]:
    """Return the kinds of act that `deed`, sent by each of `who` with all that a meeting takes, does here."""
    done: set[str] = set()
    for name in who:
        before = set(Act.objects.values_list("pk", flat=True))
        typed: dict[str, Any] = meeting(step="proposal", held_on=clock.today().isoformat(), place="村委会")
        typed |= {"do": deed, "seen_version": batch.version, "key": uuid.uuid4().hex, "opinion": "同意"}
        with transaction.atomic():
            sign_in(name).post(page(batch.number), typed)
            done |= set(Act.objects.exclude(pk__in=before).values_list("kind", flat=True))
            transaction.set_rollback(True)
    return done


@pytest.mark.parametrize("step", STEPS)
def test_no_everyday_deed_signs_anything_but_a_meeting(county: County, sign_in: SignIn, step: str) -> None:
    batch = make_batch(county, rows=1, until=step)
    # Each deed is taken back: it is the same people's turn for the next.
    who = acting(county, batch)
    for deed in DEEDS["batch"]:
        done = acts_of(who, sign_in, batch, deed + "agree" if deed.endswith(":") else deed)
        holds = deed == "meeting" and step_of(batch).kind in MEETING_KINDS
        expected = {ActKind.SIGN} if holds else {ActKind.SIGN_FOR} if deed == "sign_for" else set()
        assert done <= expected, (step, deed)
        assert done == expected or not holds, (step, deed)
