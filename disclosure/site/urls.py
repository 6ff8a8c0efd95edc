"""Addresses of the public pages that are no Wagtail pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
