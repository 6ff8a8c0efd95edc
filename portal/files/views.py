"""Handing out private files: one answer for a missing and a forbidden one, and nothing a browser may run."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from .errors import DamagedFile, Hidden
from .models import PrivateFile
from .services import open_file

# Browsers show these by themselves; everything else is saved to disk.
SHOWN = {"image/jpeg", "image/png", "application/pdf"}
POLICY = "default-src 'none'; sandbox"
# A browser's own PDF viewer does not start in a sandbox.
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@require_safe
@login_required
def private_file(request: HttpRequest, pk: int, *, original: bool = False) -> HttpResponse | FileResponse:
    """Give the private file `pk`, or the bytes as they were sent."""
    try:
        file = PrivateFile.objects.get(pk=pk)
        stream = open_file(request.user, file, original=original)
    except (PrivateFile.DoesNotExist, Hidden):
        raise Http404 from None
    except DamagedFile as error:
        return HttpResponse(str(error), status=500, content_type="text/plain; charset=utf-8")
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
