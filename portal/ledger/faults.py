"""What a verification finds: the first thing that does not hold, and what held before it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


class Bad(Exception):
    """What is wrong with one event, in Chinese; `sequence` where it is not the one being looked at."""

    def __init__(self, reason: str, sequence: int | None = None) -> None:
        super().__init__(reason)
        self.sequence = sequence


@dataclass(frozen=True, order=True)
class Fault:
    """Something that does not hold: at which event, and what."""

    sequence: int
    reason: str

    def __str__(self) -> str:
        return _("第 %(sequence)d 号事件：%(reason)s") % {"sequence": self.sequence, "reason": self.reason}


@dataclass(frozen=True)
class Report:
    """What a verification found.

    `size` events hold, with `root` over them; `fault` is the first thing that does not hold. `checkpoints`
    and `cosigned` count the signed trees that fitted, `unchecked` says in words what could not be checked.
    `uncounted` followed tables were never counted (`counting`): a row put into them may not be noticed.
    """

    size: int
    root: str
    fault: Fault | None = None
    checkpoints: int = 0
    cosigned: int = 0
    tiles: int = 0
    unchecked: tuple[str, ...] = ()
    uncounted: int = 0
