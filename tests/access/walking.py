"""Walking the public site from its links, and what a page must never hold."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urlsplit

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from workflows.registry.id_numbers import check_character

SPACES = r"[ \u00a0\u2009\u3000\-－]?"
DIGITS = re.compile(rf"(?<![\d.])\d(?:{SPACES}\d){{10,22}}(?!\d)")
ID_NUMBER = re.compile(rf"(?<!\d)(?:\d{SPACES}){{17}}[\dXx](?![\dXx])")
MOBILE = re.compile(rf"(?<!\d)1[3-9](?:{SPACES}\d){{9}}(?!\d)")
CARD_LENGTHS = range(16, 20)
DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
LARGEST_PAGE = 14 * 1024
MOST_QUERIES = 10
MOST_PAGES = 3000
# Not pages: what is read by programs (tests/disclosure/opendata looks at it).
NOT_WALKED = re.compile(r"^/static/|^/(?:da/)?(?:api/|data/.)")


def passes_luhn(digits: str) -> bool:
    """Return whether `digits` pass the check of bank cards."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def numbers_in(text: str, *, published: frozenset[str] = frozenset()) -> list[str]:
    """Return what in `text` is an ID, mobile or card number, less the numbers that lists themselves carry.

    `published` are the numbers of lists: area code, year and place, which may pass a check by chance.
    """
    for number in published:
        text = text.replace(number, " ")
    # A digest is drawn by chance: eleven of its digits in a row may look like a telephone's.
    text = DIGEST.sub(" ", text)
    found = []
    for match in ID_NUMBER.finditer(text):
        plain = re.sub(r"[^\dXx]", "", match[0]).upper()
        if check_character(plain[:17]) == plain[17]:
            found.append(plain)
    found += [match[0] for match in MOBILE.finditer(text)]
    for match in DIGITS.finditer(text):
        plain = re.sub(r"\D", "", match[0])
        if len(plain) in CARD_LENGTHS and passes_luhn(plain):
            found.append(plain)
    return found


@dataclass
class Page:
    """One page as it was got: what a reader sees of it and what its markup says."""

    address: str
    status: int
    html: str
    headers: dict[str, str]
    cookies: list[str]
    queries: int
    size: int
    text: str = ""
    links: list[str] = field(default_factory=list)
    tags: dict[str, int] = field(default_factory=dict)
    outside: list[str] = field(default_factory=list)
    lang: str = ""
    title: str = ""
    robots: str = ""


class _Reader(HTMLParser):
    """Fills a Page from its markup."""

    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.page, self.inside, self.words = page, [], list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        page, given = self.page, {name: value or "" for name, value in attrs}
        page.tags[tag] = page.tags.get(tag, 0) + 1
        self.inside.append(tag)
        if tag == "html":
            page.lang = given.get("lang", "")
        if tag == "meta" and given.get("name") == "robots":
            page.robots = given.get("content", "")
        for name in ("href", "src", "action", "srcset", "poster", "data"):
            where = given.get(name, "")
            if where.startswith(("tel:", "mailto:", "data:")):
                continue
            if urlsplit(where).netloc:
                page.outside.append(where)
            elif where and name == "href" and tag == "a":
                page.links.append(where)
        for value in given.values():
            if re.search(r"url\(\s*['\"]?(?:https?:)?//", value):
                page.outside.append(value)
        self.words += [value for name, value in given.items() if name in ("value", "alt", "title", "content")]

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "title" in self.inside and "svg" not in self.inside:
            self.page.title += data
        self.words.append(data)


def get(address: str) -> Page:
    """Get `address` as a visitor, from no cache, compressed as a browser asks for it."""
    cache.clear()
    client = Client()
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address, headers={"accept-encoding": "gzip"})
    body = b"".join(response.streaming_content) if response.streaming else response.content
    size = len(body)
    if response.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    else:
        size = len(gzip.compress(body, 9))
    html = body.decode()
    headers = dict(response.items())
    page = Page(address, response.status_code, html, headers, [*response.cookies], len(queries), size)
    reader = _Reader(page)
    reader.feed(html)
    page.text = "\n".join(reader.words)
    page.robots += headers.get("X-Robots-Tag", "")
    if response.status_code in (301, 302):
        page.links.append(headers["Location"])
    return page


def walk(start: list[str]) -> Iterator[Page]:
    """Yield every page that can be reached by links from `start`, each once."""
    waiting, known = [*start], set(start)
    while waiting:
        assert len(known) < MOST_PAGES, f"links without end: {waiting[-3:]}"
        page = get(waiting.pop(0))
        yield page
        for link in page.links:
            base = page.address.partition("?")[0]
            where = urldefrag(link)[0]
            if where.startswith("?"):
                where = base + where
            if where.startswith("/") and where not in known and not NOT_WALKED.match(where):
                known.add(where)
                waiting.append(where)
