"""The trail at a million events: pages of it beside as many events read by their numbers alone.

``LEDGER_EVENTS`` makes a shorter ledger. Aims: each page at most `MOST_TIMES` the floor, in as few queries.
"""

from portal import clock
from portal.ledger.models import Event, Head
from portal.people.models import Role, User
from workflows.demo import build
from workflows.demo.build import County
from workflows.supervision import trail
from workflows.supervision.asked import Asked

from .ledger import EVENTS, fill
from .timing import queries, turn_by_turn, verdict

TIMES, MOST_TIMES, MOST_QUERIES = 15, 6, 8


def measure(county: County) -> None:
    """Walk pages as a supervisor of the county, and of a township where hardly anything happens."""
    if (Head.objects.values_list("size", flat=True).first() or 0) < EVENTS:
        fill(EVENTS)
    size = Head.objects.values_list("size", flat=True).get()
    quiet = User.objects.create(username="bench-watcher", display_name="量度")
    build.grant(county, quiet, Role.SUPERVISOR, "蕨溪乡")
    today = clock.today()
    busy, helper = county["supervisor"], county["helper1"].username
    number = Event.objects.filter(object_type="case").values_list("object_id", flat=True)[0]

    def floor(turn: int) -> object:
        low = size // 2 + 97 * turn
        found = Event.objects.select_related("actor").filter(sequence__gt=low, sequence__lte=low + 51)
        return list(found.order_by("-sequence"))

    def whole(turn: int) -> object:
        return trail.page(busy, Asked(), before=size // 2 + 97 * turn)

    things = {
        "the county, the newest": lambda _turn: trail.page(busy, Asked()),
        "the county, in the middle": whole,
        "a quiet township": lambda _turn: trail.page(quiet, Asked()),
        "a person": lambda _turn: trail.page(busy, Asked(person=helper)),
        "a kind": lambda turn: trail.page(busy, Asked(kind="case.decided"), before=size - 97 * turn),
        "a case": lambda _turn: trail.page(busy, Asked(number=number)),
        "a day": lambda _turn: trail.page(busy, Asked(last=today.isoformat())),
    }
    for name, thing in things.items():
        asked = queries(lambda: thing(0))  # noqa: B023 asked at once
        taken = turn_by_turn(TIMES, floor=floor, page=thing)
        ratio = taken["page"] / taken["floor"]
        met = ratio <= MOST_TIMES and asked <= MOST_QUERIES
        print(
            f"  the trail of {name} at {size:,} events: {ratio:.1f} times 51 events by number "
            f"({taken['page']:.1f} ms to {taken['floor']:.1f} ms), {asked} queries; "
            f"aim {MOST_TIMES} and {MOST_QUERIES}: {verdict(met)}",
            flush=True,
        )
