"""What is typed and not sent is kept for one person; what changed since their last look is marked."""

from datetime import timedelta
from typing import Any

from portal import clock
from workflows.demo import play
from workflows.demo.build import County
from workflows.desk import keeping
from workflows.desk.models import Draft, Habit, LastSeen
from workflows.engine.models import Act, Batch, Case, Decision

from ..county import OFFICIALS, carry, make_batch
from .conftest import SignIn, form, page, rows


def keep(client: Any, batch: Batch, **typed: Any) -> Any:
    """Keep what is typed on the page of `batch`."""
    return client.post(page(batch.number), form(client, batch, **typed) | {"do": "keep"})


def at_the_check(county: County, count: int = 2) -> Batch:
    """Return a batch that the township checks, each home visited."""
    batch = make_batch(county, rows=count, until="check")
    play.visit_all(batch, county["reviewer1"])
    batch.refresh_from_db()
    return batch


def test_what_is_typed_is_kept_and_filled_in_again_and_decides_nothing(
    county: County, sign_in: SignIn
) -> None:
    batch = at_the_check(county)
    first = rows(batch)[0]
    before = Act.objects.count(), Decision.objects.count(), batch.version
    client = sign_in("reviewer1")
    typed = {
        f"verdict-{first.pk}": "refuse",
        f"reason-{first.pk}": "圈舍还没有建",
        f"f-{first.pk}-amount_fen": "12.5",
        "opinion": "看了两户",
    }
    assert keep(client, batch, **typed).status_code == 302
    batch.refresh_from_db()
    assert (Act.objects.count(), Decision.objects.count(), batch.version) == before
    shown = sign_in("reviewer1").get(page(batch.number)).content.decode()
    assert "您上次填的还在" in shown
    assert f'name="verdict-{first.pk}" value="refuse" checked' in shown
    for words in (">圈舍还没有建</textarea>", ">看了两户</textarea>", 'value="12.5"'):
        assert words in shown


def test_a_draft_is_encrypted_and_nobody_elses(county: County, sign_in: SignIn) -> None:
    from django.db import connection

    batch = at_the_check(county)
    keep(sign_in("reviewer1"), batch, opinion="只有我知道")
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM workflows_desk_draft")
        assert "只有我知道" not in cursor.fetchone()[0]
    for other in ("head1", "county", "supervisor", "clerk1"):
        assert "只有我知道" not in sign_in(other).get(page(batch.number)).content.decode()


def test_a_draft_is_kept_by_whoever_may_act_alone(county: County, sign_in: SignIn) -> None:
    batch = at_the_check(county)
    for name, status in {"head1": 302, "supervisor": 302, "clerk2": 404}.items():
        answer = sign_in(name).post(page(batch.number), {"do": "keep", "opinion": "不该我写"})
        assert answer.status_code == status
    assert not Draft.objects.exists()


def test_script_is_told_when_it_was_kept(county: County, sign_in: SignIn) -> None:
    batch = at_the_check(county)
    client = sign_in("reviewer1")
    data = form(client, batch) | {"do": "keep"}
    answer = client.post(page(batch.number), data, headers={"X-Desk-Draft": "1"})
    assert answer.status_code == 200 and answer.json()["stale"] is False
    refused = sign_in("head1").post(page(batch.number), {"do": "keep"}, headers={"X-Desk-Draft": "1"})
    assert refused.status_code == 422 and refused.json()["why"]


def test_a_draft_ends_when_it_is_sent_thrown_away_or_too_old(county: County, sign_in: SignIn) -> None:
    batch = at_the_check(county)
    client = sign_in("reviewer1")
    keep(client, batch, opinion="一")
    client.post(page(batch.number), {"do": "discard"})
    assert not Draft.objects.exists()
    keep(client, batch, opinion="二")
    Draft.objects.update(expires_on=clock.today() - timedelta(days=1))
    assert "您上次填的还在" not in client.get(page(batch.number)).content.decode()
    assert keeping.drop_expired() == 1
    keep(client, batch, opinion="三")
    typed = form(client, batch, **{f"verdict-{case.pk}": "agree" for case in rows(batch)})
    client.post(page(batch.number), typed)
    batch.refresh_from_db()
    assert batch.step == "publish" and not Draft.objects.exists()


def test_a_batch_that_changed_meanwhile_keeps_what_was_typed_and_shows_what_changed(
    county: County, sign_in: SignIn
) -> None:
    batch = at_the_check(county)
    first, second = rows(batch)
    client = sign_in("reviewer1")
    typed = form(client, batch, opinion="我写的", **{f"reason-{first.pk}": "少了一亩"})
    # The same desk in another window is faster.
    client.post(page(batch.number), {**typed, "do": "sign_for", "key": "other", "opinion": ""})
    answer = client.post(page(batch.number), typed)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert ">我写的</textarea>" in shown and ">少了一亩</textarea>" in shown
    batch.refresh_from_db()
    again = client.post(
        page(batch.number),
        {**typed, "key": "third", "seen_version": batch.version}
        | {f"verdict-{case.pk}": "agree" for case in (first, second)},
    )
    assert again.status_code == 302


