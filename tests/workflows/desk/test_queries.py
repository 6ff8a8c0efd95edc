"""Every list and the page of a batch take the same few queries at 20 rows and at 200."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from disclosure.publicity.models import ListRow, Objection, PublicList
from portal import clock
from portal.people.models import Role
from workflows.demo.build import County
from workflows.engine.models import Act, ActKind, Batch, BatchState, Case, CaseState, Decision
from workflows.notices.models import HouseholdNotice, NoticeKind
from workflows.programmes.models import Application
from workflows.rectification.models import Ticket
from workflows.rectification.services import open_ticket
from workflows.registry.models import Household

from ..county import make_batch
from .conftest import SignIn, page

ABOVE_EMPTY = 8


def queries(client: Client, address: str) -> int:
    """Return how many queries the page takes when the process is warm."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as caught:
        client.get(address)
    return len(caught)


@pytest.fixture(autouse=True)
def no_recheck(settings: Any) -> None:
    """Keep a process from asking now and then whether another one changed a setting."""
    settings.CONFIGURATION_RECHECK_SECONDS = None


@pytest.fixture
def empty(county: County, sign_in: SignIn) -> int:
    """Return what an official's page costs that shows nothing: session, account, offices, permissions, and
    the side bar's count of what waits, which an administrator does not have.
    """
    return queries(sign_in("sysadmin"), "/admin/") + 1


def more_batches(batch: Batch, count: int) -> None:
    """Copy `batch` into `count` more, each with an act, so that lists grow; nothing of it is played."""
    start = Batch.objects.count()
    values = {
        f.attname: getattr(batch, f.attname)
        for f in Batch._meta.concrete_fields
        if f.attname not in ("id", "number")
    }
    made = Batch.objects.bulk_create(
        Batch(number=f"{batch.number}x{start + n}", **values) for n in range(count)
    )
    act = batch.acts.order_by("-pk").first()
    assert act is not None
    kept = {
        f.attname: getattr(act, f.attname)
        for f in Act._meta.concrete_fields
        if f.attname not in ("id", "key", "batch_id")
    }
    Act.objects.bulk_create(Act(batch=one, key=f"copy{one.pk}", **kept) for one in made)


def more_rows(batch: Batch, count: int) -> None:
    """Put `count` more households into `batch`, each with an application and the decisions of the first."""
    case = batch.cases.order_by("pk").first()
    assert case is not None
    start = Case.objects.count()
    household = case.application.household
    columns = (
        "area_id",
        "area_path",
        "group_name",
        "category",
        "head_name",
        "head_name_hash",
        "phone",
        "bank_card",
    )
    homes = Household.objects.bulk_create(
        Household(**{name: getattr(household, name) for name in columns}) for _n in range(count)
    )
    columns = tuple(
        f.attname for f in Case._meta.concrete_fields if f.attname not in ("id", "number", "subject")
    )
    cases = Case.objects.bulk_create(
        Case(
            number=f"{case.number}x{start + n}",
            subject=home.subject,
            **{name: getattr(case, name) for name in columns},
        )
        for n, home in enumerate(homes)
    )
    columns = tuple(
        f.attname
        for f in Application._meta.concrete_fields
        if f.attname not in ("id", "case_id", "household_id")
    )
    Application.objects.bulk_create(
        Application(case=one, household=home, **{name: getattr(case.application, name) for name in columns})
        for one, home in zip(cases, homes, strict=True)
    )
    decisions = list(case.decisions.all())
    columns = tuple(f.attname for f in Decision._meta.concrete_fields if f.attname not in ("id", "case_id"))
    Decision.objects.bulk_create(
        Decision(case=one, **{name: getattr(old, name) for name in columns})
        for one in cases
        for old in decisions
    )


def same(client: Client, address: str, grow: Callable[[int], None], most: int) -> None:
    """Assert that the page takes as many queries at 200 as at 20, and no more than `most`."""
    grow(20)
    at_20 = queries(client, address)
    grow(180)
    at_200 = queries(client, address)
    assert at_20 == at_200
    assert at_20 <= most, (address, at_20)


def test_the_list_of_what_waits(county: County, sign_in: SignIn, empty: int) -> None:
    batch = make_batch(county, rows=1, until="check")
    client = sign_in("reviewer1")
    same(client, "/admin/desk/todo/", lambda count: more_batches(batch, count), empty + ABOVE_EMPTY)
    same(client, "/admin/desk/todo/?q=产业", lambda count: more_batches(batch, count), empty + ABOVE_EMPTY)
    same(client, "/admin/", lambda count: more_batches(batch, count), empty + ABOVE_EMPTY)


