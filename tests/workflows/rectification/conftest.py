"""What these tests share: a kept county, tickets, evidence."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from portal.files.services import Prepared, prepare
from portal.people.models import Role
from workflows.demo import play
from workflows.demo.build import County
from workflows.rectification.models import Source, Ticket
from workflows.rectification.services import open_ticket

from ..desk.conftest import sign_in
from ..kept import county, kept_county

__all__ = ["county", "kept_county", "sign_in"]

VILLAGE = "禾坪村"


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Start and end with an empty cache."""
    cache.clear()
    yield
    cache.clear()


def evidence(words: str = "整改") -> list[tuple[str, Prepared]]:
    """Return one photo, ready to be kept."""
    return [("整改后.jpg", prepare(play.photo(words)))]


def opened(county: County, **changes: Any) -> Ticket:
    """Open a ticket of the village's list at its township; `changes` replace parts of it."""
    given: dict[str, Any] = {
        "by": county["supervisor"],
        "source": Source.PATROL,
        "area": county.areas[VILLAGE],
        "line": "assistance",
        "owner_role": Role.TOWNSHIP_HEAD,
        "title": "公示栏没有贴满天数",
        "text": "十一月三日到村里看，公示栏上的名单已经揭掉，只贴了四天。",
        "wanted": "重新张贴、重新计满天数，把照片报上来。",
    }
    return open_ticket(**(given | changes))
