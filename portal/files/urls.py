"""Addresses of private files."""

from django.urls import path

from .views import private_file

urlpatterns = [
    path("files/<int:pk>/", private_file, name="private_file"),
    path("files/<int:pk>/original/", private_file, {"original": True}, name="private_file_original"),
]
