"""A batch signed through its page: what goes on, what is refused, and that nothing typed is lost."""

from typing import Any

from disclosure.deliberations.models import Meeting
from workflows.demo import play
from workflows.demo.build import County
from workflows.engine.models import Act, Batch, Case, CaseState, Decision
from workflows.programmes.models import Application

from .. import wells
from ..county import make_batch, two_must_approve
from .conftest import SignIn, form, page, rows


def test_a_township_head_signs_a_batch_with_one_button(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=3, until="approve")
    head = sign_in("head1")
    answer = head.post(page(batch.number), form(head, batch, opinion="同意"), follow=True)
    batch.refresh_from_db()
    assert batch.step == "record"
    assert "3 户往下走" in answer.content.decode()
    assert Act.objects.latest("pk").opinion == "同意"


def test_opening_a_batch_changes_nothing(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=2, until="approve")
    before = Batch.objects.filter(pk=batch.pk).values().get(), Act.objects.count()
    assert sign_in("head1").get(page(batch.number)).status_code == 200
    assert (Batch.objects.filter(pk=batch.pk).values().get(), Act.objects.count()) == before


def test_a_refused_row_leaves_the_batch_and_the_others_go_on(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=3, until="approve")
    first = rows(batch)[0]
    head = sign_in("head1")
    typed = form(head, batch, **{f"verdict-{first.pk}": "refuse", f"reason-{first.pk}": "发票日期早于申报"})
    shown = head.post(page(batch.number), typed, follow=True).content.decode()
    first.refresh_from_db()
    assert first.state == CaseState.REFUSED
    assert "2 户往下走" in shown
    assert "不同意：发票日期早于申报" in shown


def test_a_refusal_without_a_reason_signs_nothing_and_keeps_what_was_typed(
    county: County, sign_in: SignIn
) -> None:
    batch = make_batch(county, rows=2, until="approve")
    first = rows(batch)[0]
    head = sign_in("head1")
    typed = form(head, batch, opinion="一户不同意", **{f"verdict-{first.pk}": "refuse"})
    answer = head.post(page(batch.number), typed)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "选了“不同意”要写明理由" in shown
    assert ">一户不同意</textarea>" in shown
    assert f'name="verdict-{first.pk}" value="refuse" checked' in shown
    assert not Decision.objects.filter(step="approve").exists()


def test_an_amount_that_cannot_be_read_is_told_at_its_row_and_kept(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=2, until="check")
    reviewer = county["reviewer1"]
    play.visit_all(batch, reviewer)
    first = rows(batch)[0]
    client = sign_in("reviewer1")
    answer = client.post(page(batch.number), form(client, batch, **{f"f-{first.pk}-amount_fen": "三千元"}))
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "“核定金额”要填数字，单位元，最多两位小数" in shown
    assert 'value="三千元"' in shown
    batch.refresh_from_db()
    assert batch.step == "check"


def test_a_reviewer_lowers_an_amount_in_yuan_with_a_reason(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=2, until="check")
    play.visit_all(batch, county["reviewer1"])
    first = rows(batch)[0]
    client = sign_in("reviewer1")
    changes = {f"f-{first.pk}-amount_fen": "1,200.50", f"reason-{first.pk}": "核查面积少0.4亩"}
    client.post(page(batch.number), form(client, batch, **changes))
    assert Application.objects.get(case=first).checked_fen == 120_050
    seen = sign_in("reviewer1").get(page(batch.number)).content.decode()
    assert "核查面积少0.4亩" in seen


def test_a_row_not_visited_is_not_agreed_to_beforehand(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=2, until="check")
    client = sign_in("reviewer1")
    shown = client.get(page(batch.number)).content.decode()
    assert "还没有入户核查，去登记" in shown
    assert 'value="agree" checked' not in shown
    answer = client.post(page(batch.number), form(client, batch))
    assert answer.status_code == 422
    assert "这户还没有选意见" in answer.content.decode()


