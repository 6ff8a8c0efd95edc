"""Registering households: right numbers, one household a person, encrypted, only by those who register."""

from datetime import date

import pytest
from django.db import connection

from portal.ledger.models import Event
from portal.people.errors import NotPermitted
from portal.people.services import hand_over
from workflows.demo import build, names
from workflows.demo.build import County
from workflows.registry.id_numbers import birth_of, is_valid
from workflows.registry.kinships import KinshipRefused, declare
from workflows.registry.models import Category, Degree, Household, Member
from workflows.registry.services import NewMember, RegisterRefused, register_household


def register(county: County, *members: NewMember, by: str = "clerk1", village: str = "禾坪村") -> Household:
    """Register a household of `members`."""
    return register_household(
        by=county[by],
        area=county.areas[village],
        group_name="一组",
        category=Category.LIFTED,
        members=members,
        phone=names.phone(1),
        bank_card=names.bank_card(1),
    )


def head(number: int = 1) -> NewMember:
    """Return an invented head."""
    person = names.person(number)
    return NewMember(person.name, "户主", person.id_number)


def test_names_and_numbers_are_not_readable_in_the_database(county: County) -> None:
    register(county, head())
    with connection.cursor() as cursor:
        for model in (Household, Member, Household.history.model, Event):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            text = str(cursor.fetchall())
            for secret in (head().name, head().id_number, names.phone(1), names.bank_card(1)):
                assert secret not in text, model


def test_an_id_number_is_checked(county: County) -> None:
    good = head().id_number
    wrong = good[:-1] + ("0" if good[-1] != "0" else "1")
    with pytest.raises(RegisterRefused, match="第1位成员"):
        register(county, NewMember(head().name, "户主", wrong))
    assert not Household.objects.exists()


def test_a_person_is_in_one_household(county: County) -> None:
    register(county, head())
    with pytest.raises(RegisterRefused, match="别的户"):
        register(county, head(2), NewMember("换个名字", "配偶", head().id_number))
    assert Household.objects.count() == 1 and Member.objects.count() == 1


def test_people_without_a_number_may_be_many(county: County) -> None:
    register(county, head(1), NewMember("赵新生", "子女"))
    register(county, head(2), NewMember("钱新生", "子女"))
    assert Member.objects.filter(id_hash="").count() == 2


@pytest.mark.parametrize("stranger", ["clerk2", "helper1", "head1", "sysadmin", "supervisor"])
def test_only_those_who_register_there_do(county: County, stranger: str) -> None:
    with pytest.raises(RegisterRefused, match="没有登记"):
        register(county, head(), by=stranger)


def test_a_household_belongs_to_a_village_and_has_a_head(county: County) -> None:
    with pytest.raises(RegisterRefused, match="选到村"):
        register(county, head(), by="reviewer1", village="杉坞镇")
    with pytest.raises(RegisterRefused, match="姓名"):
        register(county)


def test_households_are_seen_only_from_their_own_area(county: County) -> None:
    home = register(county, head())
    sees = {name for name in county.people if Household.objects.visible_to(county[name]).filter(pk=home.pk)}
    assert {"clerk1", "helper1", "reviewer1", "head1", "county", "finance", "supervisor"} <= sees
    assert not sees & {"clerk2", "clerk8", "reviewer2", "sysadmin", "security", "audit", "editor"}


def test_a_minor_is_never_the_public_name(county: County) -> None:
    child = names.id_number(date(2015, 5, 5), 400)
    home = register(
        county, NewMember("冯小苗", "户主", child), NewMember(head().name, "祖母", head().id_number)
    )
    assert home.public_name(date(2026, 11, 21)) == head().name
    alone = register(county, NewMember("陈小禾", "户主", names.id_number(date(2016, 6, 6), 401)))
    assert alone.public_name(date(2026, 11, 21)) == ""


def test_id_numbers_follow_the_national_checksum() -> None:
    assert is_valid(head().id_number) and birth_of(head().id_number) == date(1963, 2, 2)
    for wrong in ("", "99010119630202001", "990101196302300017", "99010119630202001Y", "一" * 18):
        assert not is_valid(wrong)


def test_a_relation_is_declared_by_the_official_or_recorded_by_the_places_reviewer(county: County) -> None:
    home = register(county, head())
    declare(by=county["head1"], office=None, user=county["head1"], household=home, degree=Degree.SIBLING)
    again = declare(
        by=county["reviewer1"], office=None, user=county["head1"], household=home, degree=Degree.SELF
    )
    assert again.degree == Degree.SELF and home.kinships.count() == 1
    for other in ("clerk1", "reviewer2", "sysadmin"):
        with pytest.raises(KinshipRefused):
            declare(by=county[other], office=None, user=county["head1"], household=home, degree=Degree.OTHER)
    assert Event.objects.filter(kind="kinship.declared").count() == 2


def test_a_helper_who_leaves_hands_the_households_over(county: County) -> None:
    home = register(county, head())
    Household.objects.update(helper=county["helper1"])
    with pytest.raises(NotPermitted, match="禾坪村"):
        hand_over(
            by=county["security"], from_user=county["helper1"], to_user=county["helper2"], reason="调离"
        )
    moved = hand_over(
        by=county["security"], from_user=county["helper1"], to_user=county["team1"], reason="生病住院"
    )
    home.refresh_from_db()
    assert (moved, home.helper) == (1, county["team1"])
    assert home.history.first().helper == county["team1"]
    event = Event.objects.get(kind="helper.assigned")
    assert event.object_id == str(home.pk) and "住院" not in event.record


def test_a_household_made_by_the_demo_belongs_to_nobody(county: County) -> None:
    home = build.make_household(county, "禾坪村", 7, "clerk1")
    assert all(member.id_number.startswith("99") for member in home.members.all())
    assert home.phone.startswith("199000") and home.bank_card.startswith("9900")
