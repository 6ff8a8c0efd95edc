"""A figure of a round is counted again for who doubts it: today's share, and which things were not good."""

from datetime import timedelta

from django.urls import reverse

from disclosure.publicity.models import ListKind, PublicList
from portal import clock
from workflows.assessment import rounds
from workflows.assessment.counting import Scope
from workflows.assessment.indicators import BY_CODE, INDICATORS
from workflows.assessment.models import Round
from workflows.demo.build import County
from workflows.desk.assessment_counts import MISSED, recounted
from workflows.engine.models import Batch

from ..county import make_batch
from ..deadlines.conftest import on
from ..desk.conftest import SignIn
from ..rectification.conftest import opened as ticket_of
from .conftest import opened, scored


def told(county: County) -> Round:
    """Return a round of the townships whose scores were told."""
    round_ = opened(county)
    scored(county, round_)
    return rounds.tell(by=county["county"], round_id=round_.pk)


def test_every_computed_indicator_says_which_things_were_not_good(county: County) -> None:
    assert set(MISSED) == {one.code for one in INDICATORS if one.computed}
    round_ = told(county)
    ticket_of(county)
    make_batch(county, rows=1, until="deliberate", first=61)
    county_whole, township = county.areas["枫禾县"], county.areas["杉坞镇"]
    with on(clock.today() + timedelta(days=60)):
        late = Scope(county_whole, round_.first_day, clock.today())
        for code, missed in MISSED.items():
            scope = (
                late if code != "filed_right" else Scope(township, late.first, late.last, county["helper1"])
            )
            figure = BY_CODE[code].compute(scope)  # type: ignore[misc]
            assert len(list(missed(county["supervisor"], scope))) == figure.of - figure.good, code
        named = dict(MISSED["in_time"](county["supervisor"], late))
        batch = Batch.objects.latest("pk")
        assert reverse("desk:batch", args=[batch.number]) in named


def test_what_was_entered_after_the_opening_shows_as_a_difference(county: County, sign_in: SignIn) -> None:
    round_ = told(county)
    subject = round_.subjects.get(area=county.areas["杉坞镇"])
    now = recounted(county["county"], round_, subject)
    assert now and all(one.same for one in now.values())
    proof = PublicList.objects.filter(kind=ListKind.APPLICATION).earliest("pk")
    assert (f"/lists/{proof.number}/", proof.number) in now["proved"].missed
    subject.figures = subject.figures | {"in_time": {"good": 0, "of": 1}}
    assert not recounted(county["county"], round_, subject)["in_time"].same
    address = reverse("desk:assessed", args=[round_.number, subject.pk])
    client = sign_in("head1")
    page = client.get(address).content.decode()
    assert "现在再数：" not in page and "?count=1" in page, "nobody waits for it who did not ask"
    page = client.get(address, {"count": "1"}).content.decode()
    assert "和开考核那天一样" in page and f"/lists/{proof.number}/" in page


def test_what_a_household_said_is_not_shown_to_those_it_was_said_about(county: County) -> None:
    round_ = told(county)
    subject = round_.subjects.get(area=county.areas["杉坞镇"])
    ticket_of(county)
    with on(clock.today() + timedelta(days=60)):
        round_.last_day = clock.today()
        seen = recounted(county["supervisor"], round_, subject)["rectified"]
        kept = recounted(county["secretary1"], round_, subject)["rectified"]
    assert (len(seen.missed), seen.unseen) == (1, 0)
    assert (kept.missed, kept.unseen) == ([], 1), "of what they may not open they learn only how many"
