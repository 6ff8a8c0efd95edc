"""考核 at the desk: opened, scored, told, appealed, decided, published; a refusal to close names the gaps."""

from datetime import timedelta

from django.urls import reverse

from portal import clock
from portal.files.models import PrivateFile
from portal.ledger.models import Event
from workflows.assessment import rounds, scoring
from workflows.assessment.models import Round, RoundState
from workflows.demo import play
from workflows.demo.build import County

from ..county import make_batch
from ..deadlines.conftest import on
from ..desk.conftest import SignIn
from .conftest import REASON, opened, scored


def test_a_round_goes_through_its_screens(county: County, sign_in: SignIn) -> None:
    reviewer, watcher, head, secretary = map(sign_in, ("reviewer1", "supervisor", "head1", "secretary1"))
    new = f"{reverse('desk:new_assessment')}?place=杉坞镇"
    page = reviewer.get(new).content.decode()
    assert "<b>农户说和账上一致</b> · 平台算" in page and "<b>责任落实</b> · 两个人打分" in page
    assert "考核期由配置定" in page
    body = {"period": f"year-{clock.today().year}"}
    refused = reviewer.post(new, body | {"subjects_are": "county"})
    assert refused.status_code == 422 and "请选到市" in refused.content.decode()
    made = reviewer.post(new, body | {"subjects_are": "village"})
    assert made.status_code == 302
    round_ = Round.objects.get()
    here = reverse("desk:assessment", args=[round_.number])
    assert secretary.get(here).status_code == 404
    codes = scoring.typed_codes(round_)
    for client in (reviewer, watcher):
        for subject in round_.subjects.all():
            form = {f"points-{code}": "85" for code in codes} | {f"reason-{code}": REASON for code in codes}
            address = reverse("desk:assessed", args=[round_.number, subject.pk])
            assert client.post(address, {"do": "score", **form}).status_code == 302
    assert reviewer.post(here, {"do": "tell"}).status_code == 302
    mine = round_.subjects.get(area=county.areas["禾坪村"])
    other = round_.subjects.get(area=county.areas["竹坞村"])
    address = reverse("desk:assessed", args=[round_.number, mine.pk])
    page = secretary.get(address).content.decode()
    assert "平台算出" in page and REASON in page
    assert secretary.get(reverse("desk:assessed", args=[round_.number, other.pk])).status_code == 404
    appeal = {"do": "appeal", "code": "duty", "words": "档案在村部，没有来看"}
    assert secretary.post(address, appeal).status_code == 302
    round_.refresh_from_db()
    assert round_.appeal_until is not None
    make_batch(county, rows=1, until="start", first=41)
    with on(round_.appeal_until + timedelta(days=1)):
        settle = {"do": "settle", "code": "duty", "upheld": "no", "words": "看过，档案不全"}
        assert head.post(address, settle).status_code == 302
        for do in ("decide", "publish"):
            assert head.post(here, {"do": do}).status_code == 302, do
        round_.refresh_from_db()
        assert round_.state == RoundState.PUBLISHED
        follow = {"do": "consequence", "kind": "interview", "words": "档案不全，限期补齐"}
        assert head.post(address, follow).status_code == 302
        page = head.get(here).content.decode()
        assert "?sums=1" in page and "对不上的" not in page, "nobody waits for the sums who did not ask"
        assert "处理好以前不能办结" in head.get(here, {"sums": "1"}).content.decode()
        closing = head.post(here, {"do": "close"})
        page = closing.content.decode()
        assert closing.status_code == 422 and "对不上" in page and "批了，没有拨付" in page
        assert "约谈" in secretary.get(address).content.decode()
        assert round_.list is not None
        public = secretary.get(f"/lists/{round_.list.number}/").content.decode()
        assert "禾坪村" in public and " 分" in public


