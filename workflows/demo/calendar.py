"""Playing stories in date order: each story yields the moment of its next act, earliest first."""

import heapq
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from django.utils import timezone

from portal import clock

Story = Iterator[datetime]


class Diary:
    """Days of the demo, counted back from the real today, so that its newest lists still run."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.today = clock.day_of(now)

    def at(self, day: int, hour: int = 10, minute: int = 0) -> datetime:
        """Return the moment `day` days from today (negative is past), never later than now."""
        moment = datetime.combine(self.today + timedelta(days=day), time(hour, minute))
        return min(timezone.make_aware(moment), self.now)


def perform(stories: Iterable[Story]) -> None:
    """Play `stories` on the portal's clock: every act of all of them in the order of its moment."""
    queue: list[tuple[datetime, int, Story]] = []
    for place, story in enumerate(stories):
        _queue_next(queue, place, story)
    while queue:
        moment, place, story = heapq.heappop(queue)
        with clock.travel(moment):
            _queue_next(queue, place, story)


def _queue_next(queue: list[tuple[datetime, int, Story]], place: int, story: Story) -> None:
    """Run `story` to its next act; the code after a `yield` runs at the moment yielded."""
    following = next(story, None)
    if following is not None:
        heapq.heappush(queue, (following, place, story))
