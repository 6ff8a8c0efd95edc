"""Sheets as PDF: one function for every sheet of the portal.

A template under ``templates/print`` gets its data as JSON, so nothing of it is ever read as markup, a path or
an address; it may read files of its own folder alone, and no sheet needs the network.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import typst
from django.conf import settings

from portal import clock

from . import fonts
from .errors import BadSheet

_NAME = re.compile(r"[a-z][a-z_]*")
# A run without a place to break would leave the sheet at its edge.
_RUN = re.compile(r"[!-~\u00a1-\u02ff]{25,}")
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
_BREAK = "\u200b"
_PIECE = 12


def plain(text: str) -> str:
    """Return `text` as a sheet may hold it.

    Control characters become spaces (line breaks stay), invisible marks and those that turn the direction of
    writing go, characters outside Unicode's planes of writing become □, long runs get places to break.
    """
    kept = []
    for char in _LINE_ENDS.sub("\n", text):
        category = unicodedata.category(char)
        if char == "\n" or category[0] not in "C":
            kept.append(char)
        elif category == "Cc":
            kept.append(" ")
        elif category != "Cf":
            kept.append("□")
    return _RUN.sub(lambda run: _BREAK.join(_pieces(run.group())), "".join(kept))


def _pieces(run: str) -> list[str]:
    return [run[start : start + _PIECE] for start in range(0, len(run), _PIECE)]


def _cleaned(value: Any, raw: bool = False) -> Any:
    """Return JSON data with every text made plain; what stands under a key in ``_svg`` is kept."""
    if isinstance(value, str):
        return value if raw else plain(value)
    if isinstance(value, Mapping):
        return {str(key): _cleaned(inner, str(key).endswith("_svg")) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(inner, raw) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    # Lazy translations, dates and the like.
    return plain(str(value))


def render(template: str, data: Mapping[str, Any], *, made_at: datetime | None = None) -> bytes:
    """Return the sheet `template` (a name in ``templates/print``) filled with `data`, as PDF.

    The same data and `made_at` (aware; the clock's now unless given) give the same bytes. The file carries a
    title and the time, no author. Raises NoChineseFont where the server has none, BadSheet where the template
    fails, and ValueError for a name that is no template's.
    """
    folder = settings.BASE_DIR / "templates" / "print"
    if not _NAME.fullmatch(template) or not (folder / f"{template}.typ").is_file():
        raise ValueError(f"没有这张表：{template}")
    given = json.dumps(
        {"fonts": fonts.chosen(), "sheet": _cleaned(data)},
        ensure_ascii=False,
        sort_keys=True,
        allow_nan=False,
    )
    try:
        # One for each sheet: a compiler keeps what it was given, and threads must not share that.
        compiler = typst.Compiler(
            str(folder / f"{template}.typ"),
            root=str(folder),
            font_paths=fonts.installed(),
            sys_inputs={"data": given},
        )
        pdf = compiler.compile(format="pdf", timestamp=int((made_at or clock.now()).timestamp()))
    except typst.TypstError as error:
        # The diagnosis may quote the data, so it goes nowhere.
        raise BadSheet(template) from (error if settings.DEBUG else None)
    if not isinstance(pdf, bytes):
        raise BadSheet(template)
    return pdf
