"""Every route of the portal and of Wagtail's admin × role × area × line: who gets in, and nothing changes."""

import os
from collections.abc import Iterable, Mapping
from itertools import cycle
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from portal.ledger.models import Event
from portal.people.models import COUNTY_ROLES, TOWNSHIP_ROLES, VILLAGE_ROLES, Line, Role
from tests.conftest import FULL

from .answers import BUSINESS, FILERS, OBJECTION_READERS, READERS, SHARED, Access, everyone, over, private
from .routes import Route, addresses
from .stage import (
    OWN_FORM,
    VILLAGE,
    Actor,
    Stage,
    contents,
    everybody,
    give_section,
    one_of_each_role,
    watched,
    without_office,
)
from .table import TABLE
from .wagtails import BOOKKEEPING as WAGTAILS_BOOKKEEPING

pytestmark = pytest.mark.django_db
# Opening a file has no body either: whoever may read it is in the ledger with every opening.
OPENED = {"portal_ledger_event", "portal_ledger_head", "portal_ledger_tile"}
BOOKKEEPING = {
    **WAGTAILS_BOOKKEEPING,
    **dict.fromkeys(
        ["private_file", *(f"a photo of a {kind}" for kind in ("visit", "list", "objection"))], OPENED
    ),
}
GARBAGE = {
    "do": "sign",
    "seen_version": "٣x",
    "key": "\x00" * 80,
    "opinion": "\x00",
    "row": "9" * 40,
    "notice": "-1",
    "outcome": "upheld",
    "csrfmiddlewaretoken": "no",
}

LISTS = {
    "wagtailadmin_home",
    *(name for name, access in TABLE.items() if name.startswith("desk:") and access.post in (405, 404)),
}


def known(stage: Stage) -> Mapping[str, Mapping[str, Any]]:
    """Return the arguments of the routes whose objects the stage made."""
    listed = {"number": stage.shown.number}
    ours = {
        "area": {"code": stage.county.areas[VILLAGE].code},
        "ask-area": {"code": stage.county.areas[VILLAGE].code},
        "ask-programme": {"code": stage.county.areas[VILLAGE].code, "slug": OWN_FORM},
        "area-feed": {"code": stage.county.areas[VILLAGE].code},
        "column-feed": {"column": "notices"},
        "list": listed,
        "data-list": {**listed, "form": "csv"},
        "data-area": {"code": stage.county.areas[VILLAGE].code, "form": "csv"},
        "api-schema": {"name": "lists"},
        "api-area": {"code": stage.county.areas[VILLAGE].code},
        "api-list": listed,
        "api-lines": listed,
        "list-page": {**listed, "page": 1},
        "list-all": listed,
        "object": listed,
        "object-row": {**listed, "position": 1},
        "programme": {"slug": stage.county.programme.slug},  # type: ignore[union-attr]
        "private_file": {"pk": stage.files["case"].pk},
        "private_file_original": {"pk": stage.files["case"].pk},
        "desk:batch": {"number": stage.running.number},
        "desk:more": {"number": stage.running.number},
        "desk:visits": {"number": stage.running.number},
        "desk:case": {"number": stage.case.number},
        "desk:amend": {"number": stage.filed.number},
        "desk:print_case": {"number": stage.case.number},
        "desk:export": {"box": "todo"},
        "desk:export_batch": {"number": stage.case.batch.number},
        "desk:print_batch": {"number": stage.case.batch.number},
        "desk:list": listed,
        "desk:trail_act": {
            "sequence": Event.objects.filter(object_id=stage.case.number).latest("sequence").sequence
        },
        "desk:flag": {"pk": stage.flag.pk},
        "desk:print_board": listed,
        "desk:correct_list": listed,
        "desk:redact": listed,
        "desk:papers": {"number": stage.shown.deliberation.number},  # type: ignore[union-attr]
        "matter": {"number": stage.matter.number},
        "desk:matter": {"number": stage.matter.number},
        "desk:print_minutes": {"number": stage.matter.number},
        "desk:objection": {"pk": stage.objection.pk},
        "desk:erratum": {"pk": stage.erratum.pk},
        "desk:request": {"pk": stage.asked.pk},
        "desk:ticket": {"number": stage.ticket.number},
        "desk:fortnight": {"number": stage.fortnight.number},
        "desk:assessment": {"number": stage.round.number},
        "desk:assessed": {"number": stage.round.number, "pk": stage.round.subjects.all()[0].pk},
        "desk:spot_check": {"number": stage.spot_check.number},
        "desk:spot_bundle": {"number": stage.spot_check.number},
        "desk:spot_visit": {"number": stage.spot_check.number, "position": 1},
        "desk:setting": {"key": "notice.serve_days"},
        "desk:programme": {"slug": stage.county.programme.slug},  # type: ignore[union-attr]
        "desk:version": {"slug": stage.county.programme.slug},  # type: ignore[union-attr]
        "desk:household": {"pk": stage.household.pk},
        "desk:account": {"pk": stage.county["clerk1"].pk},
    }
    page = {
        "page_id": stage.page.pk,
        "parent_page_id": stage.section.pk,
        "content_type_model_name": "noticepage",
        "revision_id": stage.page.latest_revision_id,
    }
    theirs = {name: page for name in TABLE if name.startswith("wagtailadmin_") and "choose_page" not in name}
    theirs["wagtailadmin_pages:unpublish"] = {"page_id": stage.section.pk}
    theirs["wagtailadmin_api:pages:detail"] = {"pk": stage.page.pk}  # type: ignore[dict-item]
    return {**theirs, **ours}


