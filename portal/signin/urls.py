"""Addresses of one's own sign-in, beside allauth's."""

from django.urls import path

from . import views

app_name = "signin"
urlpatterns = [
    path("factor/", views.EnrolView.as_view(), name="enrol"),
    path("passkey/", views.PasskeyView.as_view(), name="passkey"),
    path("prove/", views.ProveView.as_view(), name="prove"),
    path("mine/", views.MineView.as_view(), name="mine"),
]