def test_a_row_that_changed_since_the_last_look_is_marked_and_not_agreed_to_beforehand(
    county: County, sign_in: SignIn
) -> None:
    batch = at_the_check(county)
    client = sign_in("reviewer1")
    first = rows(batch)[0]
    data = form(client, batch)
    client.post(page(batch.number), {"do": "seen", "shown_at": data["shown_at"]})
    assert LastSeen.objects.count() == 1
    assert "标着“变”" not in client.get(page(batch.number)).content.decode()
    case = first
    case.amount_fen -= 100_00
    case.save()
    shown = client.get(page(batch.number)).content.decode()
    assert "有 1 户的内容变了" in shown and "desk-change" in shown
    assert f'name="verdict-{first.pk}" value="agree" checked' not in shown
    # Looking changed nothing: it is still marked. Saying so ends it.
    assert "有 1 户的内容变了" in client.get(page(batch.number)).content.decode()
    data = form(client, batch)
    client.post(page(batch.number), {"do": "seen", "shown_at": data["shown_at"]})
    assert "有 1 户的内容变了" not in client.get(page(batch.number)).content.decode()


def test_a_look_is_never_noted_ahead_of_the_clock_or_back(county: County, sign_in: SignIn) -> None:
    batch = at_the_check(county)
    user = county["reviewer1"]
    now = clock.now()
    keeping.note_seen(user, batch, now.isoformat())
    for wrong in ("", "x", "2026-13-45T00:00:00+08:00", "2026-01-01", (now + timedelta(days=1)).isoformat()):
        keeping.note_seen(user, batch, wrong)
    keeping.note_seen(user, batch, (now - timedelta(days=1)).isoformat())
    assert LastSeen.objects.get().at == now


def test_the_usual_opinions_come_most_used_first(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="approve")
    client = sign_in("head1")
    shown = client.get(page(batch.number)).content.decode()
    assert shown.index('value="同意"') < shown.index('value="请阅处"')
    client.post(page(batch.number), form(client, batch, opinion="请阅处"))
    assert Habit.objects.get().phrases == {"decide": {"请阅处": 1}}
    other = make_batch(county, rows=1, until="approve", first=3)
    shown = client.get(page(other.number)).content.decode()
    assert shown.index('name="phrase" value="请阅处"') < shown.index('name="phrase" value="同意"')


def test_all_rows_get_a_verdict_at_one_click_and_nothing_is_signed(county: County, sign_in: SignIn) -> None:
    batch = at_the_check(county)
    client = sign_in("reviewer1")
    answer = client.post(page(batch.number), form(client, batch, opinion="先都退") | {"do": "fill:return"})
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert shown.count('value="return" checked') == 2 and ">先都退</textarea>" in shown
    assert not Decision.objects.filter(step="check").exists()
    assert client.post(page(batch.number), {"do": "fill:praise"}).status_code == 422


def test_a_clerk_is_told_what_the_batch_lacks_with_the_place_to_add_it(
    county: County, sign_in: SignIn
) -> None:
    batch = make_batch(county, rows=2, until="file")
    shown = sign_in("clerk1").get(page(batch.number)).content.decode()
    assert "您还缺" in shown and "2 户还没有附件" in shown
    assert f"/admin/desk/cases/{rows(batch)[0].number}/#files" in shown
    batch = make_batch(county, rows=1, until="deliberate", first=5)
    assert "还差 4 个会：支部提议" in sign_in("clerk1").get(page(batch.number)).content.decode()
    batch = make_batch(county, rows=1, until="check", first=7)
    assert "1 户还没有入户核查" in sign_in("reviewer1").get(page(batch.number)).content.decode()


def test_a_household_helped_before_comes_first_with_its_past_beside_it(
    county: County, sign_in: SignIn
) -> None:
    earlier = rows(make_batch(county, rows=1, until="end"))[0]
    household = earlier.application.household
    Case.objects.filter(pk=earlier.pk).update(opened_at=clock.now() - timedelta(days=400))
    assert county.programme is not None
    batch = play.file_all(county, OFFICIALS.helper, [household], county.programme)
    carry(county, batch, "check")
    play.visit_all(batch, county["reviewer1"])
    shown = sign_in("reviewer1").get(page(batch.number)).content.decode()
    assert "以前 1 次" in shown and earlier.number in shown
    assert f'name="verdict-{rows(batch)[0].pk}" value="agree" checked' not in shown
