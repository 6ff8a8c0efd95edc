"""Who may not act on whom: upper rooms register rules, the engine asks for the reasons.

A rule returns, for each of the subjects (keys such as ``household:17``) that the user must keep away
from, the reason in Chinese.
"""

from collections.abc import Callable, Sequence

from .models import User

Rule = Callable[[User, Sequence[str]], dict[str, str]]

_rules: list[Rule] = []


def register(rule: Rule) -> None:
    """Add `rule`; adding it twice changes nothing."""
    if rule not in _rules:
        _rules.append(rule)


def reasons(user: User, subjects: Sequence[str]) -> dict[str, str]:
    """Return the reason for each of `subjects` that `user` must keep away from; the others are absent.

    Every rule is asked once for all subjects, so that a batch costs as many queries as one row.
    """
    found: dict[str, list[str]] = {}
    for rule in _rules:
        for subject, reason in rule(user, subjects).items():
            found.setdefault(subject, []).append(reason)
    return {subject: "；".join(dict.fromkeys(texts)) for subject, texts in found.items()}
