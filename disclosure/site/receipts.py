"""The page of a receipt: how far an objection or a request is; code and PIN are never in an address."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from disclosure.publicity.models import ObjectionState
from disclosure.publicity.receipts import normal_code
from disclosure.publicity.services import receipt
from portal.configuration import services as configuration
from portal.sealing.keys import keyed_hash

from . import flood, registry
from .keys import ADDRESS_TRIES, RECEIPT_TRIES
from .origin import from_our_page
from .responses import own_page, public_page

PAUSE = 900
LONGEST_INPUT = 40
STATE_CSS = {ObjectionState.OPEN: "look", ObjectionState.UPHELD: "", ObjectionState.DISMISSED: "done"}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def receipts(request: HttpRequest) -> HttpResponse:
    """Show the form, or what the code and PIN that were sent belong to."""
    if request.method != "POST":
        return public_page(request, "public/receipt_form.html", {}, index=False)
    code = request.POST.get("code", "")[:LONGEST_INPUT]
    pin = request.POST.get("pin", "")[:LONGEST_INPUT]
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
    context = {
        "objection": objection,
        "list": objection.list,
        "css": STATE_CSS[ObjectionState(objection.state)],
        "open": objection.state == ObjectionState.OPEN,
    }
    return own_page(request, "public/receipt.html", context)


def _counters(request: HttpRequest, code: str) -> list[str]:
    hashed = keyed_hash(normal_code(code), "receipt-tries")[:24]
    return [f"receipt-tries:{hashed}", flood.address(request, "receipt-tries-from", PAUSE)]