def test_a_second_scorer_does_not_read_the_first_and_no_refused_form_is_lost(
    county: County, sign_in: SignIn
) -> None:
    reviewer, watcher, head = map(sign_in, ("county", "supervisor", "countyhead"))
    round_ = opened(county)
    first, second = round_.subjects.order_by("area__path")
    codes = scoring.typed_codes(round_)
    form = {f"points-{code}": "85" for code in codes} | {f"reason-{code}": REASON for code in codes}
    address = reverse("desk:assessed", args=[round_.number, first.pk])
    done = reviewer.post(address, {"do": "score", **form})
    assert done["Location"] == reverse("desk:assessed", args=[round_.number, second.pk])
    page = watcher.get(address).content.decode()
    assert "另一个人打过了" in page and REASON not in page
    assert watcher.post(address, {"do": "score", **form}).status_code == 302
    assert REASON in watcher.get(address).content.decode()
    again = reviewer.post(address, {"do": "score", **form, "points-duty": "77", "why": ""})
    page = again.content.decode()
    assert again.status_code == 422 and 'value="77"' in page and "写清为什么改" in page
    for client in (reviewer, watcher):
        client.post(reverse("desk:assessed", args=[round_.number, second.pk]), {"do": "score", **form})
    here = reverse("desk:assessment", args=[round_.number])
    assert reviewer.post(here, {"do": "tell"}).status_code == 302
    scoring.appeal(by=county["head1"], subject_id=first.pk, code="duty", words="组织人员都有，少算了")
    settle = {"do": "settle", "code": "duty", "words": "看过档案，确实不全"}
    for lacking in ({}, {"upheld": "yes"}):
        refused = head.post(address, settle | lacking)
        page = refused.content.decode()
        assert refused.status_code == 422 and settle["words"] in page
    assert 'value="yes" checked' in page
    refused = head.post(here, {"do": "call_off", "off": "错了"})
    assert refused.status_code == 422 and ">错了</textarea>" in refused.content.decode()
    assert "作废这一轮" not in reviewer.get(here).content.decode()


def test_a_score_comes_with_its_papers_and_the_city_sends_a_round_back(
    county: County, sign_in: SignIn
) -> None:
    round_ = opened(county)
    here, client = reverse("desk:assessment", args=[round_.number]), sign_in("county")
    codes = scoring.typed_codes(round_)
    form = {f"points-{code}": "85" for code in codes} | {f"reason-{code}": REASON for code in codes}
    for subject in round_.subjects.all():
        address = reverse("desk:assessed", args=[round_.number, subject.pk])
        assert client.post(address, {"do": "score", **form, "files": play.photo("台账")}).status_code == 302
    papers = PrivateFile.objects.filter(reference__startswith="assessment:")
    assert {one.uploaded_by for one in papers} == {county["county"]}
    # Neither who is still to score nor the assessed opens them, by whatever address.
    for name, status in (("county", 200), ("supervisor", 404), ("head1", 404), ("secretary1", 404)):
        assert sign_in(name).get(reverse("private_file", args=[papers[0].pk])).status_code == status, name
    scored(county, round_, by=("supervisor",))
    rounds.tell(by=county["county"], round_id=round_.pk)
    for name, status in (("supervisor", 200), ("head1", 200), ("secretary1", 404)):
        assert sign_in(name).get(reverse("private_file", args=[papers[0].pk])).status_code == status, name
    round_.refresh_from_db()
    assert round_.appeal_until is not None
    head, city = sign_in("countyhead"), sign_in("assessor")
    with on(round_.appeal_until + timedelta(days=1)):
        assert head.post(here, {"do": "decide"}).status_code == 302
        bare = city.post(here, {"do": "back", "words": ""})
        assert bare.status_code == 422 and head.post(here, {"do": "back", "words": "再查"}).status_code == 422
        assert city.post(here, {"do": "back", "words": "访谈不够，再查"}).status_code == 302
    event = Event.objects.filter(object_type="assessment").latest("sequence")
    assert (event.kind, event.actor) == ("assessment.sent_back", county["assessor"])
    round_.refresh_from_db()
    assert round_.state == RoundState.APPEALS
