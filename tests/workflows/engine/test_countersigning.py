"""Countersigning: as many must agree as the step asks for, each once, and nothing passes by itself."""

from datetime import timedelta

import pytest

from portal import clock
from portal.ledger.models import Event
from portal.ledger.verifier import verify
from portal.outbox.models import Message
from portal.people.models import User
from portal.people.services import end_office
from workflows.demo.build import County
from workflows.demo.play import active, sign
from workflows.engine import authority, countersign
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.errors import ActedAtAnotherLevel, NothingSigned
from workflows.engine.models import ActKind, Batch, CaseState
from workflows.engine.services import act

from .. import wells
from ..wells import FEN


@pytest.fixture
def heads(county: County) -> County:
    """Return the county with three heads in the township and two in the county."""
    wells.make_heads(county)
    return county


def offices(batch: Batch) -> list:
    return authority.offices_over(batch.area_path)


def test_a_step_that_needs_two_moves_with_the_second_agreement(heads: County) -> None:
    batch = wells.at(heads, "decide", "well:1", "well:2")
    assert (batch.needs, batch.signed) == (2, "")
    before = len(wells.drilled)
    sign(batch, heads["head1"], changes=FEN)
    assert batch.step == "decide" and len(wells.drilled) == before
    assert batch in Batch.objects.waiting_for(heads["head8"])
    assert batch not in Batch.objects.waiting_for(heads["head1"])
    sign(batch, heads["head8"])  # what the first filled in need not be typed again
    assert batch.step == "county" and len(wells.drilled) == before + 2
    assert verify().fault is None


def test_who_signed_already_is_refused_and_told_who_else_can(heads: County) -> None:
    batch = wells.at(heads, "decide")
    sign(batch, heads["head1"], changes=FEN)
    with pytest.raises(ActedAtAnotherLevel, match=r"已经签过了.*柏长青"):
        sign(batch, heads["head1"], changes=FEN)
    assert batch.acts.filter(step="decide").count() == 1


def test_nobody_agrees_to_another_amount_than_the_one_before(heads: County) -> None:
    batch = wells.at(heads, "decide")
    sign(batch, heads["head1"], changes={"amount_fen": 200_000})
    assert active(batch)[0].amount_fen == 300_000  # not before the step is complete
    with pytest.raises(NothingSigned, match="和先签的人填的不一样"):
        sign(batch, heads["head8"], changes=FEN)
    sign(batch, heads["head8"])
    assert batch.step == "county" and active(batch)[0].amount_fen == 200_000


def test_a_refusal_closes_the_row_and_says_whose_signature_it_ended(heads: County) -> None:
    batch = wells.at(heads, "decide", "well:1", "well:2")
    sign(batch, heads["head1"], changes=FEN)
    refused = active(batch)[0].number
    outcome = sign(batch, heads["head8"], changes=FEN, rows={refused: RowVerdict(Verdict.REFUSE, "没有水")})
    told = next(row for row in outcome.rows if row["case"] == refused)
    assert "路平川" in told["message"] and "不用再签" in told["message"]
    last = batch.acts.order_by("-pk").first()
    assert last is not None and last.notes["closed"] == [heads["head9"].pk]
    record = Event.objects.filter(kind="batch.acted", object_id=batch.number).order_by("-sequence").first()
    assert record is not None and '"closed":["head9"]' in record.record
    # Who need not sign any more is told, and nobody else is told so.
    message = Message.objects.get(title__startswith="不用再签")
    assert (message.recipient, "1户会签到此为止" in message.title) == (heads["head9"], True)
    assert (batch.step, batch.row_count) == ("county", 1)


