"""Structured logs that hold no personal data: no names, numbers, query strings, bodies or values of rows.

What a log line keeps is where something happened (route, module, function, line) and of which kind it
was; what it happened to is in the ledger, for those who may read it there.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime

# Whose words may be logged: our own floors, and packages that log about processes and tasks alone.
TRUSTED = ("portal", "disclosure", "workflows", "django_tasks_db", "_granian")
# ID numbers, mobile numbers, bank cards, e-mail addresses. Area codes (12 digits) stay.
PERSONAL = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9}|\d{16,19})(?!\d)|[\w.+-]+@[\w-]+\.[\w.-]+")
REMOVED = "[…]"


def is_trusted(name: str) -> bool:
    """Tell whether the logger `name` is one of ours or speaks of processes alone."""
    return name.split(".", 1)[0] in TRUSTED


def message(record: logging.LogRecord) -> str:
    """Return the record's text without personal data.

    Of a package's message only its fixed words and numbers are kept: a path, a user name or the value
    of a row may stand in the rest.
    """
    if record.name.startswith("django.security"):
        # These quote what the visitor sent; the kind of the fault says enough.
        return "Refused a request that was not understood"
    text, values = str(record.msg), record.args
    if not is_trusted(record.name) and values:
        if isinstance(values, dict):
            values = {key: _number(value) for key, value in values.items()}
        else:
            values = tuple(_number(value) for value in values)
    try:
        text = text % values if values else text
    except (TypeError, ValueError):
        text = str(record.msg)
    return PERSONAL.sub(REMOVED, text)


def _number(value: object) -> object:
    return value if isinstance(value, int | float) else REMOVED


class PersonalDataFilter(logging.Filter):
    """Take personal data out of a record before any handler sees it; for handlers with their own formats."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's message; every record passes."""
        record.msg, record.args = message(record), ()
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line: when, who, what; of a request its route, of a fault its kind and place."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message(record),
        }
        request = getattr(record, "request", None)
        if request is not None:
            match = getattr(request, "resolver_match", None)
            # The route (lists/<number>/), not the path: a path may hold the code of a receipt.
            fields["route"] = match.route if match else None
            fields["method"] = request.method
        if isinstance(status := getattr(record, "status_code", None), int):
            fields["status"] = status
        if record.exc_info and record.exc_info[1] is not None:
            fields["fault"] = faults(record.exc_info[1])
        return json.dumps(fields, ensure_ascii=False)


def faults(error: BaseException) -> list[dict[str, object]]:
    """Return the kind and the place of an error and of those that led to it, without their messages.

    A message may quote a row ("Key (phone)=(…) already exists").
    """
    found: list[dict[str, object]] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = traceback.extract_tb(current.__traceback__)
        kind = f"{type(current).__module__}.{type(current).__qualname__}"
        found.append({"kind": kind, "at": [f"{at.filename}:{at.lineno} {at.name}" for at in frames]})
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return found


def configuration(formatter: str) -> dict[str, object]:
    """Return Django's LOGGING with one console handler, formatted as ``json`` or ``plain``."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"personal": {"()": "portal.running.logs.PersonalDataFilter"}},
        "formatters": {
            "json": {"()": "portal.running.logs.JsonFormatter"},
            "plain": {"format": "%(levelname)s %(name)s: %(message)s"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": formatter,
                "filters": ["personal"],
            }
        },
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            # Django's own handlers mail whole requests to administrators.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "level": "INFO", "propagate": True},
            "django.request": {"level": "ERROR"},
            "axes": {"level": "WARNING"},
        },
    }
