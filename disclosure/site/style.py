"""The public pages' stylesheet, made small at start-up, with the digest that the content policy allows."""

import base64
import hashlib
import re
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent / "templates" / "public" / "style.css"


def minify(source: str) -> str:
    """Return the stylesheet without comments and layout; strings in quotes are kept as they are."""
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.S)
    parts = re.split(r'("[^"]*")', source)
    for i in range(0, len(parts), 2):
        text = re.sub(r"\s+", " ", parts[i])
        # A space before ":" is a descendant selector (".text :target") and stays.
        text = re.sub(r" ?([{};,>]) ?", r"\1", text)
        parts[i] = text.replace(": ", ":").replace(";}", "}")
    return "".join(parts).strip()


STYLE = minify(SOURCE.read_text(encoding="utf-8"))
"""What stands between <style> and </style> on every public page, to the byte."""

STYLE_HASH = f"'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
"""Source expression for `style-src`: the page's own stylesheet runs, any other inline style does not."""
