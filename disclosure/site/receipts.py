"""The page of a receipt: how far an objection or a request is; code and PIN are never in an address.

From it the objector prints the slip, appeals once, or withdraws: the forms carry code and PIN on sealed (the
ticket), for an hour, in the page that only their sender got.
"""

import base64
import binascii
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from disclosure.publicity.appeals import appeal_level, appeal_of
from disclosure.publicity.errors import PublicityError
from disclosure.publicity.models import Complaint, Objection, ObjectionState
from disclosure.publicity.objection_keys import APPEAL_ANSWER_DAYS, PHOTOS
from disclosure.publicity.objections import LONGEST_TEXT
from disclosure.publicity.receipts import normal_code
from disclosure.publicity.records import PHOTO, photos_of
from disclosure.publicity.services import appeal, last_day_to_appeal, receipt, withdraw
from disclosure.publicity.slip import print_slip
from portal import clock
from portal.areas.models import Level
from portal.configuration import services as configuration
from portal.files.errors import RefusedFile
from portal.ledger.models import Event
from portal.printing.errors import PrintingError
from portal.sealing.fields import seal, unseal
from portal.sealing.keys import keyed_hash

from . import flood, photographs, registry
from .keys import ADDRESS_TRIES, RECEIPT_TRIES
from .origin import from_our_page
from .responses import NOINDEX, own_page, public_page

PAUSE = 900
TICKET = 3600
LONGEST_INPUT = 40
# What is typed to withdraw: a slip of the finger does not.
SURE = "撤回"
STATE_CSS = {
    ObjectionState.OPEN: "look",
    ObjectionState.UPHELD: "",
    ObjectionState.DISMISSED: "done",
    ObjectionState.WITHDRAWN: "done",
}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def receipts(request: HttpRequest) -> HttpResponse:
    """Show the form, or what the code and PIN that were sent belong to, or do what is asked with it."""
    if request.method != "POST":
        return public_page(request, "public/receipt_form.html", {}, index=False)
    if photographs.too_heavy(request, None):
        # Nothing of it is read.
        message = str(photographs.TOO_HEAVY)
        return own_page(request, "public/receipt_form.html", {"message": message}, status=413)
    code, pin = _opened(request.POST.get("ticket", ""))
    code = code or request.POST.get("code", "")[:LONGEST_INPUT]
    pin = pin or request.POST.get("pin", "")[:LONGEST_INPUT]
    if not from_our_page(request):
        message = _("请在本页面填写回执号和密码，再点查看。")
        return own_page(request, "public/receipt_form.html", {"message": message, "code": code}, status=403)
    if not code.strip() or not pin.strip():
        message = _("回执号和密码都要填，就是提异议或申请时给您的那两个。")
        return own_page(request, "public/receipt_form.html", {"message": message, "code": code}, status=422)
    names = _counters(request, code)
    ceilings = [configuration.value(RECEIPT_TRIES), configuration.value(ADDRESS_TRIES)]
    if any(flood.so_far(name) >= most for name, most in zip(names, ceilings, strict=True)):
        message = _("试的次数太多了。请过一刻钟再试，或者打名单上的电话问。")
        return own_page(request, "public/receipt_form.html", {"message": message, "code": code}, status=429)
    objection, other = receipt(code, pin), registry.receipt_of(code, pin)
    if objection is None and other is not None:
        return own_page(request, other.template, other.context)
    if objection is None:
        for name in names:
            flood.count(name, PAUSE)
        message = _("回执号或密码不对，请对着抄下来的再看一遍。密码是六位数字。")
        return own_page(request, "public/receipt_form.html", {"message": message, "code": code}, status=422)
    pin = "".join(char for char in pin if char.isdecimal())
    return _do(request, objection, pin, request.POST.get("do", ""))


