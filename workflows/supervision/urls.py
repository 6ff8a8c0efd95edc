"""Addresses of supervision, in the desk's own namespace under ``desk/supervision/``."""

from django.urls import path

from .views import pictures, then, trail

urlpatterns = [
    path("supervision/trail/", trail.TrailView.as_view(), name="trail"),
    path("supervision/trail/export/", trail.ExportTrailView.as_view(), name="export_trail"),
    path("supervision/trail/<int:sequence>/", trail.ActView.as_view(), name="trail_act"),
    path("supervision/pictures/", pictures.PicturesView.as_view(), name="pictures"),
    path("supervision/then/", then.ThenView.as_view(), name="then"),
]