def further(stage: Stage) -> list[tuple[str, str, Access]]:
    """Return addresses of objects that share a route with others: name, address, who gets in."""
    programme = stage.county.programme
    assert programme is not None
    form = f"{reverse('desk:file')}?programme={programme.slug}"
    reading = {
        "visit": over(READERS, *BUSINESS),
        "list": over(READERS, Line.ASSISTANCE),
        "objection": over(OBJECTION_READERS, Line.ASSISTANCE),
    }
    files = [
        (
            f"a photo of a {kind}",
            reverse("private_file", args=[stage.files[kind].pk]),
            private(opens),
        )
        for kind, opens in reading.items()
    ]
    refused = reverse("desk:case", args=[stage.refused.number])
    draft = reverse("desk:batch", args=[stage.draft.number])
    shared = reverse("desk:batch", args=[stage.shared.number])
    # The programme is the county's, so every filer on its line finds it; the household is the village's.
    anywhere = Access(lambda who: who.role in FILERS and who.line in (Line.ALL, Line.ASSISTANCE), post=404)
    return [
        *files,
        ("a case with a notice", refused, Access(over(READERS, *BUSINESS), post=422)),
        ("a batch that finance files", shared, Access(over(READERS, *SHARED), post=422)),
        ("a batch not sent in", draft, Access(over(READERS, *BUSINESS), post=422)),
        ("filing for a programme", form, anywhere),
        (
            "filing for a household",
            f"{form}&household={stage.household.pk}",
            Access(over(FILERS, Line.ASSISTANCE), post=404),
        ),
    ]


class Asking:
    """One person asking, request by request; `wrong` gathers what was not as the table says.

    With `bodies`, what is open gets garbage besides a POST with nothing in it. With `turns`, what is shut
    (without `bodies` what is open too) is asked by GET and by POST in turn, not by both, and what is open to
    everybody by GET alone: visitors ask it by every method.
    """

    def __init__(self, actor: Actor, *, bodies: bool, turns: bool) -> None:
        self.actor, self.bodies, self.wrong = actor, bodies, list[str]()
        self.brief = turns and actor.role is not None
        ways = [("get",), ("post",)] if actor.user is None or actor.user.pk % 2 else [("post",), ("get",)]
        self.turns = cycle(ways) if turns else cycle([("get", "post")])
        self.kinds = cycle([0, 1] if self.actor.user is None or self.actor.user.pk % 2 else [1, 0])
        self.client = self._sign_in()
        self.missing = self.client.get("/admin/no/such/page/").content if actor.signed_in else b""

    def ask(self, name: str, address: str, access: Access) -> None:
        """GET and POST `address` and compare with `access`."""
        desk = address.startswith("/admin/")
        allowed = BOOKKEEPING.get(name, set())
        opens = access.opens(self.actor)
        known = self.brief and access.opens is everyone
        both = opens and (self.bodies or FULL)
        methods = ("get",) if known else ("get", "post") if both else next(self.turns)
        bodies: list[tuple[str, Any]] = [(way, None if way == "get" else {}) for way in methods]
        if opens and access.post != 405 and self.bodies and not known:
            garbage: list[tuple[str, Any]] = [("post", GARBAGE), ("raw", b"\xff\x00{")]
            # In the short run a form gets one kind of garbage of each person, the other of the next.
            bodies += garbage if FULL else [garbage[next(self.kinds)]]
        for method, body in bodies:
            with watched() as written:
                response = self._send(method, address, body)
            if "logout" in name:
                self.client = self._sign_in()
            wanted = access.expected(self.actor, "get" if method == "get" else "post", desk=desk)
            said = f"{self.actor} {method} {name} {address}: {response.status_code}"
            if body in (None, {}) and response.status_code != wanted:
                self.wrong.append(f"{said}, not {wanted}")
            if response.status_code >= 500:
                self.wrong.append(f"{said} {body!r}")
            if set(written) - allowed:
                self.wrong.append(f"{said} wrote to {sorted(set(written))}")
            shut = desk and self.actor.signed_in and response.status_code == 404
            if shut and method == "get" and response.content != self.missing:
                self.wrong.append(f"{said} is not the one 404")

    def _send(self, method: str, address: str, body: Any) -> Any:
        if method == "get":
            return self.client.get(address)
        if method == "raw":
            return self.client.post(address, body, content_type="application/octet-stream")
        return self.client.post(address, body)

    def _sign_in(self) -> Client:
        client = self.actor.client()
        client.raise_request_exception = False
        return client


