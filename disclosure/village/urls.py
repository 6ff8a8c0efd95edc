"""Address of the public page of a village matter."""

from django.urls import path

from . import public_views

urlpatterns = [path("matters/<slug:number>/", public_views.matter, name="matter")]
