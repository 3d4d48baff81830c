"""Incidents: the queue, proposing one, what is done with one, its broadcast, the cases it ends."""

from django.urls import path

from paydesk.web.incidents import broadcasting, deeds, ending, views

app_name = "incidents"
urlpatterns = [
    path("", views.incident_list, name="list"),
    path("propose", deeds.propose, name="propose"),
    path("export.<str:kind>", views.export, name="export"),
    path("<str:code>/", views.page, name="page"),
    path("<str:code>/tell", broadcasting.write, name="tell"),
    path("<str:code>/tell/<int:broadcast_id>", broadcasting.look, name="look"),
    path("<str:code>/tell/<int:broadcast_id>/send", broadcasting.send, name="send"),
    path("<str:code>/tell/<int:broadcast_id>/drop", broadcasting.drop, name="drop"),
    path("<str:code>/take-off/<str:case_code>", deeds.take_off, name="take_off"),
    path("<str:code>/finish", ending.finish, name="finish"),
    path("<str:code>/cases.<str:kind>", views.export_cases, name="export_cases"),
    path("<str:code>/act/<str:deed>", deeds.act, name="act"),
]
