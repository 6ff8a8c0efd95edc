"""Addresses of the data: files under /data/, the API under /api/v1/."""

from django.urls import path

from . import api, downloads

urlpatterns = [
    path("data/", downloads.page, name="data"),
    path("data/lists/<slug:number>.<slug:form>", downloads.list_file, name="data-list"),
    path("data/areas/<slug:code>.<slug:form>", downloads.area_file, name="data-area"),
    path("api/v1/", api.index, name="api"),
    path("api/v1/openapi.json", api.description, name="api-openapi"),
    path("api/v1/schemas/<slug:name>.json", api.schema, name="api-schema"),
    path("api/v1/areas", api.areas, name="api-areas"),
    path("api/v1/areas/<slug:code>", api.area, name="api-area"),
    path("api/v1/lists", api.lists, name="api-lists"),
    path("api/v1/lists/<slug:number>", api.one_list, name="api-list"),
    path("api/v1/lists/<slug:number>/lines", api.lines, name="api-lines"),
    path("api/<path:rest>", api.missing, name="api-missing"),
]
