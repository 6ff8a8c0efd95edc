"""What is asked for an object that is hidden and for one that is missing, and how two answers differ."""

import re
from collections.abc import Iterator
from difflib import unified_diff
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from portal.ledger.models import Event
from portal.people.models import ROLES_WITHOUT_CASES, Line, Role
from tests.conftest import FULL

from .stage import (
    COUNTY,
    OTHER_COUNTY,
    OTHER_TOWNSHIP,
    SIBLING,
    TOWNSHIP,
    VILLAGE,
    Actor,
    Stage,
    actor,
)

LISTS = ["wagtailadmin_home", *(f"desk:{name}" for name in ["todo", "open", "handled", "closed", "lists"])]
LISTS += ["desk:spot_checks", "desk:tickets", "desk:requests", "desk:objections", "desk:notices", "desk:file"]
LISTS += ["desk:trail", "desk:then", "desk:postings"]
LISTS += ["desk:pictures", "desk:radar", "desk:radar_rules", "desk:outside"]
SEARCHES = ["2026", VILLAGE, "到户产业奖补", "异议", "杉"]
PASSING = re.compile(rb'(name="csrfmiddlewaretoken" value="|"CSRF_TOKEN": "|nonce[-="]+)[\w-]+')
MOMENTS = {"Date", "Expires", "Last-Modified", "Content-Security-Policy", "Content-Length"}
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
FILLED = {
    "do": "sign",
    "seen_version": "1",
    "key": "k" * 20,
    "opinion": "同意",
    "outcome": "dismissed",
    "findings": "查过了",
    "answer": "查过了",
    "investigator1": "甲",
    "investigator2": "乙",
}


def strangers(stage: Stage) -> list[Actor]:
    """Return people from whom the village's objects are hidden, by area, by line and by role.

    In the short run PostgreSQL, where the same conditions run, is asked by every third of them.
    """
    everyone = [
        actor(stage, Role.VILLAGE_CLERK, SIBLING, Line.ALL),
        actor(stage, Role.HELPER, VILLAGE, Line.EDUCATION),
        actor(stage, Role.TOWNSHIP_REVIEWER, OTHER_TOWNSHIP, Line.ALL),
        actor(stage, Role.TOWNSHIP_REVIEWER, TOWNSHIP, Line.EDUCATION),
        actor(stage, Role.COUNTY_REVIEWER, OTHER_COUNTY, Line.ALL),
        actor(stage, Role.SUPERVISOR, SIBLING, Line.ALL),
        actor(stage, Role.SUPERVISOR, COUNTY, Line.EDUCATION),
        *(actor(stage, role, COUNTY, Line.ALL) for role in ROLES_WITHOUT_CASES),
    ]
    return everyone if FULL or connection.vendor == "sqlite" else everyone[::3]


def plain(response: Any) -> tuple[int, bytes, list[tuple[str, str]]]:
    """Return status, body less what is drawn for each request, and headers."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = sorted((name, value) for name, value in response.items() if name not in MOMENTS)
    cookies = sorted(response.cookies)
    return response.status_code, PASSING.sub(rb"\1", body), [*headers, ("cookies", str(cookies))]


def differences(one: Any, other: Any) -> str:
    """Return what is not the same in two answers, line by line; empty where they are equal."""
    pairs = [(str(one[0]), str(other[0])), (str(one[2]), str(other[2]))]
    lines = [(a.splitlines(), b.splitlines()) for a, b in pairs]
    lines.append((one[1].decode().splitlines(), other[1].decode().splitlines()))
    return "\n".join(line for a, b in lines for line in unified_diff(a, b, lineterm="", n=0))


def look(client: Client) -> dict[str, Any]:
    """Return what every list, count and search says."""
    seen = {}
    for name in LISTS:
        address = reverse(name)
        seen[address] = plain(client.get(address))
        # What does not open searches nothing.
        for word in (SEARCHES if FULL else SEARCHES[:3]) if seen[address][0] == 200 else ():
            seen[f"{address}?q={word}"] = plain(client.get(f"{address}?q={word}"))
    return seen


def object_addresses(stage: Stage) -> Iterator[tuple[str, str]]:
    """Yield the address of each hidden object, and that of one that is not there."""
    by_number = {
        "desk:batch": stage.running.number,
        "desk:more": stage.running.number,
        "desk:visits": stage.running.number,
        "desk:case": stage.case.number,
        "desk:amend": stage.filed.number,
        "desk:print_batch": stage.running.number,
        "desk:print_case": stage.case.number,
        "desk:export_batch": stage.running.number,
        "desk:list": stage.shown.number,
        "desk:print_board": stage.shown.number,
        "desk:correct_list": stage.shown.number,
        "desk:redact": stage.shown.number,
        "desk:ticket": stage.ticket.number,
        "desk:spot_check": stage.spot_check.number,
        "desk:fortnight": stage.fortnight.number,
        "desk:assessment": stage.round.number,
    }
    for name, number in by_number.items():
        yield reverse(name, args=[number]), reverse(name, args=[number[:-3] + "987"])
    yield reverse("desk:household", args=[stage.household.pk]), reverse("desk:household", args=[987654])
    hidden = Event.objects.filter(object_id=stage.case.number).latest("sequence")
    yield reverse("desk:flag", args=[stage.flag.pk]), reverse("desk:flag", args=[987654])
    yield reverse("desk:trail_act", args=[hidden.sequence]), reverse("desk:trail_act", args=[987654])
    yield reverse("desk:objection", args=[stage.objection.pk]), reverse("desk:objection", args=[987654])
    yield reverse("desk:request", args=[stage.asked.pk]), reverse("desk:request", args=[987654])
    for file in stage.files.values():
        for name in ("private_file", "private_file_original"):
            yield reverse(name, args=[file.pk]), reverse(name, args=[987654])
    form = f"{reverse('desk:file')}?programme={stage.county.programme.slug}&household="  # type: ignore[union-attr]
    yield f"{form}{stage.household.pk}", f"{form}987654"
    yield reverse("desk:file") + "?programme=build-then-subsidise", reverse("desk:file") + "?programme=none"


def sent(client: Client, method: str, address: str, body: Any) -> tuple[Any, int]:
    """Return the answer and how many queries it took: a hidden object is no more work than a missing one."""
    cache.clear()
    queries: list[str] = []

    def look_on(execute: Any, sql: str, *rest: Any) -> Any:
        queries.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(look_on):
        response = getattr(client, method)(address) if body is None else client.post(address, body)
        answer = plain(response)
    # A private file is looked up before the room that owns it is asked.
    return answer, 0 if address.startswith("/files/") else len(queries)
