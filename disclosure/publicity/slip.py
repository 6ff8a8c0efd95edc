"""The slip of an objection's receipt: code, PIN, by when it is answered, where to look; to print, to keep."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from portal import clock
from portal.ledger.models import Event
from portal.printing import qr
from portal.printing.proofs import proof
from portal.printing.sheets import render

from .models import Objection
from .public import contact


def print_slip(objection: Objection, pin: str) -> bytes:
    """Return the slip as PDF (half an A4 page); the caller has checked `pin`. Nothing of it is kept."""
    return render("receipt", slip_data(objection, pin))


def slip_data(objection: Objection, pin: str) -> dict[str, Any]:
    """Return the data of the template ``receipt``: no name, and not a word of what was objected."""
    base = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    place = contact(objection.list.area)
    if objection.row is not None:
        about = _("名单第%(position)s行") % {"position": objection.row.position}
    else:
        about = _("整份名单")
    lines = [
        (_("名单"), f"{objection.list.title}（{objection.list.number}）"),
        (_("对哪一户"), about),
        (_("收到"), _day(objection.received_on) + f"（{objection.get_channel_display()}）"),
        (_("最晚答复"), _day(objection.due_on)),
    ]
    if objection.tell_by:
        lines.append((_("最晚告知怎么办"), _day(objection.tell_by)))
    asked = [place["office"], place["phone"], place["address"]]
    lines.append((_("不会上网"), _("打电话或当面问：%(where)s") % {"where": " ".join(filter(None, asked))}))
    return {
        "title": _("异议回执 %(receipt)s") % {"receipt": objection.receipt},
        "place": str(objection.list.area),
        "receipt": objection.receipt,
        "pin": f"{pin[:3]} {pin[3:]}",
        "lines": [list(line) for line in lines],
        "where": f"{base}/receipts/",
        "qr_svg": qr.svg(f"{base}/receipts/"),
        **proof(_lodged(objection)),
        "keep": _("这两个号只有您有，我们查不出来。凭它们看查得怎样了、撤回，或者申请上一级复核。"),
        "printed": _("打印：%(day)s") % {"day": _day(clock.today())},
    }


def _lodged(objection: Objection) -> int | None:
    """Return the number of the event by which the ledger took the objection in."""
    events = Event.objects.filter(object_type="objection", object_id=str(objection.pk)).order_by("sequence")
    return events.values_list("sequence", flat=True).first()


def _day(on: Any) -> str:
    return _("%(year)s年%(month)s月%(day)s日") % {"year": on.year, "month": on.month, "day": on.day}