def _do(request: HttpRequest, objection: Objection, pin: str, what: str) -> HttpResponse:
    """Do what was asked with the receipt, and show its page with what came of it; or give the slip."""
    try:
        if what == "slip":
            return _slip(objection, pin)
        if what == "appeal":
            photos = photographs.prepared(request, objection.list.area)
            appeal(objection_id=objection.pk, text=request.POST.get("text", ""), photos=photos)
            done = _("复核申请收到了，由上一级另外的人查。回执号和密码不变。")
            return _page(request, objection, pin, done=done)
        if what in ("withdraw", "withdraw_appeal"):
            if request.POST.get("sure", "").strip().strip('“”"') != SURE:
                return _page(request, objection, pin, message=_("要撤回，请写上“撤回”两个字，再点一次。"))
            second = appeal_of(objection)
            about = second.pk if what == "withdraw_appeal" and second is not None else objection.pk
            withdraw(objection_id=about)
            return _page(request, objection, pin, done=_("已经撤回。您要是改了主意，可以重新提一件。"))
    except RefusedFile as error:
        return _page(request, objection, pin, message=_("照片没有收下：%(why)s") % {"why": error})
    except PublicityError as error:
        return _page(request, objection, pin, message=str(error))
    except PrintingError as error:
        return _page(request, objection, pin, message=str(error))
    return _page(request, objection, pin)


def _slip(objection: Objection, pin: str) -> HttpResponse:
    response = HttpResponse(print_slip(objection, pin), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="receipt-{objection.receipt}.pdf"'
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = NOINDEX
    return response


def _page(
    request: HttpRequest, objection: Objection, pin: str, *, message: str = "", done: str = ""
) -> HttpResponse:
    found = Objection.objects.select_related("list__area", "row", "answer_office__area")
    objection = found.get(pk=objection.pk)
    second = appeal_of(objection)
    until = last_day_to_appeal(objection)
    above = appeal_level(objection)
    context: dict[str, Any] = {
        "objection": objection,
        "list": objection.list,
        "css": STATE_CSS[ObjectionState(objection.state)],
        "today": clock.today(),
        "open": objection.state == ObjectionState.OPEN,
        "ticket": _ticket(objection.receipt, pin),
        "proofs": _proofs(objection, second),
        "photo_count": len(photos_of(objection, PHOTO)),
        "recused": Complaint.objects.filter(objection=objection).exists(),
        "appeal": second,
        "appeal_css": STATE_CSS[ObjectionState(second.state)] if second else "",
        "appeal_open": second is not None and second.state == ObjectionState.OPEN,
        "may_appeal": until is not None and clock.today() <= until,
        "appeal_until": until,
        "appeal_days": configuration.value(APPEAL_ANSWER_DAYS, objection.list.area),
        "above": Level(above).label if above else "",
        "most_photos": configuration.value(PHOTOS, objection.list.area),
        "longest_text": LONGEST_TEXT,
        "typed": request.POST.get("text", "") if message else "",
        "message": message,
        "done": done,
        "withdrawable": objection.state == ObjectionState.OPEN,
    }
    return own_page(request, "public/receipt.html", context, status=422 if message else 200)


def _proofs(*about: Objection | None) -> list[tuple[int, str]]:
    """Return number and words of the ledger's events of the objection and of its appeal, in their order."""
    keys = [str(one.pk) for one in about if one is not None]
    found = Event.objects.filter(object_type="objection", object_id__in=keys).order_by("sequence")
    return [
        (event.sequence, _("总账第%(number)s笔：%(what)s") % {"number": event.sequence, "what": event.label})
        for event in found
    ]


def _ticket(code: str, pin: str) -> str:
    """Return code and PIN sealed for the forms of the page: whoever looks over a shoulder reads no PIN."""
    return base64.urlsafe_b64encode(seal(f"{int(clock.now().timestamp())}|{code}|{pin}").encode()).decode()


def _opened(ticket: str) -> tuple[str, str]:
    """Return code and PIN of a ticket of the last hour; both empty for anything else."""
    try:
        text = unseal(base64.urlsafe_b64decode(ticket.encode()).decode())
        made, code, pin = text.split("|")
        fresh = 0 <= clock.now().timestamp() - int(made) <= TICKET
    except (ValueError, binascii.Error):
        return "", ""
    return (code, pin) if fresh else ("", "")


def _counters(request: HttpRequest, code: str) -> list[str]:
    hashed = keyed_hash(normal_code(code), "receipt-tries")[:24]
    return [f"receipt-tries:{hashed}", flood.address(request, "receipt-tries-from", PAUSE)]
