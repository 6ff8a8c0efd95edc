"""Whom an objection complains of answers nothing in it; where nobody is left, it goes to the level above."""

from collections.abc import Iterator
from datetime import date

import pytest

from disclosure.deliberations.errors import NotYourOffice
from disclosure.publicity.access import may_open_objection
from disclosure.publicity.errors import BadAnswer, BadObjection, MustStepAside, NoSuchObjection
from disclosure.publicity.handling import free_answerers, register_filers
from disclosure.publicity.models import Complaint, Objection, PublicList
from disclosure.publicity.services import investigators_for, mark_complained_of
from portal import clock
from portal.ledger.models import Event
from portal.people.called import is_called
from portal.people.models import Role, User
from tests.disclosure.publicity.test_objections import answered, object_to
from tests.disclosure.village import Village, a_list, noon

DAY = date(2026, 11, 21)


@pytest.fixture
def running(village: Village) -> Iterator[PublicList]:
    """Yield a running list with officials at every level."""
    for role in (
        *(Role.VILLAGE_CLERK, Role.VILLAGE_SUPERVISION, Role.TOWNSHIP_REVIEWER),
        *(Role.TOWNSHIP_HEAD, Role.COUNTY_REVIEWER),
    ):
        village.seat(role)
    with clock.travel(noon(DAY)):
        yield a_list(village)


def test_who_is_named_by_office_or_by_name_is_marked_from_the_first_moment(
    village: Village, running: PublicList
) -> None:
    watcher = village.seat(Role.VILLAGE_SUPERVISION)["by"]
    reviewer = village.seat(Role.TOWNSHIP_REVIEWER)["by"]
    User.objects.filter(pk=reviewer.pk).update(display_name="沈明理")
    by_role = object_to(running, complained_role="village_supervision").objection
    assert [one.person for one in by_role.complaints.all()] == [watcher]
    by_name = object_to(running, complained_said="镇上的沈明理").objection
    assert [one.person for one in by_name.complaints.all()] == [reviewer]
    assert [one.marked_by for one in by_name.complaints.all()] == [None]
    for wrong in ({"complained_role": "mayor"}, {"complained_said": "某" * 61}):
        with pytest.raises(BadObjection):
            object_to(running, **wrong)


def test_surname_and_title_name_an_official_and_a_common_word_does_not() -> None:
    clerk = User(display_name="欧阳明")
    assert is_called(clerk, Role.VILLAGE_CLERK, "就是欧阳文书说不行的")
    assert is_called(clerk, Role.VILLAGE_CLERK, "欧阳明不公道")
    assert not is_called(clerk, Role.VILLAGE_CLERK, "文书说不行的")
    assert not is_called(User(display_name="明"), Role.VILLAGE_CLERK, "说明一下")


def test_the_complained_of_neither_answers_nor_opens_a_photo_and_is_told_there_is_none(
    village: Village, running: PublicList
) -> None:
    objection = object_to(running, complained_role="village_supervision").objection
    seat = village.seat(Role.VILLAGE_SUPERVISION)
    with pytest.raises(NoSuchObjection):
        answered(village, objection)
    assert not may_open_objection(seat["by"], str(objection.pk))
    assert objection not in Objection.objects.apart_from(seat["by"])
    assert may_open_objection(village.seat(Role.TOWNSHIP_REVIEWER)["by"], str(objection.pk))
    with pytest.raises(BadAnswer, match="回避"):
        answered(
            village,
            objection,
            investigators=[seat["by"].display_name, "镇上乙"],
            **village.seat(Role.TOWNSHIP_REVIEWER),
        )


def test_where_the_complained_of_is_the_only_one_it_goes_to_the_level_above_openly(
    village: Village, running: PublicList
) -> None:
    objection = object_to(running, complained_role="village_supervision").objection
    assert (objection.level, objection.passed_up) == ("township", True)
    whole_township = object_to(running, complained_said="监委", complained_role="township_head").objection
    assert (whole_township.level, whole_township.passed_up) == ("village", False)
    assert Event.objects.filter(kind="objection.lodged", record__contains='"passed_up":true').count() == 1


def test_marking_at_the_desk_passes_it_up_once_nobody_is_left_and_is_done_by_no_one_for_themselves(
    village: Village, running: PublicList
) -> None:
    objection = object_to(running).objection
    watcher, reviewer = village.seat(Role.VILLAGE_SUPERVISION), village.seat(Role.TOWNSHIP_REVIEWER)
    with pytest.raises(BadObjection, match="不能标自己"):
        mark_complained_of(**watcher, objection_id=objection.pk, person_id=watcher["by"].pk)
    with pytest.raises(NoSuchObjection):
        mark_complained_of(
            **village.seat(Role.VILLAGE_CLERK), objection_id=objection.pk, person_id=watcher["by"].pk
        )
    moved = mark_complained_of(**reviewer, objection_id=objection.pk, person_id=watcher["by"].pk)
    assert (moved.level, moved.passed_up) == ("township", True)
    with pytest.raises(BadObjection, match="已经标过"):
        mark_complained_of(**reviewer, objection_id=objection.pk, person_id=watcher["by"].pk)
    head = village.seat(Role.TOWNSHIP_HEAD)
    higher = mark_complained_of(**head, objection_id=objection.pk, person_id=reviewer["by"].pk)
    assert higher.level == "township"
    assert {one.user for one in free_answerers(higher)} == {
        head["by"],
        village.seat(Role.COUNTY_REVIEWER)["by"],
    }
    county = village.seat(Role.COUNTY_REVIEWER)
    last = mark_complained_of(**county, objection_id=objection.pk, person_id=head["by"].pk)
    assert last.level == "county"
    with pytest.raises(BadObjection, match="没有找到这位"):
        mark_complained_of(**county, objection_id=objection.pk, person_id=999_999)
    assert Event.objects.filter(kind="objection.complained_of").count() == 3


def test_nobody_registers_an_objection_against_themselves(village: Village, running: PublicList) -> None:
    clerk = village.seat(Role.VILLAGE_CLERK)
    with pytest.raises(BadObjection, match="您本人"):
        object_to(running, channel="phone", complained_role="village_clerk", **clerk)
    assert not Objection.objects.exists() and not Complaint.objects.exists()


def test_who_filed_neither_answers_nor_investigates(village: Village, running: PublicList) -> None:
    reviewer = village.seat(Role.TOWNSHIP_REVIEWER)
    objection = object_to(running).objection

    def filers(subjects: list[str]) -> dict[str, list[int]]:
        return {"case:C1": [reviewer["by"].pk]} if "case:C1" in subjects else {}

    from disclosure.publicity import handling

    register_filers(filers)  # type: ignore[arg-type]
    try:
        with pytest.raises(MustStepAside, match="您申报的"):
            answered(village, objection, **reviewer)
        with pytest.raises(BadAnswer, match="回避"):
            answered(village, objection, investigators=[reviewer["by"].display_name, "监督乙"])
        assert reviewer["by"] not in {one.user for one in investigators_for(objection)}
        with pytest.raises(BadAnswer, match="被查的这一户"):
            answered(village, objection, investigators=["王小山", "监督乙"])
    finally:
        handling._filers.remove(filers)  # type: ignore[arg-type]


def test_a_lower_level_does_not_answer_what_was_passed_up(village: Village, running: PublicList) -> None:
    other = village.seat(Role.VILLAGE_SUPERVISION)
    objection = object_to(running, complained_role="village_supervision").objection
    Complaint.objects.filter(objection=objection, person=other["by"]).delete()
    with pytest.raises((MustStepAside, NotYourOffice), match="乡镇"):
        answered(village, objection)
