"""A refused or reduced household gets a notice with reason, basis and remedy, and its service is recorded."""

from datetime import timedelta

import pytest
from django.db import connection

from portal import clock
from portal.ledger.models import Event
from workflows.demo.build import DEFINITION, County
from workflows.demo.play import active, check, visit_all
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.notices.models import HouseholdNotice, NoticeKind, ServiceMethod
from workflows.notices.services import ServiceRefused, serve

from ..county import make_batch


def notice(county: County, verdict: Verdict = Verdict.REFUSE) -> HouseholdNotice:
    """Return the notice of a household that was refused, or reduced by 100 yuan."""
    batch = make_batch(county, rows=2, until="check")
    visit_all(batch, county["reviewer1"])
    case = active(batch)[0]
    changes = {"amount_fen": case.amount_fen - 10_000} if verdict == Verdict.AGREE else {}
    check(batch, county["reviewer1"], {case.number: RowVerdict(verdict, "户主住院，圈舍没有建", changes)})
    return HouseholdNotice.objects.get()


def serving(county: County, told: HouseholdNotice, **changed: object) -> HouseholdNotice:
    """Serve `told` as usual but for `changed`."""
    usual = {
        "by": county["clerk1"],
        "notice_id": told.pk,
        "served_on": clock.today(),
        "how": ServiceMethod.SIGNED,
        "served_to": "李某",
    }
    return serve(**{**usual, **changed})  # type: ignore[arg-type]


def test_a_refusal_makes_a_notice_with_reason_basis_and_remedy(county: County) -> None:
    told = notice(county)
    assert (told.kind, told.after_fen) == (NoticeKind.REFUSED, 0)
    assert told.before_fen == told.case.requested_fen
    assert told.reason == "户主住院，圈舍没有建" and told.remedy == DEFINITION["remedy"]
    assert told.basis.endswith("二（二）") and told.basis_url.endswith("#s2-2")


def test_a_reduction_makes_a_notice_with_both_amounts(county: County) -> None:
    told = notice(county, Verdict.AGREE)
    assert told.kind == NoticeKind.REDUCED and told.before_fen - told.after_fen == 10_000
    assert told.after_fen == told.case.amount_fen


def test_who_gets_what_they_asked_for_gets_no_notice(county: County) -> None:
    make_batch(county, rows=2, until="record")
    assert not HouseholdNotice.objects.exists()


def test_the_reason_is_not_readable_in_the_database(county: County) -> None:
    notice(county)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {HouseholdNotice._meta.db_table}")
        assert "住院" not in str(cursor.fetchall())


def test_service_is_recorded_with_its_event_and_without_a_name_in_it(county: County) -> None:
    told = serving(county, notice(county))
    assert (told.served_on, told.served_by, told.served_to) == (clock.today(), county["clerk1"], "李某")
    event = Event.objects.get(kind="notice.served")
    assert event.object_id == told.case.number and "李某" not in event.record
    assert event.openings.get().name == "served_to"


def test_a_notice_is_served_once(county: County) -> None:
    told = serving(county, notice(county))
    with pytest.raises(ServiceRefused, match="已经登记过"):
        serving(county, told)


@pytest.mark.parametrize("stranger", ["clerk2", "reviewer2", "sysadmin"])
def test_a_hidden_notice_is_a_missing_one(county: County, stranger: str) -> None:
    told = notice(county)
    with pytest.raises(ServiceRefused) as hidden:
        serving(county, told, by=county[stranger])
    with pytest.raises(ServiceRefused) as missing:
        serving(county, told, notice_id=told.pk + 99)
    assert str(hidden.value) == str(missing.value)


@pytest.mark.parametrize("other", ["head1", "county", "supervisor", "watch1"])
def test_who_does_not_serve_notices_may_not_record_it(county: County, other: str) -> None:
    with pytest.raises(ServiceRefused, match="村里或乡镇"):
        serving(county, notice(county), by=county[other])


@pytest.mark.parametrize("days", [-1, 1])
def test_the_day_of_service_is_between_the_notice_and_today(county: County, days: int) -> None:
    with pytest.raises(ServiceRefused, match="送达日期"):
        serving(county, notice(county), served_on=clock.today() + timedelta(days=days))


def test_who_signed_or_witnessed_is_named(county: County) -> None:
    with pytest.raises(ServiceRefused, match="谁签收"):
        serving(county, notice(county), served_to=" ")


def test_a_notice_that_was_served_stands_though_the_act_is_taken_back(county: County) -> None:
    from workflows.engine.models import ActKind
    from workflows.engine.services import act

    told = serving(county, notice(county, Verdict.AGREE))
    batch = told.case.batch
    act(
        actor=county["reviewer1"],
        batch_id=batch.pk,
        seen_version=batch.version,
        kind=ActKind.TAKE_BACK,
        opinion="金额看错了",
    )
    told.refresh_from_db()
    assert told.voided_at is None


def test_a_notice_of_an_amount_that_no_longer_stands_is_voided(county: County) -> None:
    from workflows.demo.play import sign

    from ..county import carry

    first = notice(county, Verdict.AGREE)
    batch = first.case.batch
    carry(county, batch, "approve")
    number = first.case.number
    outcome = sign(batch, county["head1"], rows={number: RowVerdict(Verdict.RETURN, "核减没有道理")})
    from workflows.engine.models import Batch

    back = Batch.objects.get(number=outcome.split[0])
    visit_all(back, county["reviewer1"])
    whole = RowVerdict(changes={"amount_fen": first.case.requested_fen})
    check(back, county["reviewer1"], {number: whole})
    first.refresh_from_db()
    assert first.voided_at is not None and HouseholdNotice.objects.count() == 1
    with pytest.raises(ServiceRefused):
        serving(county, first)