def test_when_every_row_is_refused_the_page_names_them_and_who_comes_late_is_told_why(
    county: County, sign_in: SignIn
) -> None:
    batch = make_batch(county, rows=2, until="approve")
    head, other = sign_in("head1"), sign_in("head1")
    late = form(other, batch)
    refused = {f"verdict-{case.pk}": "refuse" for case in rows(batch)}
    refused |= {f"reason-{case.pk}": "发票连号，查清再报" for case in rows(batch)}
    name = rows(batch)[0].application.household.head_name
    shown = head.post(page(batch.number), form(head, batch) | refused, follow=True).content.decode()
    assert "2 户到此为止，这一批办结了" in shown and "现在到" not in shown
    assert f">{name}</a> 不同意：发票连号，查清再报" in shown
    # Signed on another screen by the same person: their own act is no stranger's.
    answer = other.post(page(batch.number), late)
    assert answer.status_code == 409 and "您自己刚办过这一批" in answer.content.decode()


def test_who_still_had_a_refused_countersign_open_reads_that_they_need_not_sign(
    county: County, sign_in: SignIn
) -> None:
    wells.make_heads(county)
    two_must_approve(county)
    batch = make_batch(county, rows=2, until="approve")
    head, other = sign_in("head1"), sign_in("head9")
    late = form(other, batch)
    refused = {f"verdict-{case.pk}": "refuse" for case in rows(batch)}
    refused |= {f"reason-{case.pk}": "发票连号，查清再报" for case in rows(batch)}
    head.post(page(batch.number), form(head, batch) | refused)
    shown = other.post(page(batch.number), late).content.decode()
    assert "陶远山刚办过这一批，没有同意，会签到此为止，您不用再签" in shown
    more = other.get(f"{page(batch.number)}more/").content.decode()
    assert "不够数" not in more and "会签到此为止" in more


def test_a_stale_form_is_shown_again_with_everything_typed(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=2, until="check")
    play.visit_all(batch, county["reviewer1"])
    first = rows(batch)[0]
    client = sign_in("reviewer1")
    typed = form(client, batch, opinion="看过了", **{f"reason-{first.pk}": "少了一亩"})
    client.post(page(batch.number), {**typed, "do": "sign_for", "key": "other", "opinion": ""})
    answer = client.post(page(batch.number), typed)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "您看到的内容已经变了" in shown
    assert ">看过了</textarea>" in shown
    assert ">少了一亩</textarea>" in shown
    batch.refresh_from_db()
    assert f'name="seen_version" value="{batch.version}"' in shown
    assert not Decision.objects.filter(step="check").exists()


def test_the_same_form_sent_twice_is_one_act(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=2, until="approve")
    head = sign_in("head1")
    typed = form(head, batch)
    first, second = (head.post(page(batch.number), typed) for _turn in range(2))
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Act.objects.filter(batch=batch, step="approve").count() == 1


def test_a_form_without_its_version_is_stale(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="approve")
    head = sign_in("head1")
    assert head.post(page(batch.number), form(head, batch, seen_version="")).status_code == 409


def test_the_usual_phrase_is_the_opinion_where_nothing_was_written(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="approve")
    head = sign_in("head1")
    head.post(page(batch.number), form(head, batch, phrase="同意", opinion=""))
    assert Act.objects.filter(step="approve").latest("pk").opinion == "同意"


def test_a_return_goes_back_with_its_reason_on_the_row(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=2, until="approve")
    first = rows(batch)[0]
    head = sign_in("head1")
    typed = form(head, batch, **{f"verdict-{first.pk}": "return", f"reason-{first.pk}": "请再量一次面积"})
    head.post(page(batch.number), typed)
    first.refresh_from_db()
    assert first.step == "check"
    shown = sign_in("reviewer1").get(page(first.batch.number)).content.decode()
    assert "请再量一次面积" in shown


def test_taking_back_works_until_the_next_level_signed_for_it(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="approve")
    head = sign_in("head1")
    head.post(page(batch.number), form(head, batch))
    batch.refresh_from_db()
    data = {"do": "take_back", "seen_version": batch.version, "key": "t1", "opinion": ""}
    without = head.post(page(batch.number), data)
    assert without.status_code == 422
    assert "撤回要写明原因" in without.content.decode()
    head.post(page(batch.number), data | {"opinion": "金额看错了"})
    batch.refresh_from_db()
    assert batch.step == "approve"


