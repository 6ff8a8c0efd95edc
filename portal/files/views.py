"""Handing out private files: one answer for a missing and a forbidden one, and nothing a browser may run.

Opening is a POST, which the ledger is told of (`opening`); the address of a file shows it only then, else a
page with the button. Several that are opened together have a page of their own, which opens beside the one
that names them: what somebody was typing there stays.
"""

from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from . import access
from .errors import DamagedFile, Hidden
from .models import PrivateFile
from .opening import MOST, is_open, open_files, open_ones
from .services import open_file

# Browsers show these by themselves; everything else is saved to disk.
SHOWN_PICTURES = {"image/jpeg", "image/png"}
SHOWN = {*SHOWN_PICTURES, "application/pdf"}
POLICY = "default-src 'none'; sandbox"
# A browser's own PDF viewer does not start in a sandbox.
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def private_file(request: HttpRequest, pk: int, *, original: bool = False) -> HttpResponseBase:
    """Open the private file `pk` (or the bytes as they were sent) by POST; show it once it is open."""
    file = _found(request, pk, original=original)
    if request.method == "POST":
        return _opened(request, [file], request.path, original=original)
    if not is_open(request.session, pk, original=original):
        context = {"file": file, "owner": access.owner_of(file), "original": original}
        response = render(request, "files/open.html", context)
        add_never_cache_headers(response)
        return response
    return _bytes(request, file, original=original)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def private_files(request: HttpRequest) -> HttpResponseBase:
    """Open the files that are named together by POST; the same address with GET shows those that are open."""
    given = (request.POST if request.method == "POST" else request.GET).getlist("file")
    if not 0 < len(given) <= MOST or not all(
        pk.isascii() and pk.isdecimal() and len(pk) < 18 for pk in given
    ):
        raise Http404
    files = [_found(request, int(pk)) for pk in dict.fromkeys(given)]
    if request.method == "POST":
        named = urlencode({"file": [file.pk for file in files]}, doseq=True)
        return _opened(request, files, f"{reverse('private_files')}?{named}")
    return _together(request, files)


def _together(request: HttpRequest, files: Sequence[PrivateFile]) -> HttpResponse:
    opened = open_ones(request.session)
    response = render(
        request,
        "files/together.html",
        {
            "files": [file for file in files if file.pk in opened],
            "shut": [file for file in files if file.pk not in opened],
            "owners": dict.fromkeys(access.owner_of(file).words for file in files),
            "pictures": SHOWN_PICTURES,
        },
    )
    add_never_cache_headers(response)
    return response


def _found(request: HttpRequest, pk: int, *, original: bool = False) -> PrivateFile:
    file = PrivateFile.objects.filter(pk=pk).first()
    if file is None or not access.may_open(request.user, file, original=original):
        raise Http404
    return file


def _opened(
    request: HttpRequest, files: list[PrivateFile], after: str, *, original: bool = False
) -> HttpResponse:
    try:
        open_files(by=request.user, files=files, session=request.session, original=original)
    except Hidden:
        raise Http404 from None
    except DamagedFile as error:
        return _damaged(error)
    # Asked for with GET from here on: a reader of PDFs asks again by itself.
    response = redirect(after)
    response.status_code = 303
    return response


def _bytes(request: HttpRequest, file: PrivateFile, *, original: bool) -> HttpResponseBase:
    try:
        stream = open_file(request.user, file, original=original)
    except DamagedFile as error:
        return _damaged(error)
    content_type = "application/octet-stream" if original else file.content_type
    response = FileResponse(
        stream, filename=file.name, as_attachment=content_type not in SHOWN, content_type=content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = PDF_POLICY if content_type == "application/pdf" else POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _damaged(error: DamagedFile) -> HttpResponse:
    return HttpResponse(str(error), status=500, content_type="text/plain; charset=utf-8")
