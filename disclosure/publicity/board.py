"""The sheet of a list for the village's board: large type, names whole, the list's digest in print."""

import hashlib
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from disclosure.masking.services import Audience, kind_of, public_row
from portal import clock
from portal.ledger.services import Draft, append
from portal.people.models import Office, User
from portal.printing import qr
from portal.printing.proofs import proof
from portal.printing.sheets import render

from .events import PRINTED
from .models import ListState, PublicList
from .period import names_visible
from .postings import POSTING_ROLES
from .public import contact, has_rows
from .reach import require_reach

_SHORT = 16


class Paper(StrEnum):
    """The sizes that boards take."""

    A3 = "a3"
    A4 = "a4"


def print_board(*, by: User, office: Office, list: PublicList, paper: Paper) -> bytes:
    """Return the board's sheet of `list` as PDF, and record in the ledger that `by` printed it.

    Raises NotYourOffice and NoSuchList for whoever does not post it, and what `portal.printing` raises.
    """
    require_reach(by, office, list, POSTING_ROLES)
    pdf = render("board", board_data(list, paper))
    with transaction.atomic():
        append(
            Draft(
                kind=PRINTED,
                object_type="list",
                object_id=list.number,
                actor=by,
                office=office,
                area_code=list.area.code,
                line=list.line,
                body={"paper": paper.value, "sha256": hashlib.sha256(pdf).hexdigest()},
            )
        )
    return pdf


def board_data(list: PublicList, paper: Paper) -> dict[str, Any]:
    """Return the data of the template ``board``: what the board may show of `list` today (three queries).

    Names stand whole while the list runs and leave the sheet with its period (design.md rule 8).
    """
    today = clock.today()
    named = names_visible(list, today)
    rows = list.rows.order_by("position") if has_rows(list) else ()
    base = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    return {
        "title": _("公示张贴 %(number)s") % {"number": list.number},
        "paper": paper.value,
        "number": list.number,
        "digest": list.digest,
        "digest_short": list.digest[:_SHORT],
        "area": str(list.area),
        "heading": list.title,
        "state": list.get_state_display(),
        "period": _period(list),
        "count": _("共 %(count)s %(unit)s")
        % {"count": list.row_count, "unit": str(kind_of(list.content).unit)},
        "total": _("合计 %(yuan)s 元") % {"yuan": _yuan(list.total_fen)} if list.with_money else "",
        "qr_svg": qr.svg(f"{base}/lists/{list.number}/"),
        **proof(list.event),
        "rows": [_row(row, named, list.content) for row in rows],
        "named": named,
        "with_money": list.with_money,
        "nothing": _("这个项目只公开户数和合计，不公开名单。")
        if list.with_money
        else _("这件事只公开户数，不公开名单。"),
        "how_to_object": _object_words(list),
        "contacts": _contacts(list),
        "printed": _("打印：%(at)s") % {"at": timezone.localtime(clock.now()).strftime("%Y-%m-%d %H:%M")},
    }


def _row(row: Any, named: bool, content: str) -> dict[str, str]:
    shown = public_row(Audience.BOARD, row.shown, name=row.name, names=named, content=content)
    return {
        "position": str(row.position),
        "name": shown["name"],
        "group": str(shown.get("group", "")),
        "item": str(shown.get("item", "")),
        "note": str(shown.get("note", "")),
        "amount": _yuan(shown["amount_fen"]) if shown.get("amount_fen") is not None else "",
    }


def _period(list: PublicList) -> str:
    """Return the days of the list; where it must hang longer than it runs, until when, too."""
    days = _("%(start)s 至 %(close)s") % {"start": _day(list.starts_on), "close": _day(list.closes_on)}
    if list.board_until is None or list.board_until <= list.closes_on:
        return days
    return _("%(days)s，公开栏贴到%(until)s") % {"days": days, "until": _day(list.board_until)}


def _object_words(list: PublicList) -> str:
    if list.state != ListState.RUNNING:
        return _("公示期已满，还可以扫码或到乡镇反映。")
    return _("%(close)s前，扫码在网上提，打电话，写条子，当面说，都一样登记、一样答复，可以不留名字。") % {
        "close": _day(list.closes_on)
    }


def _contacts(found: PublicList) -> Sequence[str]:
    given = contact(found.area)
    words = {
        "office": _("受理"),
        "phone": _("电话"),
        "address": _("地址"),
        "supervisor": _("监督"),
        "hotline": _("咨询"),
    }
    return [f"{word}：{given[key]}" for key, word in words.items() if given.get(key)]


def _day(day: Any) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _yuan(fen: int) -> str:
    whole, rest = divmod(fen, 100)
    return f"{whole:,}.{rest:02d}"