def test_the_tickets_among_what_waits(county: County, sign_in: SignIn, empty: int) -> None:
    first = open_ticket(
        by=county["supervisor"],
        source="patrol",
        area=county.areas["禾坪村"],
        line="assistance",
        owner_role=Role.TOWNSHIP_REVIEWER,
        title="公示栏没有贴满天数",
        text="公示栏上的名单只贴了四天。",
        wanted="重新张贴，把照片报上来。",
    )

    def grow(count: int) -> None:
        start = Ticket.objects.count()
        left = ("id", "number")
        columns = [f.attname for f in Ticket._meta.concrete_fields if f.attname not in left]
        kept: dict[str, Any] = {name: getattr(first, name) for name in columns}
        Ticket.objects.bulk_create(Ticket(number=f"T{start + n}", **kept) for n in range(count))

    same(sign_in("reviewer1"), "/admin/desk/todo/", grow, empty + ABOVE_EMPTY)
    same(sign_in("supervisor"), "/admin/", grow, empty + ABOVE_EMPTY)


def test_the_lists_of_what_runs_and_what_was_handled(county: County, sign_in: SignIn, empty: int) -> None:
    batch = make_batch(county, rows=1, until="publish")
    client = sign_in("reviewer1")
    same(client, "/admin/desk/open/", lambda count: more_batches(batch, count), empty + ABOVE_EMPTY)
    same(client, "/admin/desk/handled/", lambda count: more_batches(batch, count), empty + ABOVE_EMPTY)


def test_the_list_of_what_is_over(county: County, sign_in: SignIn, empty: int) -> None:
    batch = make_batch(county, rows=1, until="check")
    batch.state, batch.closed_at = BatchState.CLOSED, clock.now()
    same(
        sign_in("supervisor"),
        "/admin/desk/closed/",
        lambda count: more_batches(batch, count),
        empty + ABOVE_EMPTY,
    )


@pytest.mark.parametrize(
    ("step", "username"),
    [
        ("file", "clerk1"),
        ("deliberate", "clerk1"),
        ("check", "reviewer1"),
        ("publish", "reviewer1"),
        ("approve", "head1"),
        ("accept", "reviewer1"),
        ("pay", "finance"),
        ("pay", "supervisor"),
    ],
)
def test_the_page_of_a_batch(county: County, sign_in: SignIn, empty: int, step: str, username: str) -> None:
    batch = make_batch(county, rows=1, until=step)
    same(sign_in(username), page(batch.number), lambda count: more_rows(batch, count), empty + ABOVE_EMPTY)


def test_the_list_of_notices(county: County, sign_in: SignIn, empty: int) -> None:
    batch = make_batch(county, rows=1, until="check")
    case = batch.cases.get()

    def grow(count: int) -> None:
        HouseholdNotice.objects.bulk_create(
            HouseholdNotice(case=case, kind=NoticeKind.REFUSED, reason="不符", basis="二", remedy="可以提")
            for _n in range(count)
        )

    same(sign_in("clerk1"), "/admin/desk/notices/", grow, empty + ABOVE_EMPTY)


def test_the_lists_of_publicity_and_objections(county: County, sign_in: SignIn, empty: int) -> None:
    make_batch(county, rows=1, until="approve")
    first = PublicList.objects.order_by("-pk").first()
    row = ListRow.objects.filter(list=first).first()
    assert first is not None and row is not None

    def grow(count: int) -> None:
        start = PublicList.objects.count()
        kept: dict[str, Any] = {
            f.attname: getattr(first, f.attname)
            for f in PublicList._meta.concrete_fields
            if f.attname not in ("id", "number")
        }
        PublicList.objects.bulk_create(PublicList(number=f"L{start + n}", **kept) for n in range(count))
        Objection.objects.bulk_create(
            Objection(
                list=first,
                row=row,
                receipt=f"R{start + n}",
                pin_hash="x",
                text="不对",
                received_on=clock.today(),
                due_on=clock.today(),
            )
            for n in range(count)
        )

    client = sign_in("head1")
    same(client, reverse("desk:lists"), grow, empty + ABOVE_EMPTY)
    same(client, reverse("desk:objections"), grow, empty + ABOVE_EMPTY)
    same(client, reverse("desk:list", args=[first.number]), grow, empty + ABOVE_EMPTY)


def test_the_households_to_file_for(county: County, sign_in: SignIn, empty: int) -> None:
    batch = make_batch(county, rows=1, until="file")
    assert county.programme is not None
    address = f"/admin/desk/file/?programme={county.programme.slug}"
    same(sign_in("clerk1"), address, lambda count: more_rows(batch, count), empty + ABOVE_EMPTY)


def test_copies_of_acts_are_of_the_kinds_that_lists_count(county: County) -> None:
    batch = make_batch(county, rows=2, until="check")
    more_rows(batch, 3)
    more_batches(batch, 2)
    assert batch.cases.filter(state=CaseState.ACTIVE).count() == 5
    assert Act.objects.filter(kind=ActKind.SIGN, key__startswith="copy").count() == 2
