"""Where officials look at a request; the public's pages never link there."""

from django.urls import reverse

from disclosure.site.elder import PREFIX

from .models import HelpRequest


def desk_path(request: HelpRequest) -> str:
    """Return the path of the request's page at the desk, which has none in large type.

    A message may be written while a form of the large-type pages is answered.
    """
    return reverse("desk:request", args=[request.pk]).replace(f"/{PREFIX}", "/", 1)
