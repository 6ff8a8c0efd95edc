"""The flows that are registered, found by key and version; running cases keep theirs."""

from . import options
from .definitions import Flow, problems

_flows: dict[tuple[str, int], Flow] = {}
_along: dict[str, tuple[str, ...]] = {}


def register(flow: Flow) -> Flow:
    """Register `flow`; ValueError with every problem, in Chinese, where it cannot work.

    A version that is registered stays as it is: running cases keep theirs (design.md rule 7).
    """
    found = problems(flow)
    if _flows.get((flow.key, flow.version), flow) != flow:
        found.append(f"流程 {flow.key} 的第 {flow.version} 版已经登记过，要改请出新版")
    if found:
        raise ValueError("；".join(found))
    _flows[flow.key, flow.version] = flow
    options.register(flow)
    return flow


def read_along(flow_key: str, *paths: str) -> None:
    """Have the cases of `flow_key` read together with the upper room's rows at `paths` from a case.

    An act then asks for both in one query, whatever the number of its rows.
    """
    _along[flow_key] = paths


def along(flow_key: str) -> tuple[str, ...]:
    """Return the paths that `read_along` named; none where it was not called."""
    return _along.get(flow_key, ())


def flow(key: str, version: int) -> Flow:
    """Return the flow; KeyError where it was never registered."""
    return _flows[key, version]


def latest(key: str) -> Flow:
    """Return the newest version of the flow named `key`."""
    return _flows[max(found for found in _flows if found[0] == key)]


def all_flows() -> list[Flow]:
    """Return every registered flow."""
    return list(_flows.values())
