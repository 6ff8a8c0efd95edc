"""What somebody asks for: phrases that must all occur. Nothing of it is kept, counted or logged."""

import re
from dataclasses import dataclass

from .units import runs

LONGEST = 60
MOST_PHRASES = 8
# “…” and "…" keep words together; whatever else stands between spaces is a phrase of its own.
_QUOTED = re.compile(r"[“”\"＂「『](?P<words>[^“”\"＂」』]+)[“”\"＂」』]|(?P<word>[^\s“”\"＂「」『』]+)")


@dataclass(frozen=True)
class Question:
    """A question as typed (shortened to LONGEST characters) and its phrases, each a list of units."""

    asked: str
    phrases: tuple[tuple[str, ...], ...]
    shortened: bool = False

    def __bool__(self) -> bool:
        return bool(self.phrases)


def read(typed: str) -> Question:
    """Return the question that `typed` asks. What is no letter, digit or character asks for nothing.

    Words between spaces may stand apart; in quotes they stand side by side. A comma parts phrases, as it
    does in texts.
    """
    words = " ".join(typed.replace("\x00", " ").split())
    asked = words[:LONGEST].rstrip()
    phrases: list[tuple[str, ...]] = []
    for found in _QUOTED.finditer(asked):
        for run in runs(found["words"] or found["word"]):
            phrase = tuple(unit.text for unit in run)
            if phrase not in phrases:
                phrases.append(phrase)
    return Question(asked, tuple(phrases[:MOST_PHRASES]), len(words) > LONGEST or len(phrases) > MOST_PHRASES)
