"""The address of the home page."""

from django.urls import path

from paydesk.web.home import cases, views

urlpatterns = [
    path("", views.home, name="home"),
    path("home/kept", views.kept, name="home_kept"),
    path("home/team", cases.team, name="home_team"),
]
