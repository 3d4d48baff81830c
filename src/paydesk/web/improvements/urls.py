"""Improvements: the queue, proposing one, being for it, what is done with it."""

from django.urls import path

from paydesk.web.improvements import deeds, views

app_name = "improvements"
urlpatterns = [
    path("", views.improvement_list, name="list"),
    path("propose", deeds.propose, name="propose"),
    path("export.<str:kind>", views.export, name="export"),
    path("<str:code>/", views.page, name="page"),
    path("<str:code>/vote", deeds.vote, name="vote"),
    path("<str:code>/act/<str:deed>", deeds.act, name="act"),
]
