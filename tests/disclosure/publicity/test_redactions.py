"""Rules of taking out a personal datum published by mistake: by two officials, everywhere, openly."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from disclosure.deliberations.errors import NotYourOffice
from disclosure.publicity import digest, redacting
from disclosure.publicity.errors import BadRedaction, NoSuchRedaction
from disclosure.publicity.incidents import Redaction, RedactionState
from disclosure.publicity.models import ListKind, ListRow, PublicList
from disclosure.publicity.services import correct, verify
from disclosure.search.models import Entry
from portal.ledger import evidence, offline
from portal.ledger.models import Event
from portal.ledger.services import Draft, append
from portal.ledger.verifier import verify as verify_ledger
from portal.people.models import Role
from portal.sealing.commitments import commit
from tests.disclosure.publicity.test_objections import answered, object_to
from tests.disclosure.village import Village, a_list, household
from tests.portal.ledger.parties import parties
from tests.portal.people import invented

NAMED = "养羊，联系李小花"


def asked(
    village: Village, published: PublicList, position: int = 2, field: str = "item", **changes: Any
) -> Redaction:
    values: dict[str, Any] = {
        "target": "row",
        "object_id": f"{published.number}#{position}",
        "field": field,
        "datum": "name",
    }
    return redacting.ask(**village.seat(Role.VILLAGE_CLERK), **(values | changes))


def confirmed(village: Village, redaction: Redaction, role: str = Role.TOWNSHIP_HEAD) -> Redaction:
    return redacting.confirm(**village.seat(role), redaction_id=redaction.pk)


def a_mistake(village: Village, **changes: Any) -> PublicList:
    return a_list(village, [household(1), household(2, item=NAMED), household(3)], **changes)


@pytest.mark.postgres
def test_a_datum_leaves_every_version_and_every_list_of_its_case_and_the_digests_verify(
    village: Village,
) -> None:
    first = a_mistake(village)
    rows = [household(1), household(2, item=NAMED, amount_fen=100), household(3)]
    second = correct(
        **village.seat(Role.TOWNSHIP_REVIEWER), list_id=first.pk, rows=rows, reason="第2行金额写错了"
    )
    result = a_mistake(village, kind=ListKind.RESULT, content="payments")
    other = a_list(village, [household(9, item=NAMED)], reference="batch:B9")
    done = confirmed(village, asked(village, first))
    assert done.taken_from == 3
    for one in (first, second, result):
        row = ListRow.objects.get(list=one, position=2)
        assert row.shown["item"] == "〔已删去：不该公开的姓名〕"
        assert verify(one).ok
        one.refresh_from_db()
        (told,) = one.redactions
        assert (told["what"], told["row"]) == ("不该公开的姓名", "2")
        assert told["asked"].endswith("（村文书）") and told["decided"].endswith("（乡镇负责人）")
    # The same words of another case are not this household's datum.
    assert ListRow.objects.get(list=other).shown["item"] == NAMED


def test_a_name_leaves_both_ways_in_which_it_was_kept(village: Village) -> None:
    published = a_list(village)
    confirmed(village, asked(village, published, field="name", datum="minor"))
    row = ListRow.objects.get(list=published, position=2)
    assert row.name == row.masked_name == "〔已删去：未成年人的姓名〕"
    assert row.name_salt == "" and row.salt
    assert verify(published).ok


def test_what_is_left_of_a_redacted_row_cannot_be_altered_unseen(village: Village) -> None:
    published = a_mistake(village)
    confirmed(village, asked(village, published))
    row = ListRow.objects.get(list=published, position=2)
    row.shown["note"] = "改过"
    row.save()
    assert [*verify(published).bad_rows] == [2]
    row.shown["note"] = "乡里核定"
    row.amount_fen = 1
    row.save()
    assert [*verify(published).bad_rows] == [2]


@pytest.mark.parametrize("salts", [{"salt": ""}, {"name_salt": ""}])
def test_a_row_that_lost_a_salt_without_a_redaction_is_named_by_the_verifier(
    village: Village, salts: dict[str, str]
) -> None:
    published = a_mistake(village)
    confirmed(village, asked(village, published))
    confirmed(village, asked(village, published, field="name", datum="minor"))
    assert verify_ledger().fault is None
    ListRow.objects.filter(list=published, position=1).update(**salts)
    fault = verify_ledger().fault
    assert fault is not None and fault.sequence == published.event and "第 1 行的盐" in fault.reason


def test_what_a_redaction_left_cannot_be_exchanged_with_its_own_commitment(village: Village) -> None:
    published = a_mistake(village)
    confirmed(village, asked(village, published))
    row = ListRow.objects.get(list=published, position=2)
    row.shown["item"] = "养牛"
    digest.seal_again(row)
    row.save()
    assert verify(published).ok
    fault = verify_ledger().fault
    assert fault is not None and "第 2 行的盐" in fault.reason


def test_a_bundle_carries_the_redaction_that_explains_a_row_and_is_refused_without_it(
    village: Village, tmp_path: Path
) -> None:
    published = a_mistake(village)
    confirmed(village, asked(village, published))
    bundle, forged = tmp_path / "bundle.zip", tmp_path / "forged.zip"
    with parties(tmp_path) as both:
        both.sign()
        both.witness()
        evidence.export(published.number, bundle)
        trust = offline.parse_trust(both.trust.read_text())
        manifest = offline.check_bundle(str(bundle), trust, str)
        row = manifest["lists"][0]["rows"][1]
        assert row["salt"] == "" and row["now"]
        fake = row["shown"] | {"note": "改过"}
        said = digest.shown_text(2, fake, row["identity"])
        lies: list[tuple[dict[str, Any], str]] = [
            ({**row, "shown": fake, "now": commit(said)}, "没有删去它的那一笔"),
            ({**row, "shown": fake, "now": None}, "没有删去它的那一笔"),
            ({**manifest["lists"][0]["rows"][0], "salt": ""}, "没有删去它的那一笔"),
            ({**row, "shown": fake}, "不是公布时的内容"),
        ]
        for lie, why in lies:
            told = json.loads(json.dumps(manifest))
            told["lists"][0]["rows"][lie["position"] - 1] = lie
            _rewritten(bundle, forged, told)
            with pytest.raises(offline.Wrong, match=why):
                offline.check_bundle(str(forged), trust, str)
        event = Event.objects.get(kind="publicity.redacted").sequence
        manifest["events"].remove(event)
        _rewritten(bundle, forged, manifest)
        with pytest.raises(offline.Wrong, match="没有删去它的那一笔"):
            offline.check_bundle(str(forged), trust, str)


def _rewritten(bundle: Path, target: Path, manifest: dict[str, Any]) -> None:
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, json.dumps(manifest) if name == "manifest.json" else old.read(name))


def test_it_takes_two_people_of_stated_roles(village: Village) -> None:
    published = a_mistake(village)
    values = {"target": "row", "object_id": f"{published.number}#2", "field": "item", "datum": "name"}
    with pytest.raises(NotYourOffice):
        redacting.ask(**village.seat(Role.HELPER), **values)
    own = redacting.ask(**village.seat(Role.TOWNSHIP_REVIEWER), **values)
    with pytest.raises(BadRedaction, match="提出的人不能自己确认"):
        confirmed(village, own, Role.TOWNSHIP_REVIEWER)
    with pytest.raises(NotYourOffice):
        confirmed(village, own, Role.VILLAGE_SECRETARY)
    elsewhere = village.seat(Role.TOWNSHIP_HEAD, village.areas[invented.WEST])
    with pytest.raises(NoSuchRedaction):
        redacting.confirm(**elsewhere, redaction_id=own.pk)
    assert ListRow.objects.get(list=published, position=2).shown["item"] == NAMED
    confirmed(village, own)
    with pytest.raises(BadRedaction, match="已经定过了"):
        confirmed(village, own)


def test_a_text_is_asked_for_once_and_an_empty_one_never(village: Village) -> None:
    published = a_mistake(village)
    asked(village, published)
    with pytest.raises(BadRedaction, match="已经有人提出"):
        asked(village, published)
    with pytest.raises(BadRedaction, match="没有可以删的内容"):
        asked(village, published, field="effect")
    for wrong in ({"object_id": f"{published.number}#99"}, {"target": "x"}, {"field": "shown"}):
        with pytest.raises(NoSuchRedaction):
            asked(village, published, **wrong)


def test_a_refused_redaction_says_why_and_keeps_the_text(village: Village) -> None:
    published = a_mistake(village)
    seat = village.seat(Role.COUNTY_REVIEWER)
    mistaken = asked(village, published)
    with pytest.raises(BadRedaction, match="写明理由"):
        redacting.decline(**seat, redaction_id=mistaken.pk, why=" ")
    declined = redacting.decline(**seat, redaction_id=mistaken.pk, why="写的是合作社的名字")
    assert (declined.state, declined.asked_value) == (RedactionState.DECLINED, "")
    assert ListRow.objects.get(list=published, position=2).shown["item"] == NAMED


def test_what_was_taken_out_does_not_come_back_with_the_next_list_of_the_case(village: Village) -> None:
    published = a_list(village)
    confirmed(village, asked(village, published, field="name", datum="minor"))
    result = a_list(village, kind=ListKind.RESULT, content="payments")
    kept, gone = ListRow.objects.filter(list=result).order_by("position")[:2]
    assert kept.masked_name == "王某山"
    assert gone.name == gone.masked_name == "〔已删去：未成年人的姓名〕"


def test_the_answer_to_an_objection_and_a_title_are_taken_out_too(village: Village) -> None:
    published = a_list(village, title="关于李小花一户的公示")
    lodged = object_to(published, 1)
    said = answered(village, lodged.objection, answer="李小花家的圈舍已经建好，和名单一致。")
    confirmed(village, asked(village, published, target="objection", object_id=str(said.pk), field="answer"))
    confirmed(village, asked(village, published, target="list", object_id=published.number, field="title"))
    said.refresh_from_db()
    published.refresh_from_db()
    assert said.answer == published.title == "〔已删去：不该公开的姓名〕"
    assert len(published.redactions) == 2
    event = Event.objects.get(kind="list.published")
    assert "李小花" not in event.record and not event.openings.exclude(salt="").exists()
    assert verify_ledger().fault is None
    assert not Entry.objects.filter(title__contains="李小花").exists()


def test_a_title_that_an_event_of_before_tells_openly_is_said_to_stay(village: Village) -> None:
    published = a_list(village, title="关于李小花一户的公示")
    with transaction.atomic():
        body = {"title": published.title, "digest": published.digest}
        (old,) = append(Draft("list.published", "list", published.number, body=body))
    one = asked(village, published, target="list", object_id=published.number, field="title")
    assert f"账本第{old.pk}号写着它的原文" in redacting.stays(one)
    confirmed(village, one)
    told = json.loads(Event.objects.get(kind="publicity.redacted").record)["body"]
    assert told["stays"] == [old.pk]


def test_both_acts_are_events_and_the_datum_stands_in_none(village: Village) -> None:
    published = a_mistake(village)
    confirmed(village, asked(village, published))
    events = Event.objects.filter(object_type="redaction").order_by("sequence")
    kinds = [*events.values_list("kind", flat=True)]
    assert kinds == ["publicity.redaction_asked", "publicity.redacted"]
    records = "".join(Event.objects.filter(object_type="redaction").values_list("record", flat=True))
    assert "李小花" not in records
    row = ListRow.objects.get(list=published, position=2)
    assert row.redacted_commitment in records
