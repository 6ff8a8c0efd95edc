"""The rows of a long list, rendered by Jinja2: a fraction of the time of Django's templates, escaped too."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.urls import get_script_prefix
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from .words import row_note, yuan

FOLDER = Path(__file__).resolve().parent.parent.parent / "templates" / "public"


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, auto_reload=False
    )
    return environment.get_template("rows.jinja")


def render_rows(number: str, rows: Sequence[Mapping[str, Any]], *, money: bool = True) -> SafeString:
    """Return the rows (as `publicity.public.page` gives them) of the list `number` as HTML.

    Without `money` the matter pays nothing, and no row has an amount.
    """
    prefix = get_script_prefix()
    words = {
        "yuan": _("元"),
        "why": _("为什么有他家"),
        "why_less": _("为什么少了"),
        "basis": _("依据"),
        "effect": _("成效"),
        "why_nameless": _("凭什么给"),
        "wrong": _("这一行不对，我要提"),
    }
    html = _template().render(
        rows=[_shown(row, prefix, money) for row in rows],
        words=words,
        object_path=f"{prefix}lists/{number}/object/",
    )
    # Autoescape is on: every value of a row went through it.
    return mark_safe(html)


def _shown(row: Mapping[str, Any], prefix: str, money: bool) -> dict[str, Any]:
    why = row.get("why") or {}
    url = why.get("source_url", "")
    return {
        "position": row["position"],
        "name": row["name"],
        "sum": yuan(row.get("amount_fen", 0)) if money else "",
        # Where names have left, the project heads the row.
        "title": row["name"] or row.get("item", ""),
        "what": " · ".join(part for part in (row.get("group"), row["name"] and row.get("item")) if part),
        "note": row_note(row),
        "less": bool(row.get("reduced_fen")),
        "sent_back": bool(row.get("sent_back")),
        "effect": row.get("effect", ""),
        "text": why.get("text", ""),
        "label": why.get("source_label", ""),
        "url": prefix + url.removeprefix("/") if url else "",
    }
