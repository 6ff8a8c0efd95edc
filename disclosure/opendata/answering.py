"""How the API answers: JSON, the same for everybody; plain Chinese where it cannot; a brake by address."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from disclosure.mirror.serving import DOWN
from disclosure.site import flood
from disclosure.site.responses import NOINDEX, PublicPage
from portal import clock
from portal.configuration import services as configuration

from .errors import BadQuestion
from .keys import CALLS_A_MINUTE

JSON = "application/json; charset=utf-8"
# RFC 9457: why it cannot be, as programs read it whatever they asked.
PROBLEM = "application/problem+json; charset=utf-8"
TITLES = {
    400: gettext_lazy("问得不对"),
    404: gettext_lazy("没有这份数据"),
    405: gettext_lazy("只能读，不能写"),
    429: gettext_lazy("读得太密"),
    503: gettext_lazy("暂时读不到"),
}
View = Callable[..., HttpResponseBase]
# Harmless even where somebody puts an answer into a page of theirs.
_ESCAPED = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"})


class PublicData(PublicPage):
    """Data that are the same for everybody: kept by `site.cache` as pages are, where they are small."""


def written(value: Any) -> str:
    """Return `value` as JSON text that holds nothing a page would run."""
    # What is no character (half a pair) is written as the sign for it, not into bytes nobody can read.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)
    return text.encode("utf-8", "replace").decode()


def answer(value: Any, content_type: str = JSON) -> PublicData:
    """Return `value` as the answer that anyone may keep and any site may read."""
    return open_to_all(PublicData(written(value), content_type=content_type))


def open_to_all(response: Any) -> Any:
    """Return `response` with what all data carry: any site may read them, no search engine lists them."""
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Robots-Tag"] = NOINDEX
    return response


def refusal(status: int, code: str, message: str) -> HttpResponse:
    """Return why it cannot be, as problem details (RFC 9457) kept by nobody; `code` is for programs."""
    told = {"type": "about:blank", "title": str(TITLES[status]), "status": status, "code": code}
    response = HttpResponse(written(told | {"detail": message}), status=status, content_type=PROBLEM)
    response["Cache-Control"] = "no-store"
    return open_to_all(response)


def braked(request: HttpRequest, name: str, key: str, seconds: int) -> HttpResponse | None:
    """Count this call of its address; return 429, with the seconds to wait, beyond what `key` allows.

    Nothing of the address is kept but a keyed hash that changes with the period (`site.flood`).
    """
    try:
        most = int(configuration.value(key))
    except DOWN:
        # What describes the data is read on without a database; what needs it says so by itself.
        return None
    if flood.count(flood.address(request, name, seconds), seconds) <= most:
        return None
    wait = seconds - int(clock.now().timestamp()) % seconds
    message = _("这个网络地址读得太密了，请过%(wait)s秒再读。要全县的数据，请下载整个地区的文件。") % {
        "wait": wait
    }
    response = refusal(429, "too_many", message)
    response["Retry-After"] = str(wait)
    return response


def data_view(view: View) -> View:
    """Let `view` answer GET and HEAD, not too often, and tell what is wrong as JSON.

    What `site.cache` keeps does not come here: it costs nothing and is not counted. A view raises Http404 for
    what is not there and BadQuestion for what cannot be understood.
    """

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            refused = refusal(405, "not_allowed", _("这里只能读，不能写。"))
            refused["Allow"] = "GET, HEAD"
            return refused
        if too_many := braked(request, "open-data", CALLS_A_MINUTE, 60):
            return too_many
        try:
            return view(request, *args, **kwargs)
        except Http404:
            return refusal(404, "missing", _("没有这份数据，请核对编号或代码。"))
        except BadQuestion as bad:
            return refusal(400, "bad_question", str(bad))

    return answered