def test_signed_for_a_batch_can_no_longer_be_taken_back(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="approve")
    head, office = sign_in("head1"), sign_in("county")
    head.post(page(batch.number), form(head, batch))
    batch.refresh_from_db()
    office.post(page(batch.number), {"do": "sign_for", "seen_version": batch.version, "key": "s1"})
    batch.refresh_from_db()
    assert batch.signed_for_by == county["county"]
    again = {"do": "take_back", "seen_version": batch.version, "key": "t2", "opinion": "看错了"}
    answer = head.post(page(batch.number), again)
    assert answer.status_code == 422
    batch.refresh_from_db()
    assert batch.step == "record"


def meeting(**changes: Any) -> dict[str, Any]:
    return {
        "do": "meeting",
        "held_on": "",
        "due_count": "5",
        "present_count": "5",
        "votes_for": "5",
        "votes_against": "0",
        "votes_abstained": "0",
        "stepped_out": "0",
        **changes,
    }


def test_a_meeting_is_recorded_and_the_next_one_offered(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=2, until="deliberate")
    clerk = sign_in("clerk1")
    typed = form(clerk, batch)
    assert "接下来登记：支部提议" in clerk.get(page(batch.number)).content.decode().replace("\n", "")
    typed |= {key: value for key, value in meeting().items() if key != "held_on"}
    answer = clerk.post(page(batch.number), typed, follow=True)
    shown = answer.content.decode()
    assert Meeting.objects.get().passed
    assert "两委商议" in shown
    assert Meeting.objects.get().explanation in shown


def test_counts_that_contradict_each_other_are_refused_and_kept(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="deliberate")
    clerk = sign_in("clerk1")
    typed = form(clerk, batch) | {"do": "meeting", "due_count": "5", "present_count": "7", "votes_for": "7"}
    answer = clerk.post(page(batch.number), typed | {"minutes": "议了一下午"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "实到7人比应到5人还多" in shown
    assert "议了一下午" in shown
    assert not Meeting.objects.exists()


def test_a_number_in_words_is_told_at_its_field(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="deliberate")
    clerk = sign_in("clerk1")
    answer = clerk.post(
        page(batch.number), form(clerk, batch) | meeting(held_on="2026-11-21", due_count="五")
    )
    assert answer.status_code == 422
    assert "“应到”请填整数" in answer.content.decode()


def test_households_are_sent_back_from_the_meetings(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=2, until="deliberate")
    first = rows(batch)[0]
    clerk = sign_in("clerk1")
    data = form(clerk, batch) | {
        "do": "return",
        f"verdict-{first.pk}": "return",
        f"reason-{first.pk}": "户主不愿意",
    }
    clerk.post(page(batch.number), data)
    first.refresh_from_db()
    assert first.step == "file"
    assert Case.objects.filter(batch=batch, step="deliberate").count() == 1


def test_what_is_the_same_for_all_rows_is_typed_once(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=3, until="accept")
    client = sign_in("reviewer1")
    client.post(page(batch.number), form(client, batch, **{"all-acceptors": "沈知行、韩同行"}))
    batch.refresh_from_db()
    assert batch.step == "pay"
    assert {application.acceptors for application in Application.objects.all()} == {"沈知行、韩同行"}


def test_the_list_is_seen_masked_before_it_is_published(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=2, until="publish")
    client = sign_in("reviewer1")
    shown = client.get(page(batch.number)).content.decode()
    preview = shown[shown.index("公示出去是这样") :]
    assert "某" in preview
    assert not any(
        case.application.household.head_name in preview.split("desk-sign")[0] for case in rows(batch)
    )
    client.post(page(batch.number), form(client, batch))
    batch.refresh_from_db()
    assert batch.waits
    waiting = sign_in("clerk1").get(page(batch.number)).content.decode()
    assert f"/lists/{batch.waits}/" in waiting
    assert "还没有张贴记录" in waiting
