"""What `compare_offices` compares beyond guardian's grants: upper rooms register what repeats offices."""

from collections.abc import Callable

Comparison = Callable[[], list[str]]

_comparisons: list[Comparison] = []


def register(comparison: Comparison) -> None:
    """Add `comparison`, which returns a line (in Chinese) for each difference; twice changes nothing."""
    if comparison not in _comparisons:
        _comparisons.append(comparison)


def findings() -> list[str]:
    """Return the lines of every registered comparison."""
    return [line for comparison in _comparisons for line in comparison()]
