"""Addresses of the public pages that are no Wagtail pages."""

from django.urls import path

from . import areas, lists, objecting, receipts, searching, verifying

urlpatterns = [
    path("areas/", areas.entry, name="areas"),
    path("areas/<slug:code>/", areas.area, name="area"),
    path("lists/<slug:number>/", lists.list_page, name="list"),
    path("lists/<slug:number>/<int:page>/", lists.list_page, name="list-page"),
    path("lists/<slug:number>/object/", objecting.object_to, name="object"),
    path("lists/<slug:number>/object/<int:position>/", objecting.object_to, name="object-row"),
    path("receipts/", receipts.receipts, name="receipts"),
    path("search/", searching.search, name="search"),
    path("verify/", verifying.verify, name="verify"),
]
