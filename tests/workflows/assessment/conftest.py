"""What these tests share: a county where one batch went all the way and another is not paid yet."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from portal import clock
from portal.people.models import Line, Role
from workflows.assessment import scoring
from workflows.assessment.models import Round
from workflows.assessment.opening import open_round
from workflows.demo import build
from workflows.demo.build import County

from ..county import make_batch, make_county
from ..deadlines.conftest import on
from ..desk.conftest import sign_in

__all__ = ["sign_in"]

REASON = "看过台账和实物，对得上"


@pytest.fixture(scope="module")
def kept(django_db_setup: None, django_db_blocker: Any) -> Iterator[County]:
    """Yield the county of the module; it is taken back after the last test."""
    with django_db_blocker.unblock():
        cache.clear()
        with transaction.atomic():
            county = make_county()
            build.make_official(county, "supervisor2", "廉如水", Role.SUPERVISOR, "枫禾县", Line.ALL)
            make_batch(county, rows=2, until="end")
            yield county
            transaction.set_rollback(True)


def late_december() -> AbstractContextManager[None]:
    """Set the clock to when this year's round may be opened."""
    return on(date(clock.today().year, 12, 31))


@pytest.fixture
def county(kept: County, db: None) -> Iterator[County]:
    """Return the county in late December; what the test does to it is undone."""
    cache.clear()
    with late_december():
        yield County(kept.areas, dict(kept.people), kept.programme)
    cache.clear()


def year() -> tuple[date, date]:
    """Return the days of this year."""
    today = clock.today()
    return date(today.year, 1, 1), date(today.year, 12, 31)


def opened(county: County, **changes: Any) -> Round:
    """Open this year's round of the county's townships."""
    given: dict[str, Any] = {
        "by": county["county"],
        "area": county.areas["枫禾县"],
        "subjects_are": "township",
        "kind": "year",
        "year": clock.today().year,
    }
    return open_round(**(given | changes))


def scored(
    county: County, round_: Round, points: int = 90, by: tuple[str, ...] = ("county", "supervisor")
) -> None:
    """Have two people score every subject."""
    for username in by:
        for subject in round_.subjects.all():
            codes = scoring.typed_codes(round_)
            scoring.score(
                by=county[username],
                subject_id=subject.pk,
                points=dict.fromkeys(codes, points),
                reasons=dict.fromkeys(codes, REASON),
            )
