"""The script that reads a page aloud in large type, made small, with the digest that the policy allows.

Nothing on a page needs it: it adds one button where the browser speaks Chinese (domain.md section 5, S36).
"""

import base64
import hashlib
import re
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent / "templates" / "public" / "aloud.js"


def minify(source: str) -> str:
    """Return the script without its comment and its layout. Names stay, so that it reads in the page too."""
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.S)
    lines = (line.strip() for line in source.splitlines())
    return re.sub(r" ?(===|!==|\|\||&&|\+=|[=+?:,{}]) ", r"\1", "\n".join(line for line in lines if line))


SCRIPT = minify(SOURCE.read_text(encoding="utf-8"))
"""What stands between <script> and </script> on every page in large type, to the byte."""

SCRIPT_HASH = f"'sha256-{base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()}'"
"""Source expression for `script-src`: this script runs, any other inline script does not."""
