"""Every kind of list is published, corrected, redacted and ended; then all that is public is read for what
must not be there: numbers, minors, hidden columns, what was redacted, names out of place or past their days.
"""

import gzip
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import brotli
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from disclosure.masking.kinds import KINDS, SAFE_REASONS, Content, Reasons
from disclosure.mirror import refreshing, registry
from disclosure.publicity import redacting
from disclosure.publicity.board import Paper, print_board
from disclosure.publicity.models import ListKind, ListRow, ListState, PublicList
from disclosure.publicity.services import Allocation, RowDraft, correct, end_due_lists, verify
from portal import clock
from portal.people.models import Role
from tests import pdf_text
from tests.disclosure.village import Village, a_list, household, noon

DAY = date(2026, 11, 21)
NAME, MASKED, OTHER = "欧阳小山", "欧阳某山", "欧阳某水"
SLIPPED = "李小花"
# What no row has a place for, planted beside what it shows.
HIDDEN = {
    "id_number": "990101199001011236",
    "phone": "19900000001",
    "card": "6217000000000000001",
    "child": "欧阳小娃",
    "illness": "长期卧床",
    "house": "幸福巷7号",
}
ALWAYS = [*HIDDEN.values(), NAME, "欧阳小水"]
FORMS = ("csv", "json", "xlsx")


def rows_of(content: str) -> list[RowDraft]:
    """Return two rows as a maker of that kind would hand them in; a name slipped into one text."""
    kind = KINDS[content]
    texts = SAFE_REASONS.get(content, ("通过查验",))
    reason = "" if kind.reasons == Reasons.NONE else str(texts[0])
    money = 100_000 if kind.money else 0
    common: dict[str, Any] = {"group": "一组" if kind.names else "", "why": {"text": reason, "level": "乡里"}}
    names = (NAME, "欧阳小水") if kind.names else ("", "")
    return [
        household(f"{content}{n}", name=names[n], item=item, amount_fen=money, **common)  # type: ignore[arg-type]
        for n, item in enumerate((f"{KINDS[content].unit}乙", f"和{SLIPPED}合办"))
    ]


def published(village: Village, content: str, kind: str) -> PublicList:
    """Publish a list of `content`; its hidden columns are planted behind the services' back."""
    money = Allocation("甲财预〔2026〕7号", 200_000, DAY) if content == Content.ALLOCATIONS else None
    made = a_list(
        village,
        rows_of(content),
        content=content,
        kind=kind,
        title=f"{Content(content).label}一览",
        reference=f"batch:{content}",
        allocation=money,
    )
    return made


def stage(content: str) -> str:
    """Return a stage at which such a list is published: money as a result, what nobody asked for as said."""
    if content in (Content.PAYMENTS, Content.DIVIDENDS, Content.AID):
        return ListKind.RESULT
    return ListKind.APPLICATION if KINDS[content].households else ListKind.ANNOUNCEMENT


def plant() -> None:
    """Put into every stored row what must not leave it."""
    for row in ListRow.objects.all():
        row.shown = {**row.shown, **HIDDEN, "why": {**row.shown.get("why", {}), **HIDDEN}}
        ListRow.objects.bulk_update([row], ["shown"])


def everything(visitor: Client, mirror: Path) -> Iterator[tuple[str, str]]:
    """Yield every public thing by its address: pages in both types, data, feeds, search, sitemap, files."""
    lists = [*PublicList.objects.values_list("number", flat=True)]
    village = PublicList.objects.first().area.code  # type: ignore[union-attr]
    paths = [address.path for address in registry.every()]
    paths += [f"/lists/{number}/object/1/" for number in lists]
    paths += ["/feed.xml", f"/areas/{village}/feed.xml", "/sitemap.xml", "/robots.txt"]
    paths += [f"/search/?q={words}" for words in (NAME, MASKED, SLIPPED, "欧阳", "一览")]
    paths += [path for path in data_paths(lists, village) if path]
    for path in paths:
        for mode in ("", "/da"):
            cache.clear()
            response = visitor.get(mode + path)
            assert response.status_code < 500, path
            body = response.getvalue() if response.streaming else response.content
            yield mode + path, opened(body)
    for file in mirror.rglob("*"):
        if file.is_file() and not file.name.startswith("."):
            yield str(file.relative_to(mirror)), opened(file.read_bytes(), file.suffix)


