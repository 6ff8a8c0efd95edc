"""The rows of a long list, rendered by Jinja2: a fraction of the time of Django's templates, escaped too."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.urls import get_script_prefix
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from disclosure.masking.services import kind_of
from disclosure.publicity.models import PublicList

from .events_of import paid_words, row_change
from .words import row_note, yuan

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
    words = {
        "yuan": _("元"),
        "why": _("为什么有他家"),
        "why_less": _("为什么少了"),
        "basis": _("依据"),
        "effect": _("成效"),
        # To a household something is given; a works or an entry of accounts was settled.
        "why_nameless": _("凭什么给") if kind_of(list.content).households else _("谁定的"),
        "wrong": _("这一行不对，我要提"),
        "level": _("谁定的"),
    }
    html = _template().render(
        rows=[_shown(list, row, prefix, paid) for row in rows],
        words=words,
        object_path=f"{prefix}lists/{list.number}/object/",
    )
    # Autoescape is on: every value of a row went through it.
    return mark_safe(html)


def _shown(
    list: PublicList, row: Mapping[str, Any], prefix: str, paid: Mapping[int, tuple[int, date]]
) -> dict[str, Any]:
    why = row.get("why") or {}
    url = why.get("source_url", "")
    return {
        "position": row["position"],
        "name": row["name"],
        "sum": yuan(row.get("amount_fen", 0)) if list.with_money else "",
        # Where names have left, the project heads the row.
        "title": row["name"] or row.get("item", ""),
        "what": " · ".join(part for part in (row.get("group"), row["name"] and row.get("item")) if part),
        "note": "，".join(part for part in _notes(list, row, paid) if part),
        "level": why.get("level", ""),
        "less": bool(row.get("reduced_fen")),
        "sent_back": bool(row.get("sent_back")),
        "effect": row.get("effect", ""),
        "text": why.get("text", ""),
        "label": why.get("source_label", ""),
        "url": prefix + url.removeprefix("/") if url else "",
    }


def _notes(
    list: PublicList, row: Mapping[str, Any], paid: Mapping[int, tuple[int, date]]
) -> tuple[str, str, str]:
    """Return what stands under a row: that it was paid, who settled it, what changed."""
    money = paid.get(row["position"])
    return (paid_words(*money) if money else "", row_note(row), row_change(list, row["position"]))
