"""Addresses of private files."""

from django.urls import path

from .views import private_file, private_files

urlpatterns = [
    path("files/open/", private_files, name="private_files"),
    path("files/<int:pk>/", private_file, name="private_file"),
    path("files/<int:pk>/original/", private_file, {"original": True}, name="private_file_original"),
]
