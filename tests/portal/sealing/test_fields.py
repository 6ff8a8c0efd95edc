"""Personal fields: readable in the portal, unreadable in the database, found only by keyed hash."""

import base64

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection

from portal.people.models import User
from portal.sealing.fields import seal, unseal
from portal.sealing.keys import keyed_hash

PHONE = "19900000001"
OLD_KEY, NEW_KEY = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))


def stored(user: User) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM portal_people_user WHERE id = %s", [user.pk])
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_personal_field_comes_back_as_it_was_saved_and_the_database_holds_only_ciphertext() -> None:
    user = User.objects.create(username="a", phone=PHONE)
    assert PHONE not in stored(user)
    assert stored(user).startswith("v1:")
    assert User.objects.get(pk=user.pk).phone == PHONE
    assert User.objects.values_list("phone", flat=True).get(pk=user.pk) == PHONE


@pytest.mark.django_db
def test_the_same_value_is_encrypted_differently_each_time() -> None:
    users = [User.objects.create(username=name, phone=PHONE) for name in "ab"]
    assert stored(users[0]) != stored(users[1])


@pytest.mark.django_db
def test_an_empty_field_stays_empty() -> None:
    user = User.objects.create(username="a")
    assert stored(user) == ""
    assert User.objects.get(pk=user.pk).phone == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "lookup", ["phone", "phone__exact", "phone__contains", "phone__in", "phone__startswith"]
)
def test_an_encrypted_field_cannot_be_searched(lookup: str) -> None:
    with pytest.raises((TypeError, FieldError)):
        list(User.objects.filter(**{lookup: [PHONE] if lookup.endswith("__in") else PHONE}))


def test_an_old_key_still_opens_after_a_new_one_was_put_before_it(settings: object) -> None:
    settings.FIELD_KEYS = [OLD_KEY]
    old = seal(PHONE)
    settings.FIELD_KEYS = [NEW_KEY, OLD_KEY]
    assert unseal(old) == PHONE
    new = seal(PHONE)
    settings.FIELD_KEYS = [OLD_KEY]
    with pytest.raises(ValueError, match="密钥"):
        unseal(new)
    settings.FIELD_KEYS = [NEW_KEY]
    assert unseal(new) == PHONE


def test_an_altered_value_is_not_opened() -> None:
    raw = bytearray(base64.b64decode(seal(PHONE)[3:]))
    for place in (0, 12, len(raw) - 1):
        altered = bytes(byte ^ (index == place) for index, byte in enumerate(raw))
        with pytest.raises(ValueError, match="改动"):
            unseal("v1:" + base64.b64encode(altered).decode())
    with pytest.raises(ValueError, match="不是加密"):
        unseal(PHONE)


@pytest.mark.parametrize("keys", [[], ["c2hvcnQ="]])
def test_a_missing_or_short_key_is_a_clear_error(settings: object, keys: list[str]) -> None:
    settings.FIELD_KEYS = keys
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS"):
        seal(PHONE)


def test_a_keyed_hash_finds_the_same_value_for_one_purpose_under_one_key(settings: object) -> None:
    first = keyed_hash(PHONE, "phone")
    assert first == keyed_hash(PHONE, "phone")
    assert first != keyed_hash(PHONE, "card")
    settings.LOOKUP_KEY = "another"
    assert first != keyed_hash(PHONE, "phone")
