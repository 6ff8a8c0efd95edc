"""Whether a form was sent from this site's own page.

Public forms carry no token, since a token belongs to one visitor (design.md rule 14). Nobody is signed in on
them either, so a foreign page could only make people's browsers send objections in their place; that is
what this stops.
"""

from urllib.parse import urlsplit

from django.http import HttpRequest

OURS = {"same-origin", "none"}


def from_our_page(request: HttpRequest) -> bool:
    """Return whether the request comes from a page of ours, or from a browser too old to say where from.

    A browser of today says it in `Sec-Fetch-Site`, one of 2015 in `Origin` or `Referer`.
    """
    if site := request.headers.get("Sec-Fetch-Site", ""):
        return site in OURS
    source = request.headers.get("Origin") or request.headers.get("Referer")
    return source is None or urlsplit(source).netloc == request.get_host()
