"""Addresses of the register on the desk: a household, tables to import, likely duplicates."""

from django.urls import path

from .views import duplicates, household, imports

urlpatterns = [
    path("households/<int:pk>/", household.HouseholdView.as_view(), name="household"),
    path("households/import/", imports.ImportsView.as_view(), name="imports"),
    path("households/import/template/", imports.TemplateFile.as_view(), name="import_template"),
    path("households/import/<int:pk>/", imports.ImportView.as_view(), name="import"),
    path("households/duplicates/", duplicates.DuplicatesView.as_view(), name="duplicates"),
]
