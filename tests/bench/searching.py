"""A search among 30,000 documents beside reading the same rows by their keys, and beside a scan by LIKE."""

import itertools
import random
from datetime import date, timedelta

from django.db import connection
from django.db.models import Q

from disclosure.search import services
from disclosure.search.asking import read
from disclosure.search.finding import A_PAGE, documents, find
from disclosure.search.models import Entry
from disclosure.search.registry import Document, Passage

from .timing import queries, turn_by_turn, verdict

DOCUMENTS, PARAGRAPHS, WORDS_EACH, TIMES = 30_000, 3, 50, 7
MOST_OF_SCAN, MOST_MS = 0.2, 50
# Words of two characters, some far more common than others, as in any language.
CHARACTERS = (
    "产业奖补养种核查验收医缴费禁烧岗位保护救助计划学生贷款饮水安全村道防汛值班培训就监测帮扶资金拨付整改"
)
# Each stands in one document of so many.
PLANTED = {"罕遇": 6000, "路灯": 100, "危房改造名单": 100, "大棚": 20, "公示": 5}
# The question, and whether the aim is for it: what half the county contains is answered by "too many".
ASKED = {
    "a word of two characters in 5": ("罕遇", True),
    "a word in 300": ("路灯", True),
    "a phrase of six characters in 300": ("危房改造名单", True),
    "one character in 300": ("灯", True),
    "a word in 1,500": ("大棚", True),
    "a word in 6,000": ("公示", False),
    "a character in all": ("的", False),
}


def measure(_county: object) -> None:
    """Fill the index and ask.

    On PostgreSQL without parallel workers: the clock reads the processor of the one process that serves us,
    so that what workers do for a scan would be free.
    """
    _fill()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")
    for name, (asked, aimed) in ASKED.items():
        _compare(name, asked, aimed)


def _compare(name: str, asked: str, aimed: bool) -> None:
    question = read(asked)
    shown = documents(question)[:A_PAGE]
    rows = [*Entry.objects.filter(document__in=shown, position=0).values_list("pk", flat=True)]
    scanned = Q()
    for phrase in question.phrases:
        word = "".join(phrase)
        scanned &= Q(title__contains=word) | Q(text__contains=word)

    def search(_number: int) -> None:
        find(question)

    def keys(_number: int) -> None:
        for pk in rows or [1]:
            Entry.objects.get(pk=pk)

    def scan(_number: int) -> None:
        [*Entry.objects.filter(scanned).order_by("-on").values_list("document", flat=True)[:A_PAGE]]

    search(0)
    taken = turn_by_turn(TIMES, search=search, keys=keys, scan=scan)
    of_scan = taken["search"] / taken["scan"]
    met = verdict(taken["search"] <= MOST_MS and of_scan <= MOST_OF_SCAN)
    aim = f"; aim {MOST_MS} ms and {MOST_OF_SCAN}: {met}" if aimed else ""
    print(
        f"  {name} of {DOCUMENTS:,} documents: {taken['search']:.1f} ms, {of_scan:.2f} of a scan "
        f"({taken['scan']:.0f} ms), {taken['search'] / taken['keys']:.1f} times {len(rows)} rows by key, "
        f"{queries(lambda: find(question))} queries{aim}",
        flush=True,
    )


def _fill() -> None:
    """Write DOCUMENTS notices, always the same, of PARAGRAPHS paragraphs of some 110 characters."""
    chance = random.Random(42)
    words = [first + second for first in CHARACTERS for second in CHARACTERS[::3]]
    weights = list(itertools.accumulate(1 / (rank + 10) for rank in range(len(words))))
    day = date(2026, 1, 1)
    batch: list[Entry] = []
    for number in range(DOCUMENTS):
        texts = [chance.choices(words, cum_weights=weights, k=WORDS_EACH) for _ in range(PARAGRAPHS)]
        for word, each in PLANTED.items():
            if number % each == each - 1:
                chance.choice(texts).insert(chance.randrange(WORDS_EACH), f"，{word}，")
        document = Document(
            kind="notice",
            path=f"notices/{number}/",
            title=f"关于{''.join(chance.choices(words, cum_weights=weights, k=3))}的通知{number}号",
            on=day - timedelta(days=number % 3000),
            passages=tuple(Passage(f"p{place}", "".join(text) + "。") for place, text in enumerate(texts, 1)),
        )
        batch += services.entries(f"bench:{number}", document)
        if len(batch) >= 3000:
            Entry.objects.bulk_create(batch)
            batch = []
    Entry.objects.bulk_create(batch)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
