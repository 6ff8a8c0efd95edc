"""Addresses of the supervisor's tools within the desk: tickets, spot checks, assessment."""

from django.urls import path

from .views import assessments, fortnights, spotchecks, tickets

urlpatterns = [
    path("tickets/", tickets.Tickets.as_view(), name="tickets"),
    path("tickets/new/", tickets.NewTicketView.as_view(), name="new_ticket"),
    path("tickets/<str:number>/", tickets.TicketView.as_view(), name="ticket"),
    path("fortnights/", fortnights.Fortnights.as_view(), name="fortnights"),
    path("fortnights/<str:number>/", fortnights.FortnightView.as_view(), name="fortnight"),
    path("spot-checks/", spotchecks.SpotChecks.as_view(), name="spot_checks"),
    path("spot-checks/new/", spotchecks.NewSpotCheckView.as_view(), name="new_spot_check"),
    path("spot-checks/<str:number>/", spotchecks.SpotCheckView.as_view(), name="spot_check"),
    path("spot-checks/<str:number>/bundle/", spotchecks.SpotCheckBundleView.as_view(), name="spot_bundle"),
    path("spot-checks/<str:number>/<int:position>/", spotchecks.SpotVisitView.as_view(), name="spot_visit"),
    path("assessments/", assessments.Assessments.as_view(), name="assessments"),
    path("assessments/new/", assessments.NewAssessmentView.as_view(), name="new_assessment"),
    path("assessments/<str:number>/", assessments.AssessmentView.as_view(), name="assessment"),
    path("assessments/<str:number>/<int:pk>/", assessments.SubjectView.as_view(), name="assessed"),
]
