"""As much of JSON Schema 2020-12 as the published schemas use; a keyword it does not know is an error."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
}
FORMATS: dict[str, Callable[[str], Any]] = {"date": date.fromisoformat, "date-time": datetime.fromisoformat}
SPOKEN = {"$schema", "$defs", "title", "description"}
KNOWN = SPOKEN | {"type", "enum", "pattern", "minimum", "format", "properties", "required", "oneOf", "$ref"}
KNOWN |= {"additionalProperties", "items"}


def complaints(value: Any, schema: Any, root: Any = None, where: str = "$") -> list[str]:
    """Return where `value` is not as `schema` says."""
    root = root or schema
    unknown = set(schema) - KNOWN
    assert not unknown, f"teach this check {unknown}"
    if "$ref" in schema:
        target = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return complaints(value, target, root, where)
    if "oneOf" in schema:
        fits = [not complaints(value, one, root, where) for one in schema["oneOf"]]
        return [] if sum(fits) == 1 else [f"{where}: {sum(fits)} of oneOf fit"]
    found = []
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(TYPES[kind](value) for kind in kinds):
        return [f"{where}: {value!r:.60} is not {kinds}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where}: {value!r:.60} is not in {schema['enum']}")
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            found.append(f"{where}: {value!r:.60} is not like {schema['pattern']}")
        if "format" in schema:
            FORMATS[schema["format"]](value)
    if TYPES["integer"](value) and value < schema.get("minimum", value):
        found.append(f"{where}: {value} is too small")
    if isinstance(value, dict):
        given = schema.get("properties", {})
        found += [f"{where}: no {name}" for name in schema.get("required", ()) if name not in value]
        if schema.get("additionalProperties") is False:
            found += [f"{where}: {name} is unknown" for name in value if name not in given]
        for name, one in given.items():
            if name in value:
                found += complaints(value[name], one, root, f"{where}.{name}")
    if isinstance(value, list) and "items" in schema:
        for place, one in enumerate(value):
            found += complaints(one, schema["items"], root, f"{where}[{place}]")
    return found
