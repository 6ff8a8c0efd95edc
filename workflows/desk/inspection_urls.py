"""Addresses of the supervisor's tools within the desk: tickets, spot checks, assessment."""

from django.urls import path

from .views import spotchecks, tickets

urlpatterns = [
    path("tickets/", tickets.Tickets.as_view(), name="tickets"),
    path("tickets/new/", tickets.NewTicketView.as_view(), name="new_ticket"),
    path("tickets/<str:number>/", tickets.TicketView.as_view(), name="ticket"),
    path("spot-checks/", spotchecks.SpotChecks.as_view(), name="spot_checks"),
    path("spot-checks/new/", spotchecks.NewSpotCheckView.as_view(), name="new_spot_check"),
    path("spot-checks/<str:number>/", spotchecks.SpotCheckView.as_view(), name="spot_check"),
    path("spot-checks/<str:number>/bundle/", spotchecks.SpotCheckBundleView.as_view(), name="spot_bundle"),
    path("spot-checks/<str:number>/<int:position>/", spotchecks.SpotVisitView.as_view(), name="spot_visit"),
]
