"""Village matters: a list checked cell by cell, four meetings by the rule of the kind, two publications."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from disclosure.deliberations.errors import NotThisAssembly
from disclosure.deliberations.models import Deliberation
from disclosure.masking.services import NotForThePublic
from disclosure.mirror import registry as mirror
from disclosure.publicity.errors import NotToBeCorrected
from disclosure.publicity.loudspeaker import loudspeaker_data
from disclosure.publicity.models import ListKind, PublicList
from disclosure.publicity.services import RowDraft, correct, lodge
from disclosure.search.registry import source
from disclosure.village.errors import BadMatter, BadRows, NoSuchMatter, NotNow, StaleMatter
from disclosure.village.models import MatterState, VillageMatter
from disclosure.village.results import publish_result
from disclosure.village.rows import from_paste, read
from disclosure.village.services import (
    open_matter,
    record_meeting,
    save_rows,
    standing,
    verify,
    withdraw,
)
from portal import clock
from portal.ledger.models import Event
from portal.people.models import Role
from tests.disclosure.village import Village, noon

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 2)
PASTED = "户主\t小组\t份额或依据\t金额（元）\t说明\n王小山\t一组\t3股\t360\t\n李小河\t二组\t5股\t1,200.50\t\n"
WORKS = "村部门前水泥路120米\t86000\t\n一组水渠清淤\t12000\t\n"


def _matter(village: Village, kind: str = "dividends", pasted: str = PASTED, **changes: Any) -> VillageMatter:
    seat = village.seat(Role.VILLAGE_CLERK)
    matter = open_matter(**seat, area=village.area, kind=kind, title="2026年光伏收益分红", **changes)
    save_rows(**seat, matter_id=matter.pk, seen_version=0, rows=from_paste(pasted, kind))
    matter.refresh_from_db()
    return matter


def _meet(village: Village, matter: VillageMatter, step: str, **changes: Any) -> Any:
    data = {
        "step": step,
        "held_on": clock.today(),
        "due_count": 42,
        "present_count": 35,
        "votes_for": 33,
        "votes_against": 1,
        "stepped_out": 1,
        "witness": "乡干部甲",
        "form": "member_delegates" if matter.assets else "delegates",
    }
    seat = village.seat(Role.VILLAGE_CLERK)
    found = record_meeting(**seat, matter_id=matter.pk, seen_version=matter.version, data=data | changes)
    matter.refresh_from_db()
    return found


def _resolved(village: Village, *args: Any, **kwargs: Any) -> tuple[VillageMatter, PublicList]:
    matter = _matter(village, *args, **kwargs)
    for step in ("proposal", "consultation", "deliberation", "resolution"):
        _meet(village, matter, step)
    return matter, PublicList.objects.get(reference=matter.reference, kind=ListKind.RESOLUTION)


@pytest.mark.postgres
def test_a_dividend_goes_from_its_list_through_four_meetings_to_two_publications(village: Village) -> None:
    with clock.travel(noon(MONDAY)):
        matter, resolution = _resolved(village)
        assert matter.assets == "distribution", "dividends are always the collective's"
        version = standing(matter)
        assert version is not None and resolution.deliberation is not None
        assert resolution.deliberation.list_digest == version.digest and verify(version)
        minutes = resolution.deliberation.meetings.get(step="resolution").minutes
        assert version.digest in minutes and "李小河，二组，5股，1,200.50元" in minutes
        assert (matter.state, resolution.content, resolution.total_fen) == (
            MatterState.RESOLVED,
            "dividends",
            156_050,
        )
    with clock.travel(noon(MONDAY + timedelta(days=30))):
        seat = village.seat(Role.VILLAGE_CLERK)
        result = publish_result(**seat, matter_id=matter.pk, said="11月20日已转账", amounts_fen={2: 120_000})
        notes = [row.shown["note"] for row in result.rows.order_by("position")]
        assert notes == ["11月20日已转账", "11月20日已转账；议定1,200.50元"]
        assert result.deliberation_id == resolution.deliberation_id
        matter.refresh_from_db()
        assert matter.state == MatterState.DONE
    kinds = [*Event.objects.filter(object_type="village").order_by("pk").values_list("kind", flat=True)]
    met = ["village.met"] * 3
    assert kinds == ["village.opened", "village.listed", *met, "village.resolved", "village.finished"]


def test_dividends_are_not_resolved_by_the_village_delegates(village: Village) -> None:
    matter = _matter(village)
    for step in ("proposal", "consultation", "deliberation"):
        _meet(village, matter, step)
    with pytest.raises(NotThisAssembly):
        _meet(village, matter, "resolution", form="delegates")
    failed = _meet(village, matter, "resolution", votes_for=27, votes_against=7)
    assert not failed.passed and matter.state == MatterState.DRAFT
    assert not PublicList.objects.filter(reference=matter.reference).exists()


def test_a_list_changed_between_meetings_starts_them_anew(village: Village) -> None:
    matter = _matter(village)
    _meet(village, matter, "proposal")
    seat = village.seat(Role.VILLAGE_CLERK)
    rows = from_paste(PASTED.replace("360", "350"), "dividends")
    with pytest.raises(StaleMatter):
        save_rows(**seat, matter_id=matter.pk, seen_version=0, rows=rows)
    save_rows(**seat, matter_id=matter.pk, seen_version=1, rows=rows)
    matter.refresh_from_db()
    with pytest.raises(Exception, match="要先记“支部提议”"):
        _meet(village, matter, "consultation")
    _meet(village, matter, "proposal")
    assert matter.versions.count() == 2


def test_every_wrong_cell_is_named_and_nothing_is_kept() -> None:
    rows = from_paste("王小山,一组,3股,三百,\n,二组,5股,12.345,\n王小山,一组,2股,1,有病\n", "dividends")
    with pytest.raises(BadRows) as refused:
        read(rows, "dividends")
    assert set(refused.value.cells) == {(1, "amount"), (2, "name"), (2, "amount"), (3, "name")} | {
        key for key in refused.value.cells if key == (3, "note")
    }
    with pytest.raises(BadRows) as refused:
        read(from_paste("王小山,一组,3股,9E999999,\n李小山,一组,2股,sNaN,\n", "dividends"), "dividends")
    assert set(refused.value.cells) == {(1, "amount"), (2, "amount")}


def test_a_personal_number_is_refused_before_anyone_votes(village: Village) -> None:
    with pytest.raises(BadRows):
        _matter(village, pasted="王小山\t一组\t电话19900000001\t360\t\n")
    with pytest.raises(NotForThePublic):
        open_matter(
            **village.seat(Role.VILLAGE_CLERK),
            area=village.area,
            kind="works",
            title="联系19900000001",
        )


def test_a_works_account_names_nobody_and_keeps_its_rows(village: Village) -> None:
    with clock.travel(noon(MONDAY)):
        matter, resolution = _resolved(village, "works", WORKS)
    assert matter.assets == "" and not resolution.show_names
    assert [row.name for row in resolution.rows.all()] == ["", ""]


def test_every_row_tells_that_the_village_settled_it_and_where_that_is_read(
    village: Village, client: Client
) -> None:
    with clock.travel(noon(MONDAY)):
        matter, resolution = _resolved(village, "works", WORKS)
        page = client.get(f"/da/lists/{resolution.number}/").content.decode()
    assert page.count("<summary>谁定的</summary>") == 2
    meetings = f'<a href="/da/matters/{matter.number}/">村里的四次会</a>'
    assert page.count(f"谁定的：村里开会议定<br><span>依据：{meetings}</span>") == 2


def test_another_matter_is_of_a_kind_of_its_own_and_counts_points(village: Village, client: Client) -> None:
    with clock.travel(noon(MONDAY)):
        matter, resolution = _resolved(village, "other", "红白事随礼不超过一百元\n门前三包每月评一次\n")
        page = client.get(f"/lists/{resolution.number}/").content.decode()
    assert resolution.content == "village" and not resolution.with_money
    assert "<dt>项</dt><dd>2</dd>" in page and "元合计" not in page
    with clock.travel(noon(MONDAY + timedelta(days=30))):
        seat = village.seat(Role.VILLAGE_CLERK)
        result = publish_result(**seat, matter_id=matter.pk, said="已经贴在村部", amounts_fen={})
        assert "办好了，正在公开结果" in client.get(f"/lists/{result.number}/").content.decode()
        assert "办好以后，第二次公开" in client.get(f"/areas/{village.area.code}/").content.decode()


def test_the_result_waits_for_the_days_and_for_open_objections(village: Village) -> None:
    seat = village.seat(Role.VILLAGE_CLERK)
    with clock.travel(noon(MONDAY)):
        matter, resolution = _resolved(village)
        with pytest.raises(NotNow, match="还在公开"):
            publish_result(**seat, matter_id=matter.pk, said="已转账", amounts_fen={})
        lodge(list_id=resolution.pk, row_id=None, text="三股应该是三百九", ground="amount")
    with clock.travel(noon(MONDAY + timedelta(days=30))), pytest.raises(NotNow, match="异议"):
        publish_result(**seat, matter_id=matter.pk, said="已转账", amounts_fen={})


def test_nothing_is_paid_above_what_was_resolved(village: Village) -> None:
    seat = village.seat(Role.VILLAGE_CLERK)
    with clock.travel(noon(MONDAY)):
        matter, _resolution = _resolved(village)
    with clock.travel(noon(MONDAY + timedelta(days=30))):
        with pytest.raises(BadRows) as refused:
            publish_result(**seat, matter_id=matter.pk, said="已转账", amounts_fen={1: 40_000})
        assert set(refused.value.cells) == {(1, "amount")}
        with pytest.raises(BadMatter):
            publish_result(**seat, matter_id=matter.pk, said=" ", amounts_fen={})


def test_what_was_voted_on_is_not_corrected_away(village: Village) -> None:
    with clock.travel(noon(MONDAY)):
        _voted, resolution = _resolved(village)
        rows = [
            RowDraft(row.subject, row.name, row.shown["group"], row.shown["item"], 1_00, row.shown["note"])
            for row in resolution.rows.order_by("position")
        ]
        with pytest.raises(NotToBeCorrected):
            correct(**village.seat(Role.VILLAGE_CLERK), list_id=resolution.pk, rows=rows, reason="金额写错了")


def test_only_the_villages_own_clerk_or_secretary_acts(village: Village) -> None:
    matter = _matter(village)
    other = village.seat(Role.VILLAGE_CLERK, village.areas["990001101202"])
    with pytest.raises(NoSuchMatter):
        save_rows(**other, matter_id=matter.pk, seen_version=1, rows=from_paste(PASTED, "dividends"))
    with pytest.raises(Exception, match="不能办这件事"):
        withdraw(**village.seat(Role.TOWNSHIP_REVIEWER), matter_id=matter.pk, why="不办了")
    withdraw(**village.seat(Role.VILLAGE_CLERK), matter_id=matter.pk, why="改到明年")
    with pytest.raises(NotNow):
        _meet(village, matter, "proposal")


@pytest.mark.postgres
def test_a_matter_taken_down_closes_its_meetings_openly(village: Village, client: Client) -> None:
    matter = _matter(village)
    _meet(village, matter, "proposal")
    withdraw(**village.seat(Role.VILLAGE_CLERK), matter_id=matter.pk, why="改到明年再分")
    closed = Deliberation.objects.get(reference=matter.reference)
    assert (closed.state, closed.closed_why) == ("withdrawn", "改到明年再分") and closed.meetings.count() == 1
    kinds = [*Event.objects.order_by("-pk").values_list("kind", flat=True)[:2]]
    assert kinds == ["deliberation.withdrawn", "village.withdrawn"], "the cause stands first"
    page = client.get(f"/matters/{matter.number}/").content.decode()
    assert "改到明年再分" in page and "没有议完" in page and "还没有开" not in page


def test_a_matter_that_failed_keeps_its_failed_meetings_when_it_is_taken_down(village: Village) -> None:
    matter = _matter(village, "works", WORKS)
    _meet(village, matter, "proposal", votes_for=2, votes_against=32)
    withdraw(**village.seat(Role.VILLAGE_CLERK), matter_id=matter.pk, why="不办了")
    assert Deliberation.objects.get(reference=matter.reference).state == "failed"
    assert not Event.objects.filter(kind="deliberation.withdrawn").exists()


def test_both_publications_carry_the_digest_of_what_was_voted_on_in_the_ledger(village: Village) -> None:
    with clock.travel(noon(MONDAY)):
        matter, resolution = _resolved(village)
    with clock.travel(noon(MONDAY + timedelta(days=30))):
        seat = village.seat(Role.VILLAGE_CLERK)
        result = publish_result(**seat, matter_id=matter.pk, said="11月20日已转账", amounts_fen={})
    version = standing(matter)
    assert version is not None
    for one in (resolution, result):
        event = Event.objects.get(kind="list.published", object_id=one.number)
        assert json.loads(event.record)["body"]["voted_digest"] == version.digest


def test_the_public_page_counts_and_names_nobody_and_is_in_mirror_and_search(
    village: Village, client: Client
) -> None:
    with clock.travel(noon(MONDAY)):
        matter = _matter(village)
        path = f"/matters/{matter.number}/"
        assert client.get(path).status_code == 404, "nothing to see before the village met"
        assert source("village").one(matter.number) is None
        _meet(village, matter, "proposal", place="村部")
        page = client.get(path)
        body = page.content.decode()
        assert page.status_code == 200 and "应到42人，实到35人" in body
        assert standing(matter).digest in body  # type: ignore[union-attr]
        for private in ("王小山", "李小河", "乡干部甲", "王某"):
            assert private not in body
        assert client.get(f"/da{path}").status_code == 200
        assert path in {one.path for one in mirror.every()}
        assert path in {one.path for one in mirror.behind([f"village:{matter.pk}"])}
        found = source("village").one(matter.number)
        assert found is not None and found.path == path.lstrip("/")


def test_the_loudspeaker_reads_words_and_whole_names_while_the_list_runs(village: Village) -> None:
    with clock.travel(noon(MONDAY)):
        _voted, resolution = _resolved(village)
        said = loudspeaker_data(resolution)
        assert "第二，二组，李小河，五股，一千二百元五角，村里议定。" in said["rows"]
        assert any("公示到二零二六年十一月九日为止" in one for one in said["closing"])
    with clock.travel(noon(MONDAY + timedelta(days=30))):
        assert "李小河" not in str(loudspeaker_data(resolution)["rows"])
