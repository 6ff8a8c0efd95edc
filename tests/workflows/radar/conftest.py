"""What the tests of the radar share."""

from collections.abc import Iterator
from datetime import UTC, timedelta

import pytest
from django.utils import timezone

from portal import clock

from ..supervision.conftest import SignIn, county, kept_county, sign_in

__all__ = ["SignIn", "county", "kept_county", "sign_in"]


@pytest.fixture(autouse=True)
def by_day() -> Iterator[None]:
    """Set the clock to noon of tomorrow: a rule looks at the hour, whenever the tests run."""
    noon = (timezone.localtime(clock.now()) + timedelta(days=1)).replace(hour=12, minute=0)
    with clock.travel(noon.astimezone(UTC)):
        yield
