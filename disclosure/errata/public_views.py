"""The form 我要纠错 and the page of its receipt: no sign-in, no token, no script; nothing written is lost."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from disclosure.site import flood
from disclosure.site.origin import from_our_page
from disclosure.site.registry import Receipt
from disclosure.site.responses import own_page, public_page
from portal.configuration import services as configuration

from . import keys, services
from .errors import BadReport
from .models import ErrorKind

# All reports are counted together, as objections to one list are.
COUNTED = "report"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Show the form for the page that ``?page=`` names, or take what was written."""
    if request.method != "POST":
        typed = {"page": local_path(request.GET.get("page", ""))}
        return public_page(request, "public/report.html", _context(typed), index=False)
    fields = ("page", "kind", "text", "contact")
    typed = {name: request.POST.get(name, "").replace("\x00", "") for name in fields}
    typed["page"] = local_path(typed["page"])
    if not from_our_page(request):
        message = _("这些内容不是从本站的页面提交的，还没有收下。内容都在下面，请看一看，再点一次提交。")
        return _again(request, typed, message=message, status=403)
    if flood.far_too_many(request):
        message = _("从您这个网络地址提交的太多了，请过一个小时再提，或打页面下面的电话。")
        return _again(request, typed, message=message, status=429)
    if flood.too_many(request, COUNTED) and not flood.is_answered(COUNTED, request.POST.get("sum", "")):
        message = _("这会儿提交的人很多。请答一道小题，再点一次提交，就收下了。")
        return _again(request, typed, message=message, question=flood.question(COUNTED), status=429)
    try:
        done = services.report(
            path=typed["page"],
            kind=typed["kind"],
            text=typed["text"].replace("\r\n", "\n"),
            contact=typed["contact"],
            sender=flood.sender(request),
        )
    except BadReport as error:
        return _again(
            request, typed, wrong={error.field: str(error)}, message=_("还没有提交成功，请看标红的地方。")
        )
    if not done.again:
        flood.lodged(request, COUNTED)
    context = {"receipt": done.receipt, "pin": f"{done.pin[:3]} {done.pin[3:]}", "due_on": done.report.due_on}
    return own_page(request, "public/report_done.html", context)


def receipt_page(code: str, pin: str) -> Receipt | None:
    """Return the page that `code` and `pin` of a report open together."""
    found = services.receipt(code, pin)
    return Receipt("public/report_receipt.html", {"report": found}) if found else None


def local_path(written: str) -> str:
    """Return `written` if it is the path of a page of this site in standard type, else an empty string."""
    path = urlsplit(written).path
    fits = path.startswith("/") and not path.startswith(("//", "/admin/", "/accounts/")) and len(path) <= 255
    return path if fits and path.isprintable() and "\\" not in path else ""


def _again(request: HttpRequest, typed: dict[str, str], *, status: int = 422, **more: Any) -> HttpResponse:
    return own_page(request, "public/report.html", _context(typed) | more, status=status)


def _context(typed: dict[str, str]) -> dict[str, Any]:
    return {
        "typed": typed,
        "kinds": ErrorKind.choices,
        "days": configuration.value(keys.ANSWER_DAYS, services.site_area()),
        "longest_text": services.LONGEST_TEXT,
        "longest_contact": services.LONGEST_CONTACT,
    }
