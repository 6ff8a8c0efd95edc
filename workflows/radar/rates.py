"""How good each rule is: what became of its clues, and how many were false alarms."""

from dataclasses import dataclass

from django.db.models import Count

from portal.people.models import User

from .models import Flag, FlagState


@dataclass(frozen=True)
class Rate:
    """What became of the clues of a rule within somebody's reach."""

    waiting: int = 0
    dismissed: int = 0
    ticketed: int = 0

    @property
    def closed(self) -> int:
        """How many were judged."""
        return self.dismissed + self.ticketed

    @property
    def false_alarms(self) -> int | None:
        """How many of a hundred judged clues were false alarms; None where none was judged."""
        return round(100 * self.dismissed / self.closed) if self.closed else None


def rates(user: User) -> dict[str, Rate]:
    """Return the rate of each rule by its code, of what `user` may see (one query)."""
    found = Flag.objects.visible_to(user).order_by().values_list("rule", "state").annotate(n=Count("pk"))
    counted: dict[str, dict[str, int]] = {}
    for rule, state, number in found:
        counted.setdefault(rule, {})[state] = number
    return {
        rule: Rate(
            waiting=states.get(FlagState.OPEN, 0) + states.get(FlagState.LOOKED, 0),
            dismissed=states.get(FlagState.DISMISSED, 0),
            ticketed=states.get(FlagState.TICKETED, 0),
        )
        for rule, states in counted.items()
    }
