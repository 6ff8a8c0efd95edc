"""Rules of what changed since the last list: counted when it is published, without a name."""

import json

from disclosure.publicity.models import ListKind
from disclosure.publicity.services import Content, correct
from portal.people.models import Role
from tests.disclosure.village import Village, a_list, hold, household, opened


def test_a_correction_tells_what_it_added_took_out_and_changed(village: Village) -> None:
    first = a_list(village)
    rows = [household(1), household(2, amount_fen=300_000), household(4, amount_fen=100)]
    second = correct(**village.seat(Role.TOWNSHIP_REVIEWER), list_id=first.pk, rows=rows, reason="漏了一户")
    assert first.changes == {}
    told = second.changes
    assert (told["since"], told["correction"]) == (first.number, True)
    assert (told["added"], told["removed"], told["raised"], told["lowered"]) == (1, 1, 0, 1)
    assert (told["added_rows"], told["before_fen"]) == ([3], {"2": 480_000})
    assert "王" not in json.dumps(told, ensure_ascii=False)


def test_the_reviewed_list_is_compared_with_what_the_village_resolved(village: Village) -> None:
    deliberation = opened(village)
    hold(village, deliberation)
    resolved = a_list(village, kind=ListKind.RESOLUTION, deliberation=deliberation)
    rows = [household(1), household(2, amount_fen=400_000)]
    reviewed = a_list(village, rows, deliberation=deliberation)
    told = reviewed.changes
    assert (told["since"], told["stage"], told["correction"]) == (resolved.number, "resolution", False)
    assert (told["added"], told["removed"], told["lowered"]) == (0, 1, 1)


def test_of_a_matter_that_was_split_only_what_is_on_no_part_is_missing(village: Village) -> None:
    deliberation = opened(village)
    hold(village, deliberation)
    a_list(village, kind=ListKind.RESOLUTION, deliberation=deliberation)
    a_list(village, [household(1)], deliberation=deliberation)
    rest = a_list(village, [household(2)], deliberation=deliberation, reference="batch:B2")
    assert rest.changes["removed"] == 1


def test_the_result_is_compared_with_what_was_published_before_it_was_paid(village: Village) -> None:
    a_list(village)
    result = a_list(
        village,
        [household(1, amount_fen=500_000), household(2), household(3)],
        kind=ListKind.RESULT,
        content=Content.PAYMENTS,
    )
    assert (result.changes["stage"], result.changes["raised"]) == ("application", 1)


def test_a_matter_of_its_own_is_compared_with_nothing(village: Village) -> None:
    a_list(village)
    assert a_list(village, reference="batch:B2").changes == {}
