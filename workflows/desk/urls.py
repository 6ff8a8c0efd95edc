"""Addresses of the desk, under the Wagtail admin, in the namespace ``desk``."""

from django.urls import path

from .views import (
    batch,
    case,
    filing,
    kinship,
    lists,
    notices,
    objections,
    people,
    programmes,
    publicity,
    register,
    settings,
)

urlpatterns = [
    path("todo/", lists.Todo.as_view(), name="todo"),
    path("open/", lists.Open.as_view(), name="open"),
    path("handled/", lists.Handled.as_view(), name="handled"),
    path("closed/", lists.Closed.as_view(), name="closed"),
    path("batches/<str:number>/", batch.BatchView.as_view(), name="batch"),
    path("cases/<str:number>/", case.CaseView.as_view(), name="case"),
    path("cases/<str:number>/amend/", filing.AmendView.as_view(), name="amend"),
    path("file/", filing.FileView.as_view(), name="file"),
    path("lists/", publicity.Lists.as_view(), name="lists"),
    path("lists/<str:number>/", publicity.ListView.as_view(), name="list"),
    path("objections/", objections.Objections.as_view(), name="objections"),
    path("objections/<int:pk>/", objections.ObjectionView.as_view(), name="objection"),
    path("notices/", notices.Notices.as_view(), name="notices"),
    path("people/", people.People.as_view(), name="people"),
    path("people/invite/", people.InviteView.as_view(), name="invite"),
    path("people/<int:pk>/", people.AccountView.as_view(), name="account"),
    path("settings/", settings.SettingsView.as_view(), name="settings"),
    path("settings/<str:key>/", settings.SettingView.as_view(), name="setting"),
    path("programmes/", programmes.ProgrammesView.as_view(), name="programmes"),
    path("programmes/<slug:slug>/", programmes.ProgrammeView.as_view(), name="programme"),
    path("programmes/<slug:slug>/version/", programmes.VersionView.as_view(), name="version"),
    path("new-programme/", programmes.NewProgrammeView.as_view(), name="new_programme"),
    path("households/", register.Households.as_view(), name="households"),
    path("households/new/", register.RegisterView.as_view(), name="register"),
    path("kinship/", kinship.KinshipView.as_view(), name="kinship"),
]
