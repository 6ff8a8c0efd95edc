"""Where officials look at a request; the public's pages never link there."""

from django.urls import reverse

from disclosure.site.elder import plain

from .models import HelpRequest


def desk_path(request: HelpRequest) -> str:
    """Return the path of the request's page at the desk, which has none in large type."""
    return plain(reverse("desk:request", args=[request.pk]))