def test_a_held_row_falls_out_with_the_signatures_that_it_has(heads: County) -> None:
    batch = wells.at(heads, "decide", "well:1", "well:2")
    sign(batch, heads["head1"], changes=FEN)
    held = active(batch)[0].number
    outcome = sign(batch, heads["head8"], changes=FEN, rows={held: RowVerdict(Verdict.HOLD)})
    apart = Batch.objects.get(number=outcome.split[0])
    assert batch.step == "county" and apart.signed == f",{heads['head1'].pk},"
    sign(apart, heads["head9"])
    assert apart.step == "county"


def test_all_means_all_who_were_in_office_when_the_step_was_entered(heads: County) -> None:
    batch = wells.at(heads, "county")
    assert batch.needs == 2
    sign(batch, heads["countyhead"])
    assert batch.step == "county"
    sign(batch, heads["countyhead9"])
    assert batch.step == "file"


def test_an_office_that_ends_leaves_the_batch_waiting_and_says_so(heads: County) -> None:
    batch = wells.at(heads, "county")
    sign(batch, heads["countyhead"])
    office = heads["countyhead9"].offices.get()
    end_office(by=heads["security"], office=office, on=clock.today(), reason="调走")
    batch.refresh_from_db()
    assert batch.step == "county"
    assert "不会自动通过" in countersign.lacks(batch, offices(batch))
    with pytest.raises(ActedAtAnotherLevel, match="先补任"):
        sign(batch, heads["countyhead"])
    wells.build.make_official(
        heads, "countyhead7", "接任人", wells.Role.COUNTY_HEAD, "枫禾县", wells.Line.ALL
    )
    sign(batch, heads["countyhead7"])
    assert batch.step == "file"


def test_the_signature_that_completed_a_step_can_be_taken_back_alone(heads: County) -> None:
    batch = wells.at(heads, "county")
    act(
        actor=heads["head8"],
        batch_id=batch.pk,
        seen_version=batch.version,
        kind=ActKind.TAKE_BACK,
        opinion="看错了",
    )
    batch.refresh_from_db()
    assert (batch.step, batch.signed, batch.needs) == ("decide", f",{heads['head1'].pk},", 2)
    sign(batch, heads["head9"])
    assert batch.step == "county"


def test_a_returned_row_begins_its_signatures_anew(heads: County) -> None:
    batch = wells.at(heads, "decide")
    sign(batch, heads["head1"], changes=FEN)
    outcome = act(
        actor=heads["head8"],
        batch_id=batch.pk,
        seen_version=batch.version,
        verdicts=wells.said(batch, Verdict.RETURN, "再看一次", to_step="look"),
    )
    batch.refresh_from_db()
    assert outcome.step == "look" and batch.signed == ""
    sign(batch, heads["reviewer1"])
    sign(batch, heads["head1"], changes=FEN)
    assert batch.step == "decide" and countersign.count(batch.signed) == 1


def test_a_changed_setting_leaves_running_signatures_as_they_are(heads: County) -> None:
    from portal.configuration.services import confirm, propose

    batch = wells.at(heads, "decide", "well:1", "well:2")
    sign(batch, heads["head1"], changes=FEN)
    setting = propose(
        by=heads["county"],
        key="flow.well_digging.decide.needs",
        area=heads.areas["枫禾县"],
        value=3,
        valid_from=clock.today(),
        source="县里定的",
    )
    confirm(by=heads["countyhead"], setting=setting)
    sign(batch, heads["head8"])
    assert batch.step == "county"  # two were enough when it came here
    with clock.travel(clock.now() + timedelta(days=1)):
        later = wells.at(heads, "decide", "well:3")
        assert later.needs == 3


def test_the_relatives_row_goes_to_the_others_or_up_where_too_few_are_left(heads: County) -> None:
    from portal.people import recusal

    def rule(user, subjects):  # type: ignore[no-untyped-def]
        own = {"head9": ["well:2"], "head8": ["well:2"]}
        return {s: "是本人兄弟" for s in subjects if s in own.get(user.username, [])}

    recusal.register(rule)
    try:
        batch = wells.at(heads, "decide", "well:1", "well:2")
        sign(batch, heads["head1"], changes=FEN)
        outcome = sign(batch, heads["head8"])
        apart = Batch.objects.get(number=outcome.split[0])
        assert batch.step == "county"
        assert (apart.step, apart.pending, apart.needs) == ("decide", ",county_head:assistance,", 1)
        sign(apart, heads["countyhead"], changes=FEN)
        assert apart.step == "county"
    finally:
        recusal._rules.remove(rule)


