"""The texts of a page, wherever they lie in it, and writing others in their place."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from wagtail.fields import RichTextField, StreamField

from . import rich_text
from .blocks import CITED

# An address, a number issued by the portal and what Wagtail itself goes by hold no text of an editor's.
NO_TEXT = frozenset({"slug", "url_path", "path", "index_number", "source_digest", "noted_state"})
# Of a block's values these name or place it; the others are read.
_NOT_READ = ("id", "type", "anchor", "part")
Change = Callable[[str], str]


@dataclass(frozen=True)
class Text:
    """One text of a page: `key` names it on this page as it stands now, `label` says which it is."""

    key: str
    label: str
    value: str


def texts_of(page: Any) -> list[Text]:
    """Return what the public reads of `page`, title and record first, then its text piece by piece."""
    found, body = [], []
    for field in _fields(type(page)):
        if field.name == "draft_title":
            continue
        value = getattr(page, field.name)
        if isinstance(field, StreamField):
            body += [_of_block(place, block) for place, block in enumerate(value, 1)]
        elif isinstance(field, RichTextField):
            body += [
                Text(piece.anchor, _("第%(n)s段") % {"n": place}, piece.text)
                for place, piece in enumerate(rich_text.pieces(value or ""), 1)
            ]
        else:
            found.append(Text(f"f-{field.name}", str(field.verbose_name), str(value or "").strip()))
    return [text for text in (*found, *body) if text.value]


def rewrite(model: type[models.Model], data: dict[str, Any], change: Change) -> dict[str, int]:
    """Give every text in `data`, a page as a revision holds it, to `change`; return how many became others.

    By the name of the field, none for a field without any. Links and bold words of a changed paragraph leave
    with it.
    """
    changed: dict[str, int] = {}
    for field in _fields(model):
        value = data.get(field.name)
        if not isinstance(value, str) or not value:
            continue
        counted = _Counted(change)
        if isinstance(field, StreamField):
            new = json.dumps(_stream(json.loads(value), counted), ensure_ascii=False)
        elif isinstance(field, RichTextField):
            new = rich_text.rewritten(value, counted)
        else:
            new = counted(value)
        if counted.count:
            data[field.name] = new
            changed[field.name] = counted.count
    return changed


class _Counted:
    """A change that counts how often it changed anything."""

    def __init__(self, change: Change) -> None:
        self.change, self.count = change, 0

    def __call__(self, text: str) -> str:
        new = self.change(text)
        self.count += new != text
        return new


def _fields(model: type[models.Model]) -> list[Any]:
    kinds = (RichTextField, StreamField, models.CharField, models.TextField)
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, kinds)
        and field.name not in NO_TEXT
        and not field.choices
        and (field.editable or field.name == "draft_title")
        and not field.primary_key
    ]


def _of_block(place: int, block: Any) -> Text:
    label = _("第%(n)s段") % {"n": place}
    if block.block_type in CITED and block.value["label"]:
        label = f"{label}（{block.value['label']}）"
    return Text(f"b{place}", label, str(block.value["text"]).strip())


def _stream(value: Any, change: Change, name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {key: _stream(one, change, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_stream(one, change) for one in value]
    return change(value) if isinstance(value, str) and name not in _NOT_READ else value
