"""The sheet for the village's loudspeaker (大喇叭): the list in plain sentences, as its board has it."""

import hashlib
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from disclosure.masking.services import Audience, kind_of, public_row
from portal import clock
from portal.ledger.services import Draft, append
from portal.people.models import Office, User
from portal.printing import spoken
from portal.printing.sheets import render

from .events import PRINTED
from .models import ListKind, ListState, PublicList
from .period import names_visible
from .postings import POSTING_ROLES
from .public import contact
from .reach import require_reach

SHEET = "loudspeaker"


def print_loudspeaker(*, by: User, office: Office, list: PublicList) -> bytes:
    """Return the loudspeaker's sheet of `list` as PDF, and record in the ledger that `by` printed it.

    Raises NotYourOffice and NoSuchList for whoever does not post it, and what `portal.printing` raises.
    """
    require_reach(by, office, list, POSTING_ROLES)
    pdf = render(SHEET, loudspeaker_data(list))
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
                body={"paper": SHEET, "sha256": hashlib.sha256(pdf).hexdigest()},
            )
        )
    return pdf


def loudspeaker_data(list: PublicList) -> dict[str, Any]:
    """Return the data of the template ``loudspeaker``: what is read aloud of `list` today (two queries)."""
    return {
        "title": _("广播稿 %(number)s") % {"number": list.number},
        "number": list.number,
        "digest_short": list.digest[:16],
        "area": str(list.area),
        "heading": list.title,
        "opening": opening(list),
        "rows": rows_aloud(list),
        "closing": closing(list),
        "printed": _("打印：%(at)s") % {"at": timezone.localtime(clock.now()).strftime("%Y-%m-%d %H:%M")},
    }


def opening(list: PublicList) -> list[str]:
    """Return the sentences that come first: what this is, how many, how much, until when."""
    count, total = spoken.number(list.row_count), spoken.yuan(list.total_fen)
    if list.kind == ListKind.RESOLUTION:
        what = _("下面念的，是村里开会议定的事。")
    elif list.kind == ListKind.RESULT:
        what = _("下面念的，是办好以后的结果。")
    else:
        what = _("下面念的，是正在公示的名单。")
    if list.state == ListState.SUPERSEDED:
        what = _("请注意，这份名单已经更正，不要再念，请打印更正后的那一份。")
    said = [
        _("%(area)s的乡亲们，请注意听。") % {"area": list.area.name},
        what,
        _("事项：%(title)s。") % {"title": spoken.aloud(list.title)},
    ]
    if list.with_money:
        said.append(_("一共%(count)s条，合计%(total)s。") % {"count": count, "total": total})
    else:
        said.append(_("一共%(count)s条。") % {"count": count})
    return said


def rows_aloud(list: PublicList) -> list[str]:
    """Return a sentence for each row, names as the board has them: whole while the list runs, then none."""
    if not list.show_names and kind_of(list.content).households:
        return [_("这件事按规定只公开总数，不念名单。")]
    named = names_visible(list, clock.today())
    return [_row(list, row, named) for row in list.rows.order_by("position")]


def closing(list: PublicList) -> list[str]:
    """Return what comes last: the closing day, where to object, that nobody needs to give a name."""
    given = contact(list.area)
    said = []
    if list.state == ListState.RUNNING:
        said.append(_("公示到%(day)s为止，当天算在内。") % {"day": spoken.day(list.closes_on)})
        said.append(_("哪一条觉得不对，在这以前提出来，提到的那一条要先查清楚。"))
    else:
        said.append(_("公示期已经满了，觉得不对照样可以提。"))
    said.append(_("可以打电话，可以写条子，可以当面说，可以不留名字，都一样登记、一样答复。"))
    if given.get("office") or given.get("phone"):
        phone = _("电话%(phone)s。") % {"phone": spoken.digits(given["phone"])} if given.get("phone") else ""
        said.append(_("受理的是%(office)s。") % {"office": given.get("office") or _("乡镇政府")} + phone)
    if given.get("supervisor"):
        said.append(_("也可以找%(who)s。") % {"who": given["supervisor"]})
    if given.get("hotline"):
        said.append(_("咨询电话%(phone)s。") % {"phone": spoken.digits(given["hotline"])})
    said.append(_("名单贴在村公开栏，网上也看得到。"))
    return said


def _row(list: PublicList, row: Any, named: bool) -> str:
    shown = public_row(Audience.BOARD, row.shown, name=row.name, names=named, content=list.content)
    group, item = str(shown.get("group", "")), str(shown.get("item", ""))
    parts = [spoken.aloud(group) if named else "", shown["name"], spoken.aloud(item)]
    if list.with_money and shown.get("amount_fen") is not None:
        parts.append(spoken.yuan(shown["amount_fen"]))
    note = spoken.aloud(str(shown.get("note", "")))
    words = "，".join(part for part in parts if part)
    return _("第%(n)s，%(words)s。") % {
        "n": spoken.number(row.position),
        "words": f"{words}，{note}" if note else words,
    }