def test_refusing_every_row_closes_the_batch(heads: County) -> None:
    batch = wells.at(heads, "decide")
    number = active(batch)[0].number
    sign(batch, heads["head1"], rows={number: RowVerdict(Verdict.REFUSE, "没有水")})
    batch.refresh_from_db()
    assert batch.state == "closed" and batch.cases.get().state == CaseState.REFUSED


def of_two_levels(county: County, username: str, role: wells.Role) -> None:
    """Give a county head an office of the township too."""
    wells.build.grant(county, county[username], role, "杉坞镇")


def ask_for_an_opinion(batch: Batch, asker: User, person: User) -> None:
    """Let `person` be asked before the step is signed, and answer."""
    batch.refresh_from_db()
    act(
        actor=asker,
        batch_id=batch.pk,
        seen_version=batch.version,
        kind=ActKind.ADD_SIGN,
        opinion="请看一下",
        payload={"person": person.pk},
    )
    batch.refresh_from_db()
    act(actor=person, batch_id=batch.pk, seen_version=batch.version, kind=ActKind.ANSWER, opinion="看过")
    batch.refresh_from_db()


def test_all_are_those_who_gave_no_opinion_at_another_level(heads: County) -> None:
    of_two_levels(heads, "countyhead9", wells.Role.TOWNSHIP_REVIEWER)
    batch = wells.at(heads, "decide")
    ask_for_an_opinion(batch, heads["head1"], heads["countyhead9"])
    sign(batch, heads["head1"], changes=FEN)
    sign(batch, heads["head8"])
    assert (batch.step, batch.needs) == ("county", 1)
    assert batch.signers == f",{heads['countyhead'].pk},"
    with pytest.raises(ActedAtAnotherLevel, match="别的层级"):
        sign(batch, heads["countyhead9"])
    sign(batch, heads["countyhead"])
    assert batch.step == "file"


def test_all_are_those_who_signed_at_no_other_level(heads: County) -> None:
    of_two_levels(heads, "countyhead9", wells.Role.TOWNSHIP_HEAD)
    batch = wells.at(heads, "decide")
    sign(batch, heads["head1"], changes=FEN)
    sign(batch, heads["countyhead9"])
    assert (batch.step, batch.signers) == ("county", f",{heads['countyhead'].pk},")
    sign(batch, heads["countyhead"])
    assert batch.step == "file"


def test_where_nobody_is_left_who_may_sign_the_step_blocks(heads: County) -> None:
    for username in ("countyhead", "countyhead9"):
        of_two_levels(heads, username, wells.Role.TOWNSHIP_HEAD)
    batch = wells.at(heads, "decide")
    sign(batch, heads["countyhead"], changes=FEN)
    sign(batch, heads["countyhead9"])
    assert (batch.step, batch.needs) == ("county", 1)
    for username in ("countyhead", "countyhead9"):
        with pytest.raises(ActedAtAnotherLevel):
            sign(batch, heads[username])
    assert batch.step == "county"


def test_who_must_sign_here_gives_no_opinion_at_another_level_meanwhile(heads: County) -> None:
    of_two_levels(heads, "countyhead9", wells.Role.TOWNSHIP_REVIEWER)
    batch = wells.at(heads, "county")
    assert batch.needs == 2
    with pytest.raises(ActedAtAnotherLevel, match="请直接签"):
        ask_for_an_opinion(batch, heads["countyhead"], heads["countyhead9"])
