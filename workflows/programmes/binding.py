"""What the verification of the ledger asks of programmes: whether each text still says what was recorded.

A redaction (redaction.py) is the one event by which a version comes to say something else; it commits to what
is left, and says which texts did not read as recorded before it.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from disclosure.publicity.events import REDACTED
from portal.ledger import bindings
from portal.ledger.canonical import canonical
from portal.ledger.faults import Fault
from portal.ledger.models import Event
from portal.ledger.rows import CountedBinding, Told

from .events import BUDGET_SET, PROGRAMME_CREATED, VERSION_MADE, VISIT_RECORDED
from .models import Budget, Programme, ProgrammeVersion, Visit
from .recorded import KINDS, TARGET, TITLE, Said, of_budget, of_version, said_in, salts_of

# What is said of a text that is gone, that was changed, that no event tells of; "" where nothing is.
Words = tuple[str, str, str]


class _Follower:
    """Follows what the ledger said last of each text whose key is among its own."""

    def __init__(self, own: Callable[[str], bool]) -> None:
        self._own = own
        self._told: dict[tuple[str, str], Said] = {}
        # Texts that a redaction found unlike what was recorded: what they say now vouches for nothing.
        self._unlike: dict[tuple[str, str], int] = {}
        self._last = 0

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take an event that says something of a programme's texts, or of a redaction."""
        self._last = sequence
        for said in said_in(sequence, record):
            if self._own(said.key):
                self._told[said.programme, said.key] = said
        body = record["body"]
        if record["kind"] == REDACTED and body.get("target") == TARGET:
            keys = [key for key in body.get("unlike", []) if self._own(key)]
            self._unlike |= {(body["programme"], key): sequence for key in keys}

    def _worded(
        self, stored: Iterable[tuple[str, str, str]], words: Callable[[str, str], Words]
    ) -> Iterator[Fault]:
        """Yield a fault for each of the texts `stored` (programme, key, text), or gone, that does not fit."""
        # Read after the texts: what was redacted while the events were walked has its event by now.
        stored = list(stored)
        behind = Event.objects.filter(kind__in=KINDS, sequence__gt=self._last).order_by("sequence")
        for sequence, record in behind.values_list("sequence", "record"):
            self.take(sequence, json.loads(record))
        told, salts = dict(self._told), salts_of(self._told.values())
        recorded = {slug: said.sequence for (slug, key), said in told.items() if key != TITLE}
        for slug, key, text in stored:
            _gone, changed, unrecorded = words(slug, key)
            said = told.pop((slug, key), None)
            if said is None:
                if unrecorded and slug in recorded:
                    yield Fault(recorded[slug], unrecorded)
            elif not said.holds(text, salts):
                yield Fault(said.sequence, changed)
            elif (slug, key) in self._unlike:
                yield Fault(self._unlike[slug, key], changed)
        for (slug, key), said in told.items():
            yield Fault(said.sequence, words(slug, key)[0])


@bindings.register
class VersionBinding(_Follower):
    """Holds every version's definition against the event that made it, or redacted it last."""

    kinds = (VERSION_MADE, REDACTED)

    def __init__(self) -> None:
        super().__init__(lambda key: key.startswith(of_version("")))

    def faults(self) -> Iterator[Fault]:
        """Yield versions that are gone, were changed, or were put in beside the ledger."""
        versions = ProgrammeVersion.objects.select_related("programme").order_by("pk")
        stored = (
            (one.programme.slug, of_version(one.number), canonical(one.definition))
            for one in versions.iterator(200)
        )
        yield from self._worded(stored, _of_version)


def _of_version(slug: str, key: str) -> Words:
    about = {"programme": slug, "number": key.removeprefix(of_version(""))}
    return (
        _("项目 %(programme)s 的第%(number)s版不见了") % about,
        _("项目 %(programme)s 第%(number)s版的定义被改过") % about,
        _("项目 %(programme)s 多出第%(number)s版，账本没有记过") % about,
    )


@bindings.register
class MoneyBinding(_Follower):
    """Holds the name of every programme and what each year's budget is, and is from, against the ledger."""

    kinds = (PROGRAMME_CREATED, BUDGET_SET, REDACTED)

    def __init__(self) -> None:
        super().__init__(lambda key: key == TITLE or key.startswith(of_budget("")))
        self._totals: dict[tuple[str, str], tuple[int, int]] = {}

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take the event of a programme, of its budget, or of a redaction."""
        super().take(sequence, record)
        if record["kind"] == BUDGET_SET:
            body = record["body"]
            key = of_budget(body["year"])
            self._totals[record["object_id"], key] = (sequence, body["total_fen"])

    def faults(self) -> Iterator[Fault]:
        """Yield names, sums and sources that were changed, and budgets that are gone or nobody set."""
        yield from self._worded(self._stored(), _of_money)
        for budget in Budget.objects.select_related("programme").order_by("pk").iterator(200):
            slug = budget.programme.slug
            sequence, total = self._totals.get((slug, of_budget(budget.year)), (0, budget.total_fen))
            if total != budget.total_fen:
                about = {"programme": slug, "year": str(budget.year)}
                yield Fault(sequence, _("项目 %(programme)s %(year)s年的预算金额被改过") % about)

    def _stored(self) -> Iterator[tuple[str, str, str]]:
        for slug, title in Programme.objects.order_by("pk").values_list("slug", "title").iterator(200):
            yield slug, TITLE, title
        budgets = Budget.objects.order_by("pk").values_list("programme__slug", "year", "source")
        for slug, year, source in budgets.iterator(200):
            yield slug, of_budget(year), source


def _of_money(slug: str, key: str) -> Words:
    if key == TITLE:
        # Without an event of its making nothing was ever said of its name.
        about = {"programme": slug}
        gone = _("项目 %(programme)s 不见了") % about
        return gone, _("项目 %(programme)s 的名称被改过") % about, ""
    about = {"programme": slug, "year": key.removeprefix(of_budget(""))}
    return (
        _("项目 %(programme)s %(year)s年的预算不见了") % about,
        _("项目 %(programme)s %(year)s年的资金来源被改过") % about,
        _("项目 %(programme)s %(year)s年的预算账本没有记过") % about,
    )


@bindings.register
class VisitBinding(CountedBinding):
    """Holds the visits to every case's home, in their order, against the events that recorded them."""

    kinds = (VISIT_RECORDED,)
    called = _lazy("入户核查，办件")

    def one(self, record: dict[str, Any]) -> tuple[str, Told]:
        """Return the day, and who says so."""
        told = {"visited_on": record["body"]["visited_on"], "by": record["actor"]}
        return record["object_id"], told

    def rows(self) -> Iterator[tuple[str, Told]]:
        """Yield every visit."""
        rows = Visit.objects.order_by("pk").values_list("case__number", "visited_on", "recorded_by__username")
        for number, day, by in rows.iterator(500):
            yield number, {"visited_on": day.isoformat(), "by": by}
