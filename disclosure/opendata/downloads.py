"""Files to take away: one list, or a whole area with all below it, as CSV, JSON or XLSX."""

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from disclosure.site.cache import CACHE_CONTROL
from disclosure.site.responses import public_page
from portal import clock
from portal.areas.models import Area, Level
from portal.areas.names import full_names
from portal.printing.cells import inert

from .answering import PublicData, braked, data_view, open_to_all
from .api import area_facts, area_of, list_facts, list_of
from .keys import AREAS_AN_HOUR
from .lines import facts, lines_of, with_lines
from .openapi import FILE_TYPES
from .writing import WRITERS, Lists, each

# Larger files go to disk while they are made, and from there to the reader.
IN_MEMORY = 512 * 1024
LONGEST_NAME = 60
_NOT_IN_NAMES = "\\/:*?\"<>|;%'"
_NOT_AT_ENDS = ". =+-@＝＋－＠"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Tell in plain words what there is to take away, and how."""
    top = Area.objects.in_force(clock.today()).filter(level=Level.COUNTY).order_by("path")
    return public_page(request, "public/data.html", {"counties": top, "forms": FILE_TYPES})


@data_view
def list_file(request: HttpRequest, number: str, form: str) -> HttpResponseBase:
    """One version of a list with its lines. At most four queries."""
    _known(form)
    found, today = list_of(number), clock.today()
    told = list_facts([found])[0]
    return _file(request, form, each(told, lines_of(found, today)), None, f"{found.number} {found.title}")


@data_view
def area_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """All current lists of an area and all below it. At most eight queries, whatever their number."""
    _known(form)
    found = area_of(code, missing=Http404)
    if too_many := braked(request, "open-data-areas", AREAS_AN_HOUR, 3600):
        return too_many
    head = area_facts([found])[0]
    return _file(request, form, _area_lists(found), head, f"{found.code} {found.name} {_('公开数据')}")


def _known(form: str) -> None:
    if form not in FILE_TYPES:
        raise Http404


def _area_lists(area: Area) -> Iterator[tuple[Mapping[str, Any], Any]]:
    today = clock.today()
    places = full_names(Area.objects.within(area))
    for one, lines in with_lines(area, today):
        yield facts(one, today, places.get(one.area.code, "")), lines


def _file(
    request: HttpRequest, form: str, lists: Lists, head: Mapping[str, Any] | None, name: str
) -> HttpResponseBase:
    """Return the file: kept as pages are where it is small, else sent from disk and never in memory whole.

    It is made before a byte is sent, so a slow reader keeps no query open, and its ETag is that of its bytes.
    """
    out: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 the answer closes it
    WRITERS[form](out, lists, head)
    size = out.seek(0, 2)
    out.seek(0)
    response: Any
    if size <= IN_MEMORY:
        with out:
            response = PublicData(out.read(), content_type=FILE_TYPES[form])
    else:
        digest = hashlib.sha256()
        while block := out.read(64 * 1024):
            digest.update(block)
        out.seek(0)
        response = FileResponse(out, content_type=FILE_TYPES[form])
        response["Content-Length"] = str(size)
        response["Cache-Control"] = CACHE_CONTROL
        response["ETag"] = quote_etag(digest.hexdigest()[:24])
        response = get_conditional_response(request, etag=response["ETag"], response=response)
    response["Content-Disposition"] = content_disposition_header(True, file_name(name, form))
    return open_to_all(response)


def file_name(name: str, form: str) -> str:
    """Return a name for the file that no system takes for a path, a hidden file or anything else."""
    said = "".join(" " if char in _NOT_IN_NAMES else char for char in inert(name))
    said = " ".join(said.split())[:LONGEST_NAME].strip(_NOT_AT_ENDS)
    return f"{said or 'data'}.{form}"
