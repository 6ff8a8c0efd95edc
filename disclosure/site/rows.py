"""The rows of a long list, rendered by Jinja2: a fraction of the time of Django's templates, escaped too."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.urls import get_script_prefix
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import escape

from disclosure.masking.services import Content, kind_of
from disclosure.publicity.models import PublicList

from .events_of import paid_words, row_change
from .words import row_note, yuan

# A sign that no text has use for.
BETWEEN = "\x1f"
FOLDER = Path(__file__).resolve().parent.parent.parent / "templates" / "public"


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, auto_reload=False
    )
    return environment.get_template("rows.jinja")


def render_rows(
    list: PublicList,
    rows: Sequence[Mapping[str, Any]],
    paid: Mapping[int, tuple[int, date]] = MappingProxyType({}),
) -> SafeString:
    """Return the rows (as `publicity.public.page` gives them) of `list` as HTML.

    Where the matter pays nothing, no row has an amount. `paid` tells by position what was paid when.
    """
    prefix = get_script_prefix()
    nameless = _("凭什么给") if kind_of(list.content).households else _("谁定的")
    if list.content == Content.ASSESSMENTS:
        nameless = _("各项多少分")
    headings = {"less": _("为什么少了"), "named": _("为什么有他家"), "nameless": nameless}
    words = {
        "yuan": _("元"),
        "basis": _("依据"),
        "effect": _("成效"),
        "wrong": _("这一行不对，我要提"),
        "level": _("谁定的"),
    }
    object_path = f"{prefix}lists/{list.number}/object/"
    texts = [_texts(list, row, prefix, object_path, headings, paid) for row in rows]
    html = _template().render(
        rows=zip(
            _escaped(texts),
            (bool(row["name"]) for row in rows),
            (bool(row.get("sent_back")) for row in rows),
            strict=True,
        ),
        wide=bool(rows) and not rows[0]["name"],
        **{name: str(escape(word)) for name, word in words.items()},
    )
    # Nothing reaches the template but through `_escaped`.
    return mark_safe(html)


def _texts(
    list: PublicList,
    row: Mapping[str, Any],
    prefix: str,
    object_path: str,
    headings: Mapping[str, str],
    paid: Mapping[int, tuple[int, date]],
) -> tuple[str, ...]:
    """Return the texts of a row in the order in which the template takes them."""
    why = row.get("why") or {}
    url = why.get("source_url", "")
    name, item, group = row["name"], row.get("item", ""), row.get("group", "")
    return (
        # Where names have left, the project heads the row.
        name or item,
        yuan(row.get("amount_fen", 0)) if list.with_money else "",
        f"{group} · {item}" if group and name and item else group or (item if name else ""),
        "，".join(filter(None, _notes(list, row, paid))),
        row.get("effect", ""),
        headings["less" if row.get("reduced_fen") else "named" if name else "nameless"],
        why.get("text", ""),
        why.get("level", ""),
        why.get("source_label", ""),
        prefix + url.removeprefix("/") if url else "",
        f"{object_path}{row['position']}/",
    )


def _escaped(rows: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Return `rows` with every text escaped for HTML, in one call: a call a text takes most of the time."""
    if not rows:
        return iter(())
    width = len(rows[0])
    whole = BETWEEN.join(text for row in rows for text in row)
    if whole.count(BETWEEN) != len(rows) * width - 1:
        # A text that holds the very sign is not worth more.
        return iter([tuple(str(escape(text)) for text in row) for row in rows])
    texts = iter(str(escape(whole)).split(BETWEEN))
    return zip(*[texts] * width, strict=True)


def _notes(
    list: PublicList, row: Mapping[str, Any], paid: Mapping[int, tuple[int, date]]
) -> tuple[str, str, str]:
    """Return what stands under a row: that it was paid, who settled it, what changed."""
    money = paid.get(row["position"])
    return (paid_words(*money) if money else "", row_note(row), row_change(list, row["position"]))
