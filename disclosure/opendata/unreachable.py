"""What a program is told while the database does not answer: JSON as always, and when to try again."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from disclosure.mirror.serving import RETRY_SECONDS

from .answering import refusal
from .kept import PAGE

# What describes the data asks no database and is answered all the same.
ASK_NOTHING = ("/api/v1/", "/api/v1/openapi.json")
SCHEMAS = "/api/v1/schemas/"


def answer(request: HttpRequest) -> HttpResponse | None:
    """Return 503 as problem details for an address that gives data out of the database, else None."""
    path = request.path_info
    if path == PAGE or not path.startswith(("/api/", PAGE)):
        return None
    if path in ASK_NOTHING or path.startswith(SCHEMAS):
        return None
    said = refusal(503, "unavailable", _("数据库这会儿连不上，数据暂时读不到，请过一分钟再读。"))
    said["Retry-After"] = RETRY_SECONDS
    return said
