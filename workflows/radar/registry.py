"""Which rules there are, in the order in which people read them."""

from .rule import Rule, Weight

_rules: dict[str, Rule] = {}


def register(rule: Rule) -> None:
    """Make `rule` known, with its thresholds as settings; ValueError where another has its code."""
    if _rules.setdefault(rule.code, rule) is not rule:
        raise ValueError(f"规则 {rule.code} 已经有了")
    rule.register_keys()


def all_rules() -> list[Rule]:
    """Return every rule."""
    return list(_rules.values())


def is_known(code: str) -> bool:
    """Return whether there is a rule of that code."""
    return code in _rules


def get(code: str) -> Rule:
    """Return the rule of that code; KeyError where there is none."""
    return _rules[code]


def title(code: str) -> str:
    """Return what a rule is called; its code where it is gone."""
    return str(_rules[code].title) if code in _rules else code


def weight(code: str) -> Weight:
    """Return how heavy a rule is; plain where it is gone."""
    return _rules[code].weight if code in _rules else Weight.PLAIN
