"""Canonical JSON: one text for one value, and a refusal where there is none."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ledger.canonical import LARGEST_INTEGER, NotCanonical, canonical
from portal.people.models import Role

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def test_keys_are_sorted_and_nothing_is_spaced_or_escaped_without_need() -> None:
    value = {"村": 'A"\\\n\x07', "b": [1, True, None], "a": {}}
    assert canonical(value) == '{"a":{},"b":[1,true,null],"村":"A\\"\\\\\\n\\u0007"}'


def test_keys_are_sorted_by_utf_16_as_rfc_8785_says() -> None:
    assert canonical({"\ufb33": 1, "\U0001f600": 2, "\u20ac": 3}) == '{"\u20ac":3,"\U0001f600":2,"\ufb33":1}'


def test_a_choice_is_recorded_as_its_value() -> None:
    assert canonical({"role": Role.HELPER}) == '{"role":"helper"}'


@given(values)
def test_a_value_read_back_has_the_same_text(value: Any) -> None:
    assert canonical(json.loads(canonical(value))) == canonical(value)


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"a": [1, 1.0]}, r"\$\.a\[1\]"),
        ({1: "a"}, r"\$"),
        ({"a": {"b": b"x"}}, r"\$\.a\.b"),
        (LARGEST_INTEGER + 1, r"\$"),
        ("\ud800", r"\$"),
        ({"\ud800": 1}, r"\$"),
        ({"a": {1, 2}}, r"\$\.a"),
    ],
)
def test_what_has_no_one_form_is_refused_and_its_place_named(value: Any, where: str) -> None:
    with pytest.raises(NotCanonical, match=where):
        canonical(value)
