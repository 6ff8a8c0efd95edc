"""Addresses of the public's form for requests."""

from django.urls import path

from . import public_own, public_views

urlpatterns = [
    path("ask/", public_views.entry, name="ask"),
    path("ask/<slug:code>/", public_views.ask, name="ask-area"),
    path("ask/<slug:code>/<slug:slug>/", public_own.ask_programme, name="ask-programme"),
]
