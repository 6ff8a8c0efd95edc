"""Signing out leaves nothing in the browser: whatever pages of the desk kept there goes with the session."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase

_MARK = "_signed_out"


@receiver(user_logged_out, dispatch_uid="portal_people.leaving")
def _note(sender: Any, request: HttpRequest | None, **kwargs: Any) -> None:
    if request is not None:
        setattr(request, _MARK, True)


def forget(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Have the browser drop what it kept for the portal, where this request signed somebody out."""
    if getattr(request, _MARK, False):
        response["Clear-Site-Data"] = '"storage"'
    return response
