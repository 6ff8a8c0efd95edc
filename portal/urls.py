"""The front door: every address of the portal, in the order in which it is tried."""

from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from portal.running import views as running

handler400 = "portal.running.views.bad_request"
handler403 = "portal.running.views.forbidden"
handler404 = "portal.running.views.not_found"
handler500 = "portal.running.views.server_error"

urlpatterns = [
    path("health/", running.health, name="health"),
    path("accounts/", include("portal.signin.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("media/<path:path>", running.media, name="media"),
    path("", include("portal.files.urls")),
    path("", include("disclosure.site.urls")),
    path("", include("disclosure.mirror.urls")),
    path("", include("disclosure.errata.urls")),
    path("", include("disclosure.catalogue.urls")),
    path("", include("disclosure.opendata.urls")),
    path("", include("disclosure.village.urls")),
    path("", include("workflows.programmes.public_urls")),
    path("", include("workflows.requests.public_urls")),
    path("", include(wagtail_urls)),
]