def data_paths(lists: list[str], village: str) -> Iterator[str]:
    """Yield the addresses of open data, as far as the portal has them."""
    wanted = [("data-list", [number, form]) for number in lists for form in FORMS]
    wanted += [("data-area", [village, form]) for form in FORMS]
    wanted += [("api-list", [number]) for number in lists] + [("api-lines", [number]) for number in lists]
    wanted += [("api-lists", []), ("api-area", [village]), ("api-openapi", [])]
    for name, arguments in wanted:
        try:
            yield reverse(name, args=arguments)
        except NoReverseMatch:
            continue


def opened(body: bytes, suffix: str = "") -> str:
    """Return the text of a file or an answer, unpacked."""
    if suffix == ".br":
        body = brotli.decompress(body)
    elif suffix == ".gz":
        body = gzip.decompress(body)
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return "".join(book.read(name).decode("utf-8", "ignore") for name in book.namelist())
    return body.decode("utf-8", "ignore")


def own_page(path: str, numbers: set[str]) -> bool:
    """Return whether `path` is the page, or the mirror's file, of one of those lists."""
    found = re.search(r"lists/([\w-]+?)(?:\.html(?:\.gz|\.br)?|/(?:\d+/)?)$", path)
    return found is not None and found[1] in numbers and "paper/" not in path


def test_nothing_leaks_from_any_kind_of_list_at_any_time(
    village: Village, visitor: Client, mirror: Path, travel: Callable, settings: Any
) -> None:
    # One edition is enough: what the days after hold is tested by itself.
    settings.MIRROR_DAYS_AHEAD = 0
    head, reviewer = village.seat(Role.TOWNSHIP_HEAD), village.seat(Role.TOWNSHIP_REVIEWER)
    with travel(noon(DAY)):
        first = {content: published(village, content, stage(content)) for content in Content}
        second = {
            content: correct(**reviewer, list_id=one.pk, rows=rows_of(content), reason="写错了一处")
            for content, one in first.items()
        }
        for one in second.values():
            asked = redacting.ask(
                **reviewer, target="row", object_id=f"{one.number}#2", field="item", datum="name"
            )
            redacting.confirm(**head, redaction_id=asked.pk)
        assert all(verify(one).ok for one in [*first.values(), *second.values()])
        plant()
        refreshing.rebuild()
        named = {one.number for content, one in second.items() if KINDS[content].names}
        seen = 0
        for path, text in everything(visitor, mirror):
            leaks = [secret for secret in [*ALWAYS, SLIPPED] if secret in text and not asks_for(path, secret)]
            assert not leaks, (path, leaks)
            if MASKED in text or OTHER in text:
                assert own_page(path, named) or asks_for(path, MASKED), path
                seen += 1
        # The names did stand where they may: on each list's page, in large type, and in the mirror's files.
        assert seen >= 4 * len(named)
        for content, one in second.items():
            one.refresh_from_db()
            sheet = pdf_text.read(print_board(**reviewer, list=one, paper=Paper.A4)).text
            assert not [secret for secret in [*HIDDEN.values(), SLIPPED] if secret in sheet], content
            assert (NAME in sheet) is KINDS[content].names, content
    last = max(one.closes_on for one in second.values())
    with travel(noon(last + timedelta(days=1))):
        end_due_lists()
        refreshing.rebuild()
        assert not PublicList.objects.filter(state=ListState.RUNNING).exists()
        for path, text in everything(visitor, mirror):
            gone = [*ALWAYS, SLIPPED, MASKED, OTHER]
            leaks = [secret for secret in gone if secret in text and not asks_for(path, secret)]
            assert not leaks, (path, leaks)
        for content, one in second.items():
            one.refresh_from_db()
            sheet = pdf_text.read(print_board(**reviewer, list=one, paper=Paper.A4)).text
            assert not [secret for secret in [*ALWAYS, SLIPPED] if secret in sheet], content
        assert clock.today() > last


def asks_for(path: str, secret: str) -> bool:
    """Return whether `path` is a search for `secret`: a search says again what was asked."""
    return "/search/?q=" in path and secret in path.partition("?q=")[2]
