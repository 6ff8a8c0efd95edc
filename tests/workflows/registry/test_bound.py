"""The register is bound to the ledger: what is changed, deleted or put in past the portal is named."""

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model, QuerySet

from portal.ledger.verifier import verify
from workflows.demo import names
from workflows.demo.build import County
from workflows.registry import duplicates
from workflows.registry.details import Details, correct
from workflows.registry.incomes import Figures, record_income
from workflows.registry.kinships import declare
from workflows.registry.models import (
    Category,
    Degree,
    DuplicatePair,
    Household,
    IncomeSource,
    Kinship,
    Member,
    RegisterChange,
    YearIncome,
)
from workflows.registry.services import NewMember

from .test_register import head, register


@pytest.fixture
def home(county: County) -> Household:
    """Return a household with a wife, an income and a kinship, whose telephone was put right."""
    wife = names.person(2)
    home = register(county, head(), NewMember(wife.name, "配偶", wife.id_number))
    correct(by=county["clerk1"], household=home, details=Details("二组", names.phone(3), ""))
    record_income(
        by=county["clerk1"],
        household=home,
        figures=Figures(2025, wage_fen=900_000),
        source=IncomeSource.SURVEY,
    )
    declare(by=county["head1"], office=None, user=county["head1"], household=home, degree=Degree.SIBLING)
    return home


def rows_of(model: type[Model]) -> Any:
    """Return the rows of `model`, to be changed as a database's superuser would."""
    return QuerySet(model)


TAMPERED = {
    "category": lambda: rows_of(Household).update(category=Category.ORDINARY),
    "card": lambda: rows_of(Household).update(bank_card=names.bank_card(9)),
    "relation": lambda: rows_of(Member).filter(relation="配偶").update(relation="户主"),
    "age": lambda: rows_of(Member).filter(relation="户主").update(born_on=date(1950, 1, 1)),
    "income": lambda: rows_of(YearIncome).update(wage_fen=1),
    "history": lambda: rows_of(Household.history.model).filter(group_name="一组").update(group_name="九组"),
    "time of history": lambda: rows_of(Member.history.model).update(history_date="2020-01-01T00:00:00Z"),
    "history deleted": lambda: rows_of(YearIncome.history.model)._raw_delete("default"),
    "recusal": lambda: rows_of(Kinship).update(degree=Degree.IN_LAW),
    "recusal deleted": lambda: rows_of(Kinship)._raw_delete("default"),
    "change": lambda: rows_of(RegisterChange).filter(kind="details").update(case_number="99-1"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("what", TAMPERED)
def test_a_row_changed_past_the_portal_is_named(home: Household, what: str) -> None:
    assert verify().fault is None
    TAMPERED[what]()
    fault = verify().fault
    assert fault and "被改过或不见了" in fault.reason, what


@pytest.mark.django_db
def test_a_household_and_a_member_put_in_past_the_portal_are_named(county: County, home: Household) -> None:
    for model in (Member, Household):
        with transaction.atomic():
            row = model.objects.get(pk=home.members.first().pk if model is Member else home.pk)
            row.pk, row._state.adding = None, True
            if model is Member:
                row.id_number = ""
            row.skip_history_when_saving = True
            row.save()
            fault = verify().fault
            assert fault and "不是从门户登记的" in fault.reason, model
            transaction.set_rollback(True)
    assert verify().fault is None


@pytest.mark.django_db
@pytest.mark.postgres
def test_everything_that_the_register_does_by_itself_holds(county: County, home: Household) -> None:
    twin = register(county, NewMember(head().name, "户主", "", born_on=home.members.first().born_on))
    pair = DuplicatePair.objects.get()
    assert pair.second.household_id == twin.pk
    duplicates.judge(by=county["reviewer1"], pair=pair, same=True, reason="同一个人，登记了两次")
    assert verify().fault is None
    rows_of(Household).filter(pk=twin.pk).update(standing="in")
    assert verify().fault


@pytest.mark.django_db
def test_an_event_tells_nothing_of_what_its_rows_say(home: Household) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT record FROM portal_ledger_event")
        records = str(cursor.fetchall())
    assert '"rows":[["household",' in records
    for secret in (home.head_name, "二组", "900000", names.phone(3)):
        assert secret not in records, secret
