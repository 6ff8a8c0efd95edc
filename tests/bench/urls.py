"""The portal's addresses and one constant view behind the same middleware."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal.urls import urlpatterns as own


def constant(_request: HttpRequest) -> HttpResponse:
    """Answer two letters."""
    return HttpResponse("ok")


urlpatterns = [path("constant/", constant), *own]
