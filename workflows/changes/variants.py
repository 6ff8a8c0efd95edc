"""Which flow a change takes: the file of the flow says so, and this room asks when a case is filed."""

from collections.abc import Callable
from dataclasses import dataclass

from portal.configuration.services import value
from workflows.engine import catalogue, deadlines
from workflows.engine.definitions import Flow
from workflows.registry.models import MONITORED_CATEGORIES

from . import keys
from .models import WANTED_WITH_CATEGORY, Wanted

Choice = Callable[[str], bool]
_taken: dict[str, list[tuple[Choice, str]]] = {}


def any_category(_category: str) -> bool:
    """Fit whatever the category."""
    return True


def monitored(category: str) -> bool:
    """Fit the categories of monitored households."""
    return category in MONITORED_CATEGORIES


@dataclass(frozen=True)
class Takes:
    """Which changes take `flow`: `wanted`, where `when` fits the category asked for.

    `publicity` are the days for which its lists hang, `basis` the rule that its notices tell; both are
    defaults of the area's settings.
    """

    flow: Flow
    wanted: tuple[Wanted, ...]
    basis: str
    when: Choice = any_category
    publicity: int = 7


def register(takes: Takes) -> None:
    """Let the changes take their flow, and register what areas set for it."""
    flow = takes.flow
    for one in takes.wanted:
        entries = _taken.setdefault(one, [])
        if (takes.when, flow.key) not in entries:
            entries.append((takes.when, flow.key))
    keys.register_flow(flow.key, flow.name, publicity=takes.publicity, basis=takes.basis, source=flow.source)


def flow_of(wanted: str, category: str = "") -> Flow:
    """Return the newest version of the flow that `wanted` takes; KeyError where none was registered."""
    for when, key in _taken[wanted]:
        if when(category) or wanted not in WANTED_WITH_CATEGORY:
            return catalogue.latest(key)
    raise KeyError(wanted)


def latest_of(wanted: str) -> Flow:
    """Return the flow whose first step `wanted` begins with, whatever category is asked for."""
    return catalogue.latest(_taken[wanted][0][1])


def total_days(flow: str, path: str) -> int:
    """Return the working days for the whole of `flow` at the area of `path`; 0 for no limit."""
    return int(value(deadlines.total_key(flow), path))
