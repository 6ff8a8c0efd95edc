"""Whatever stands in a field that the public reads, or is sent by a form or in an address, stays text."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.cache import cache
from django.db import models
from django.test import Client

from disclosure.deliberations.models import Deliberation, Meeting
from disclosure.mirror import registry
from disclosure.pages import services as pages
from disclosure.pages.models import (
    NoticePage,
    PolicyDocumentPage,
    PolicyReadingPage,
    SectionPage,
    SiteRecord,
    Withdrawal,
)
from disclosure.publicity.models import ListRow, Objection, Posting, PublicList
from disclosure.publicity.services import answer, correct, countersign, lodge, record_posting
from disclosure.village.models import VillageMatter
from disclosure.village.rows import from_paste
from disclosure.village.services import open_matter, record_meeting, save_rows, withdraw
from portal import clock
from portal.areas.models import Area
from portal.configuration import services as configuration
from portal.people.models import Role
from tests.disclosure.village import Village, a_list, hold, household, opened

# Each breaks out somewhere else: text, attribute, script, comment, title, template, header.
CORPUS = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</title></textarea><svg onload=alert(1)>",
    "--><iframe src=//evil.example>",
    "{{7*7}}{% load x %}${7*7}",
    "javascript:alert(1)//' onmouseover='alert(1)",
    "甲\r\nSet-Cookie: a=b\r\n\r\n<b>",
    "]]><x/>&lt;script&gt;\u2028",
]
# Short fields hold the first of two.
PAIRS = [first + second for first, second in zip(CORPUS[::2], CORPUS[1::2], strict=True)]
WITH_SOURCE = {"script", "img", "iframe", "embed"}
# Fields of which the public reads the text, of everything that is published here.
PUBLIC_FIELDS: dict[type[models.Model], tuple[str, ...]] = {
    PublicList: ("title", "correction_reason"),
    ListRow: ("masked_name",),
    Objection: ("answer", "correction_why", "told_words", "extension_why"),
    Posting: ("note",),
    Deliberation: ("matter", "closed_why"),
    Meeting: ("place", "convened_by", "explanation"),
    VillageMatter: ("title", "withdrawn_why"),
    Withdrawal: ("title", "reason"),
    SiteRecord: ("sponsor", "operator", "phone", "site_code", "icp", "police", "organ"),
    NoticePage: ("title", "source", "search_description"),
    SectionPage: ("title", "intro", "keywords"),
    PolicyReadingPage: ("title", "source"),
    PolicyDocumentPage: ("title", "theme", "issuer", "document_number", "recipients", "cc", "sponsor"),
    Area: ("name",),
}


class Elements(HTMLParser):
    """What a browser would make of a page: its elements and what could run in them."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.within = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what runs, or leads to what does."""
        self.within = tag
        for name, value in attrs:
            said = (value or "").strip().lower()
            leads = name in ("href", "src", "action", "formaction") and said.startswith(("javascript:", "//"))
            if name.startswith("on") or leads:
                self.found.append(f"<{tag} {name}={value}>")
            if tag in WITH_SOURCE and name == "src" and not said.startswith("data:"):
                self.found.append(f"<{tag} {name}={value}>")
        if tag in ("iframe", "object", "embed", "x"):
            self.found.append(f"<{tag}>")

    def handle_data(self, data: str) -> None:
        """Note a script of ours that holds a word of theirs."""
        if self.within == "script" and "alert(1)" in data:
            self.found.append("<script>")

    def handle_endtag(self, tag: str) -> None:
        """Leave the element."""
        self.within = ""


