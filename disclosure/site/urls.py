"""Addresses of the public pages that are no Wagtail pages."""

from django.urls import path

from . import areas, feeds, lists, objecting, receipts, searching, verifying

urlpatterns = [
    path("areas/", areas.entry, name="areas"),
    path("areas/<slug:code>/", areas.area, name="area"),
    path("feed.xml", feeds.site, name="feed"),
    path("areas/<slug:code>/feed.xml", feeds.area, name="area-feed"),
    path("lists/<slug:number>/", lists.list_page, name="list"),
    path("lists/<slug:number>/<int:page>/", lists.list_page, name="list-page"),
    path("lists/<slug:number>/all/", lists.list_page, {"page": lists.ALL}, name="list-all"),
    path("lists/<slug:number>/object/", objecting.object_to, name="object"),
    path("lists/<slug:number>/object/<int:position>/", objecting.object_to, name="object-row"),
    path("receipts/", receipts.receipts, name="receipts"),
    path("search/", searching.search, name="search"),
    path("verify/", verifying.verify, name="verify"),
    path("verify/checkpoint/", verifying.checkpoint, name="verify-checkpoint"),
    path("verify/tool/", verifying.tool, name="verify-tool"),
    path("verify/<int:sequence>/", verifying.event, name="verify-event"),
    path("verify/<int:sequence>/proof/", verifying.proof, name="verify-proof"),
    path("<path:column>/feed.xml", feeds.column, name="column-feed"),
]
