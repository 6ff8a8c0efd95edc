"""A version of a flow that is registered never changes: running cases keep theirs (design.md rule 7).

`registered_flows.json` holds every version as data, without what is left at its default. A change of a flow
is a new version and a new entry; to add one, run this file with REGISTER_FLOWS=1 in the environment, which
leaves every entry that stands as it is.
"""

import json
import os
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from workflows.engine.definitions import Flow
from workflows.flows.apps import shipped

REGISTERED = Path(__file__).with_name("registered_flows.json")


def as_data(value: Any) -> Any:
    """Return `value` as JSON holds it: functions by module and name, lazy words as text."""
    if is_dataclass(value) and not isinstance(value, type):
        said = {one.name: getattr(value, one.name) for one in fields(value)}
        usual = {one.name: one.default for one in fields(value) if one.default is not MISSING}
        return {name: as_data(given) for name, given in said.items() if usual.get(name, {}) != given}
    if isinstance(value, dict):
        return {str(key): as_data(said) for key, said in value.items()}
    if isinstance(value, list | tuple):
        return [as_data(one) for one in value]
    if callable(value):
        return f"{value.__module__}.{value.__qualname__}"
    return value if value is None or isinstance(value, bool | int) else str(value)


def name_of(flow: Flow) -> str:
    """Return key and version."""
    return f"{flow.key} {flow.version}"


def kept() -> dict[str, Any]:
    """Return every registered version as it was when it was first registered."""
    return dict(json.loads(REGISTERED.read_text(encoding="utf-8"))) if REGISTERED.exists() else {}


@pytest.mark.skipif(not os.environ.get("REGISTER_FLOWS"), reason="adds new versions, on request")
def test_new_versions_are_added_and_none_is_replaced() -> None:
    known = kept()
    for flow in shipped():
        known.setdefault(name_of(flow), as_data(flow))
    lines = [f"{json.dumps(name)}: {json.dumps(said, ensure_ascii=False)}" for name, said in known.items()]
    REGISTERED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


@pytest.mark.parametrize("flow", shipped(), ids=name_of)
def test_a_registered_version_is_what_it_was(flow: Flow) -> None:
    assert as_data(flow) == kept()[name_of(flow)]


def test_no_registered_version_is_gone() -> None:
    assert {name_of(flow) for flow in shipped()} == set(kept())
