"""2,000 rows rendered anew, beside the same rows through a plain Django template that gives the same HTML."""

import html
from collections.abc import Mapping
from typing import Any

from django import template
from django.template import Context, Engine
from django.urls import get_script_prefix

from disclosure.publicity import public
from disclosure.publicity.models import ListKind, PublicList
from disclosure.publicity.services import publish
from disclosure.site.events_of import row_change
from disclosure.site.rows import render_rows
from disclosure.site.words import row_note, yuan
from tests.disclosure.site.rows import many
from workflows.demo.build import County

from .timing import turn_by_turn, verdict

ROWS, TIMES, MOST_OF_DJANGO = 2000, 15, 0.35
register = template.Library()
# What anybody would write who takes Django's templates: the rows as they come, filters for the words.
PLAIN = """<ol class="rows{% if not rows.0.name %} wide{% endif %}">
{% for row in rows %}<li><b>{% if row.name %}{{ row.name }}{% else %}{{ row.item }}{% endif %}</b>\
{% if list.with_money or row.name %}<span class="sum">\
{% if list.with_money %}{{ row.amount_fen|yuan }}元{% endif %}</span>{% endif %}\
{% if row.group or row.name %}<span class="quiet">\
{{ row.group }}{% if row.group and row.name %} · {% endif %}\
{% if row.name %}{{ row.item }}{% endif %}</span>{% endif %}\
<span class="quiet{% if row.sent_back %} bad{% endif %}">{{ row|note:list }}</span>\
{% if row.effect %}<p>成效：{{ row.effect }}</p>{% endif %}\
{% if row.why.text or row.why.level or row.why.source_label %}\
<details{% if forloop.first %} open{% endif %}><summary>\
{% if row.reduced_fen %}为什么少了{% elif row.name %}为什么有他家{% else %}凭什么给{% endif %}</summary>\
<div>{{ row.why.text }}{% if row.why.level %}{% if row.why.text %}<br>{% endif %}\
谁定的：{{ row.why.level }}{% endif %}\
{% if row.why.source_label %}{% if row.why.text or row.why.level %}<br>{% endif %}\
<span>依据：{% if row.why.source_url %}\
<a href="{{ row.why.source_url|in_mode }}">{{ row.why.source_label }}</a>\
{% else %}{{ row.why.source_label }}{% endif %}</span>{% endif %}<br>\
<a href="{{ object_path }}{{ row.position }}/">这一行不对，我要提</a></div></details>\
{% else %}<p><a href="{{ object_path }}{{ row.position }}/">这一行不对，我要提</a></p>{% endif %}</li>
{% endfor %}</ol>"""


@register.filter(name="yuan")
def _yuan(fen: int) -> str:
    return yuan(fen)


@register.filter(name="in_mode")
def _in_mode(path: str) -> str:
    return get_script_prefix() + path.removeprefix("/")


@register.filter(name="note")
def _note(row: Mapping[str, Any], list: PublicList) -> str:
    return "，".join(part for part in (row_note(row), row_change(list, row["position"])) if part)


def measure(county: County) -> None:
    """Publish a list of 2,000 rows and render them both ways."""
    by = county["reviewer1"]
    published = publish(
        by=by,
        office=by.offices.select_related("area").get(),
        kind=ListKind.APPLICATION,
        area=county.areas["禾坪村"],
        line="assistance",
        title="2026年名单公示",
        rows=many(ROWS),
        reference="bench:rows",
    )
    page = public.page(published.number, public.ALL)
    assert page is not None and len(page.rows) == ROWS
    plain = Engine(builtins=[__name__]).from_string(PLAIN)
    object_path = f"{get_script_prefix()}lists/{published.number}/object/"
    context = {"rows": page.rows, "list": page.list, "object_path": object_path}

    def ours(_number: int = 0) -> str:
        return str(render_rows(page.list, page.rows))

    def django(_number: int = 0) -> str:
        return plain.render(Context(context))

    assert html.unescape(ours()).split() == html.unescape(django()).split(), "not the same rows"
    taken = turn_by_turn(TIMES, ours=ours, django=django)
    ratio = taken["ours"] / taken["django"]
    print(
        f"  {ROWS:,} rows rendered live: {ratio:.2f} of a plain Django template ({taken['ours']:.1f} ms to "
        f"{taken['django']:.1f} ms); aim {MOST_OF_DJANGO}: {verdict(ratio <= MOST_OF_DJANGO)}",
        flush=True,
    )
