"""Every version of a flow as data, kept: ``python -m tests.workflows.flows.registered`` adds new ones.

`registered_flows.json` holds every version without what is left at its default. A change of a flow is a new
version and a new entry; an entry that stands is left as it is.
"""

import json
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workflows.engine.definitions import Flow

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


def name_of(flow: "Flow") -> str:
    """Return key and version."""
    return f"{flow.key} {flow.version}"


def kept() -> dict[str, Any]:
    """Return every registered version as it was when it was first registered."""
    return dict(json.loads(REGISTERED.read_text(encoding="utf-8"))) if REGISTERED.exists() else {}


def add_new() -> None:
    """Add the shipped versions that are not kept yet."""
    from workflows.flows.apps import shipped

    known = kept()
    for flow in shipped():
        known.setdefault(name_of(flow), as_data(flow))
    lines = [f"{json.dumps(name)}: {json.dumps(said, ensure_ascii=False)}" for name, said in known.items()]
    REGISTERED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.test")
    django.setup()
    add_new()
