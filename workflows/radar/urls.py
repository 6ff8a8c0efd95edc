"""Addresses of the radar, in the desk's own namespace under ``desk/supervision/``."""

from django.urls import path

from .views import radar

urlpatterns = [
    path("supervision/radar/", radar.RadarView.as_view(), name="radar"),
    path("supervision/radar/<int:pk>/", radar.FlagView.as_view(), name="flag"),
    path("supervision/radar/rules/", radar.RulesView.as_view(), name="radar_rules"),
    path("supervision/radar/outside/", radar.OutsideView.as_view(), name="outside"),
]
