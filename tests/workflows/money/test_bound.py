"""The verification holds payments, meetings, lists, objections, offices … against the ledger, row by row."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from disclosure.publicity.models import PublicList
from disclosure.publicity.objections import lodge
from disclosure.publicity.postings import record_posting
from portal import clock
from portal.ledger.verifier import verify
from tests.workflows.county import make_batch, two_must_approve
from workflows.demo.build import County

# What somebody with the database in hand might do, and how the verification calls it.
DEEDS = {
    "update workflows_money_payment set amount_fen = amount_fen + 100": "拨付，办件",
    "update workflows_money_payment set paid_on = '2026-01-01'": "拨付，办件",
    "delete from workflows_money_payment": "不见了",
    "update disclosure_deliberations_meeting set votes_for = votes_for + 1": "会议",
    "update disclosure_publicity_publiclist set closes_on = '2026-01-01'": "公示期",
    "update disclosure_publicity_posting set seen_on = '2026-01-01'": "张贴记录",
    "delete from disclosure_publicity_objection": "异议",
    "update disclosure_publicity_objection set state = 'dismissed'": "异议",
    "update workflows_programmes_visit set visited_on = '2026-01-01'": "入户核查",
    "update portal_people_office set starts_on = '2020-01-01' where role = 'township_head'": "任职",
    "update portal_people_office set role = 'county_head' where role = 'village_clerk'": "任职",
    "update portal_configuration_setting set value = '9'": "配置",
    "update portal_configuration_setting set confirmed_by_id = proposed_by_id": "配置",
}


@pytest.fixture
def paid(county: County) -> County:
    """Return a county with a batch that was paid, a proof of posting, an objection and a setting."""
    two_must_approve(county, clock.today() + timedelta(days=90))
    make_batch(county, 1, until="end")
    result = PublicList.objects.latest("pk")
    clerk = county["clerk1"]
    record_posting(by=clerk, office=clerk.offices.get(), list_id=result.pk, seen_on=clock.today())
    lodge(list_id=result.pk, text="数目不对")
    return county


def test_what_is_done_past_the_portal_is_found_and_named(paid: County) -> None:
    assert verify().fault is None
    for deed, called in DEEDS.items():
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(deed)
                assert cursor.rowcount, deed
            fault = verify().fault
            transaction.set_rollback(True)
        assert fault is not None and called in str(fault), deed
    assert verify().fault is None


def test_an_office_that_nobody_granted_is_found(paid: County) -> None:
    columns = "role, line, starts_on, end_reason, announced, area_id, granted_by_id, confirmed_by_id"
    someone = paid["clerk1"].pk
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into portal_people_office ({columns}, user_id)"
            f" select {columns}, {someone} from portal_people_office where role = 'county_head'"
        )
    fault = verify().fault
    assert fault is not None and "账本没有记过" in str(fault)
