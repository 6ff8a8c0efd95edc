"""What stands in for a form while the database is down: how to do the same by phone and on paper.

Made ahead, like the pages; without names, so it carries no day.
"""

import re
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from disclosure.publicity import public
from disclosure.publicity.models import PublicList
from portal.areas.models import Area

from . import rendering, store

# The form for one row, or one programme, is the list's, or the village's, here: which, one says on the phone.
_OF_A_PART = re.compile(r"(/object/|/ask/[^/]+/)[^/]+/$")
_LIST = re.compile(r"/lists/([^/]+)/object/$")
_AREA = re.compile(r"/ask/([^/]+)/$")


def write(path: str) -> bool:
    """Write what stands in for the form at `path`; return whether it differs from what stood there."""
    content = rendering.paper(path, _content)
    name = store.file_name(path)
    return store.write(store.paper(), name, content) if name else False


def write_closed() -> bool:
    """Write the page that the web server shows when the portal is down and nothing stands in for a page."""
    return store.write(store.paper(), store.CLOSED, render_to_string("mirror/closed.html").encode())


def path_of(path: str) -> str:
    """Return the address under which what stands in for the form at `path` is kept."""
    return _OF_A_PART.sub(r"\1", path)


def _content(request: HttpRequest) -> bytes:
    path = request.path_info
    context: dict[str, Any] = {"matter": "receipts"}
    if found := _LIST.search(path):
        list = PublicList.objects.published().select_related("area").get(number=found[1])
        context = {"matter": "object", "list": list, "contact": public.contact(list.area)}
    elif found := _AREA.search(path):
        area = Area.objects.get(code=found[1])
        context = {"matter": "ask", "area": area, "contact": public.contact(area)}
    elif path in ("/search/", "/report/"):
        context = {"matter": path.strip("/")}
    return render_to_string("mirror/paper.html", context, request).encode()
