"""Rules of the one table that says what each kind of list may show."""

import random
from typing import Any

import pytest

from disclosure.masking.kinds import KINDS, SAFE_REASONS, Content, Reasons, is_safe_reason, may_name
from disclosure.masking.policy import SHOWN, WHY
from disclosure.masking.services import Audience, mask_name, public_row

# Whatever a case may hold beside what is public; some of it under names that look harmless.
SECRETS = [
    *("id_number", "phone", "card", "card_last4", "illness", "disability", "house", "members", "income_fen"),
    *("subject", "name", "masked_name", "salt", "why_private", "helper", "poverty_cause", "birth_date"),
]
VALUE = "秘密值"


@pytest.mark.parametrize("content", Content)
def test_the_table_holds_every_kind_and_shows_only_known_keys(content: str) -> None:
    kind = KINDS[content]
    assert set(kind.web) <= set(kind.board) <= set(SHOWN)
    assert set(kind.stays) <= set(kind.web) - {"group"}
    assert kind.source
    if not kind.money:
        assert not {"amount_fen", "reduced_fen"} & set(kind.board)
    if not kind.names:
        # What names nobody tells no group either, by which a household is found in a village.
        assert "group" not in kind.board
    if not kind.households:
        assert not kind.names


@pytest.mark.parametrize("content", Content)
@pytest.mark.parametrize("audience", Audience)
def test_nothing_but_what_the_table_names_ever_leaves(content: str, audience: str) -> None:
    kind = KINDS[content]
    allowed = kind.board if audience == Audience.BOARD else kind.web
    draw = random.Random(f"{content}/{audience}")
    for _attempt in range(200):
        keys = draw.sample([*SECRETS, *SHOWN], draw.randrange(1, 20))
        shown: dict[str, Any] = dict.fromkeys(keys, VALUE)
        shown["why"] = {key: VALUE for key in draw.sample([*SECRETS, *WHY], draw.randrange(1, 8))}
        named = draw.random() < 0.5
        row = public_row(
            Audience(audience),
            shown,
            name="王小山",
            masked_name=mask_name("王小山"),
            names=named,
            content=content,
        )
        assert set(row) <= {*allowed, "why", "name"}
        assert set(row["why"]) <= set(WHY)
        wanted = {Audience.BOARD: "王小山", Audience.WEB: "王某山"}.get(Audience(audience), "")
        assert row["name"] == (wanted if named and kind.names else "")


@pytest.mark.parametrize("content", Content)
def test_a_programme_takes_names_away_and_never_adds_them(content: str) -> None:
    assert not may_name(content, programme_names=False)
    assert may_name(content, programme_names=True) is KINDS[content].names


@pytest.mark.parametrize("content", [Content.ADDITIONS, Content.EXITS, Content.CHANGES])
def test_of_the_register_only_the_written_sentences_may_be_said(content: str) -> None:
    assert KINDS[content].reasons == Reasons.FIXED
    assert all(is_safe_reason(content, str(text)) for text in SAFE_REASONS[content])
    assert is_safe_reason(content, "")
    assert not is_safe_reason(content, "家里刚遭了难")


@pytest.mark.parametrize("content", [Content.AID, Content.ACCOUNTS, Content.VILLAGE])
def test_aid_accounts_and_village_matters_give_no_reason_at_all(content: str) -> None:
    assert is_safe_reason(content, "")
    assert not is_safe_reason(content, "按方案补助")