def check(
    actors: Iterable[Actor], asked: Iterable[tuple[str, str, Access]], *, all_ways: bool = True
) -> None:
    """Have every one of `actors` ask everything; nothing may be written and every answer as expected.

    Unless `all_ways`, open forms get no garbage. In the short run what is shut is asked by one method, as are
    then open forms.
    """
    asked, wrong = list(asked), []
    for actor in actors:
        # allauth counts in the cache how often one address asks.
        cache.clear()
        asking = Asking(actor, bodies=all_ways, turns=not FULL)
        before = contents()
        for name, address, access in asked:
            asking.ask(name, address, access)
        after = contents()
        moved = {table for table, rows in after.items() if before[table] != rows}
        if moved - set().union(*BOOKKEEPING.values()):
            wrong.append(f"{actor}: rows came or went in {sorted(moved)}")
        wrong += asking.wrong
    assert not wrong, "\n".join(wrong[:60])


def everything(stage: Stage) -> list[tuple[str, str, Access]]:
    """Return name, address and access of every route, and of further objects.

    ``ROUTES="desk:trail desk:radar"`` asks those alone, for whoever works on them.
    """
    walked: list[tuple[Route, str]] = addresses(known(stage))
    found = [*((route.name, where, TABLE[route.name]) for route, where in walked), *further(stage)]
    wanted = os.environ.get("ROUTES", "").split()
    return [entry for entry in found if not wanted or entry[0] in wanted]


def test_every_route_is_in_the_table_and_every_line_of_the_table_is_a_route(stage: Stage) -> None:
    names = {route.name for route, _where in addresses(known(stage))}
    new, gone = sorted(names - set(TABLE)), sorted(set(TABLE) - names)
    assert not new, f"say in tests/access/table.py, TABLE, who opens: {', '.join(new)}"
    assert not gone, f"no such route any more, take out of tests/access/table.py: {', '.join(gone)}"


def test_who_holds_no_office_in_force_gets_the_public_pages_and_nothing_else(stage: Stage) -> None:
    before = Event.objects.count()
    actors = without_office(stage)
    held = Event.objects.count()
    check(actors, everything(stage))
    assert before < held == Event.objects.count()


@pytest.mark.parametrize(
    "roles",
    [VILLAGE_ROLES, [*TOWNSHIP_ROLES, *COUNTY_ROLES], None],
    ids=["village", "township and county", "the others"],
)
def test_every_role_opens_the_routes_of_the_table_and_no_other(
    stage: Stage, roles: list[Role] | None
) -> None:
    known_roles = {*VILLAGE_ROLES, *TOWNSHIP_ROLES, *COUNTY_ROLES}
    chosen = set(roles) if roles else set(Role) - known_roles
    actors = one_of_each_role(stage, chosen)
    for one in actors:
        if one.role == Role.EDITOR and one.user:
            give_section(one.user, stage.section)
    check(actors, everything(stage))


@pytest.mark.parametrize(
    "roles",
    [VILLAGE_ROLES, [role for role in Role if role not in VILLAGE_ROLES]],
    ids=["village", "the others"],
)
def test_objects_and_lists_open_by_area_and_line_alone(stage: Stage, roles: list[Role]) -> None:
    """In the short run what depends on area and line, and the desk's lists; in the full run every route."""
    asked = everything(stage)
    lists = [entry for entry in asked if entry[0] in LISTS]
    objects = [
        entry for entry in asked if entry[0].startswith(("desk:", "private_")) or entry[0] not in TABLE
    ]
    objects = [entry for entry in objects if entry not in lists]
    for actor in everybody(stage, roles, full=FULL):
        wanted = asked if FULL else [*objects, *(lists if actor.line == Line.ALL else ())]
        check([actor], wanted, all_ways=FULL)


def test_an_editor_without_a_section_has_no_page_to_edit(stage: Stage) -> None:
    client: Client = one_of_each_role(stage, {Role.EDITOR})[0].client()
    page = reverse("wagtailadmin_pages:edit", args=[stage.page.pk])
    assert client.get(page).status_code == 404
    assert client.post(page, {"title": "x"}).status_code == 404
