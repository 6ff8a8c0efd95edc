"""Addresses of the programmes' public pages."""

from django.urls import path

from . import public_views

urlpatterns = [
    path("programmes/", public_views.index, name="programmes"),
    path("programmes/<slug:slug>/", public_views.programme, name="programme"),
]
