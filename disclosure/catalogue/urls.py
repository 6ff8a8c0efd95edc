"""Address of the catalogue."""

from django.urls import path

from . import public_views

urlpatterns = [path("catalogue/", public_views.catalogue, name="catalogue")]
