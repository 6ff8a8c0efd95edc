"""The public page of the catalogue: each entry with what is published of it, and what is not yet."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from disclosure.site.responses import public_page

from . import entries, services


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Show the catalogue as it is filled today."""
    context = {"groups": services.lines(), "source": entries.SOURCE, "verified": entries.VERIFIED}
    return public_page(request, "public/catalogue.html", context)
