"""Rules of the published results as the public finds them: counts of helpers, areas by grade, nobody's name.

The list is the room's own, published by its service; it is corrected, redacted and ended like any other, and
page, versions, mirror, feed, data, API, search and sitemap are read for whom it is about.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.test import Client

from disclosure.masking.kinds import Content
from disclosure.mirror import refreshing
from disclosure.pages.services import ensure_site
from disclosure.publicity import redacting
from disclosure.publicity.board import Paper, print_board
from disclosure.publicity.models import ListState, PublicList
from disclosure.publicity.services import correct, end_due_lists, verify
from portal.people.scope import scope_of
from tests import pdf_text
from tests.disclosure.mirror.test_every_kind import everything
from workflows.assessment import rounds
from workflows.assessment.models import Round
from workflows.assessment.results import rows_of
from workflows.demo.build import County

from ..deadlines.conftest import on
from .conftest import opened, scored
from .test_rounds import after_appeals

GONE = "〔已删去：不该公开的姓名〕"


def published(county: County, subjects_are: str) -> Round:
    """Publish a round of the township's by its own service."""
    round_ = opened(county, by=county["reviewer1"], area=county.areas["杉坞镇"], subjects_are=subjects_are)
    scored(county, round_, by=("reviewer1", "supervisor"))
    rounds.tell(by=county["reviewer1"], round_id=round_.pk)
    with after_appeals(round_):
        rounds.decide(by=county["head1"], round_id=round_.pk)
        rounds.publish_results(by=county["head1"], round_id=round_.pk)
    round_.refresh_from_db()
    return round_


def seat(county: County, username: str, list: PublicList) -> dict[str, Any]:
    """Return an official of the township with the office by which they act on `list`."""
    roles = frozenset([*redacting.ASKING_ROLES, *redacting.DECIDING_ROLES])
    return {
        "by": county[username],
        "office": scope_of(county[username]).holds(roles, list.area_path, list.line),
    }


def test_whom_a_result_is_about_stands_nowhere_at_any_time(
    county: County, tmp_path: Path, settings: Any
) -> None:
    settings.MIRROR_ROOT, settings.MIRROR_DAYS_AHEAD = tmp_path / "mirror", 0
    settings.MIRROR_ROOT.mkdir()
    ensure_site("枫禾县")
    both = [published(county, one) for one in ("helper", "village")]
    people = [one.person for one in both[0].subjects.select_related("person")]
    secrets = [said for one in people if one for said in (one.display_name, one.username)]
    assert secrets
    first = [one.list for one in both]
    assert all(one is not None and one.content == Content.ASSESSMENTS for one in first)
    with after_appeals(both[0]):
        second = [
            correct(
                **seat(county, "reviewer1", one), list_id=one.pk, rows=rows_of(round_), reason="写错了一处"
            )
            for round_, one in zip(both, first, strict=True)
            if one
        ]
        for one in second:
            asked = redacting.ask(
                **seat(county, "reviewer1", one),
                target="row",
                object_id=f"{one.number}#1",
                field="item",
                datum="name",
            )
            redacting.confirm(**seat(county, "head1", one), redaction_id=asked.pk)
            sheet = print_board(**seat(county, "reviewer1", one), list=one, paper=Paper.A4)
            assert GONE in pdf_text.read(sheet).text and verify(one).ok
        looked_at(secrets, Path(settings.MIRROR_ROOT), second)
    with on(max(one.closes_on for one in second) + timedelta(days=1)):
        end_due_lists()
        assert not PublicList.objects.filter(content=Content.ASSESSMENTS, state=ListState.RUNNING).exists()
        looked_at(secrets, Path(settings.MIRROR_ROOT), second)


def looked_at(secrets: list[str], mirror: Path, lists: list[PublicList]) -> None:
    """Read all that is public now; each list's page must be among it, without what was taken out of it."""
    refreshing.rebuild()
    visitor, seen = Client(raise_request_exception=False), {}
    for path, text in everything(visitor, mirror):
        leaks = [one for one in secrets if one in text and "/search/?q=" not in path]
        assert not leaks, (path, leaks)
        seen[path] = text
    cache.clear()
    for one in lists:
        for mode in ("", "/da"):
            assert GONE in seen[f"{mode}/lists/{one.number}/"], one.number
