"""From which network address a request comes, where a proxy of ours stands in front and where none does."""

from django.conf import settings
from django.http import HttpRequest


def asker(request: HttpRequest) -> str:
    """Return the address that asks; empty where there is none."""
    if settings.SECURE_PROXY_SSL_HEADER:
        # A proxy of ours stands in front (production's BEHIND_PROXY): the last address is the one it saw.
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return str(request.META.get("REMOTE_ADDR", ""))