@pytest.fixture
def everything(village: Village, visitor: Client) -> PublicList:
    """Publish one of everything that the middle floor lets the public read; return the list."""
    clerk, reviewer = village.seat(Role.VILLAGE_CLERK), village.seat(Role.TOWNSHIP_REVIEWER)
    deliberation = opened(village)
    hold(village, deliberation)
    first = a_list(village, deliberation=deliberation)
    rows = [household(1, effect="成"), household(2)]
    published = correct(**reviewer, list_id=first.pk, rows=rows, reason="写错了")
    posting = record_posting(**reviewer, list_id=published.pk, seen_on=clock.today(), note="祠堂")
    countersign(**village.seat(Role.VILLAGE_SUPERVISION), posting_id=posting.pk)
    lodge(list_id=published.pk, text="不对")
    answer(
        **village.seat(Role.VILLAGE_SUPERVISION),
        objection_id=Objection.objects.get().pk,
        outcome="dismissed",
        findings="两人入户看过，问了邻居",
        answer="属实",
        investigators=["甲", "乙"],
    )
    matter = open_matter(**clerk, area=village.area, kind="works", title="修路")
    save_rows(**clerk, matter_id=matter.pk, seen_version=0, rows=from_paste("修路\t1\t\n", "works"))
    data = {"step": "proposal", "held_on": clock.today(), "due_count": 9, "present_count": 9, "votes_for": 9}
    record_meeting(**clerk, matter_id=matter.pk, seen_version=1, data=data)
    withdraw(**clerk, matter_id=matter.pk, why="不办了")
    policy = PolicyDocumentPage(title="办法", slug="policy", live=False)
    policy.body = [("paragraph", {"number": "", "label": "一", "anchor": "", "text": "正文"})]
    pages.section(pages.POLICIES).add_child(instance=policy)
    policy.save_revision().publish()
    for slug in ("notice", "gone"):
        notice = NoticePage(title="公告", slug=slug, body="<p>正文</p>", live=False)
        pages.section(pages.NOTICES).add_child(instance=notice)
        notice.save_revision().publish()
    notice.unpublish(reason="写错了几处")
    reading = PolicyReadingPage(title="解读", slug="reading", policy=policy, body="<p>正文</p>", live=False)
    pages.section(pages.READINGS).add_child(instance=reading)
    reading.save_revision().publish()
    return published


def plant(text: str) -> None:
    """Put `text` into every field that the public reads, past the services that refuse most of it."""
    for model, names in PUBLIC_FIELDS.items():
        for name in names:
            field = model._meta.get_field(name)
            model.objects.update(**{name: text[: field.max_length or len(text)]})  # type: ignore[attr-defined]
    for row in ListRow.objects.all():
        said = dict.fromkeys(("group", "item", "note", "effect"), text)
        why = dict.fromkeys(("text", "source_label", "level", "source_url"), text)
        ListRow.objects.filter(pk=row.pk).update(shown={**row.shown, **said, "why": why})
    for page in PolicyDocumentPage.objects.all():
        page.body = [("paragraph", dict.fromkeys(("number", "label", "text"), text) | {"anchor": "s1"})]
        page.save(clean=False)
    configuration.forget()


@pytest.mark.parametrize("text", PAIRS)
def test_no_text_of_a_public_field_becomes_part_of_a_page(
    everything: PublicList, village: Village, visitor: Client, text: str
) -> None:
    plant(text)
    paths = [address.path for address in registry.every()] + ["/notices/gone/"]
    feeds = ["/feed.xml", f"/areas/{village.area.code}/feed.xml", "/notices/feed.xml", "/sitemap.xml"]
    assert len(paths) > 20
    for path in (*paths, *feeds):
        for mode in ("", "/da"):
            cache.clear()
            response = visitor.get(mode + path)
            assert response.status_code in (200, 301, 302, 404, 410), (mode + path, response.status_code)
            look(response, mode + path)


@pytest.mark.parametrize("text", CORPUS)
def test_nothing_that_is_sent_or_asked_for_comes_back_as_part_of_a_page(
    everything: PublicList, visitor: Client, text: str
) -> None:
    ours = {"sec-fetch-site": "same-origin"}
    here = f"/lists/{everything.number}/object/"
    for path, sent in (
        (here, {"text": "", "contact": text, "row": text, "ground": text, "sum": text}),
        (here, {"text": text, "contact": "x" * 300, "complained_role": text}),
        ("/receipts/", {"code": text, "pin": text, "do": text, "text": text}),
        ("/report/", {"path": text, "text": text, "contact": text, "kind": text}),
    ):
        for mode in ("", "/da"):
            look(visitor.post(mode + path, sent, headers=ours), path)
    for path in ("/search/", "/report/", here, "/areas/", "/api/v1/lists", "/"):
        asked = {"q": text, "area": text, "kind": text, "path": text, "ground": text, "since": text}
        look(visitor.get(path, asked), path)
        look(visitor.get(f"{path}{text}/".replace("\r\n", "%0d%0a")), path)


def look(response: Any, path: str) -> None:
    """Look at an answer as a browser does."""
    assert response.status_code < 500, path
    assert not response.cookies and "Set-Cookie" not in response.headers, path
    assert not any(re.search(r"[\r\n]", str(value)) for value in response.headers.values()), path
    page = response.content.decode()
    kind = response.headers.get("Content-Type", "")
    assert "49" not in re.findall(r"(\d+)(?:\$|\{%)", page), path
    if kind.startswith("text/html"):
        assert Elements(page).found == [], path
    elif "json" in kind:
        assert not set("<>&") & set(page), path
    else:
        assert not re.search(r"<(?:script|img|svg|iframe|x|b)\b", page), path
