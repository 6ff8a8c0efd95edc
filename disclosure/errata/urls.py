"""Address of the form for errors on public pages."""

from django.urls import path

from . import public_views

urlpatterns = [path("report/", public_views.report, name="report")]
