"""What a cell of a spreadsheet may hold: one line, nothing that runs when the sheet is opened."""

from .sheets import plain

# What a spreadsheet takes for the start of a formula, in full width too, since a sheet that is saved as CSV
# and opened again is read as if it had been typed.
_RUNS = "=+-@＝＋－＠"
_QUOTE = "'"
LONGEST_CELL = 2000


def inert(text: str) -> str:
    """Return `text` as a cell may hold it: one line, nothing invisible, nothing that runs, as CSV neither."""
    said = " ".join(plain(text).replace("\u200b", "").split())[:LONGEST_CELL]
    return _QUOTE + said if said[:1] and said[0] in _RUNS else said
