"""Approvals: what waits, one of them, deciding, what was asked and decided; limits and absences."""

from django.urls import path

from paydesk.web.approvals import settings_views, views

app_name = "approvals"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("asked/", views.asked, name="asked"),
    path("decided/", views.decided, name="decided"),
    path("approve", views.approve_many, name="approve_many"),
    path("limits/", settings_views.limits, name="limits"),
    path("absences/", settings_views.absences, name="absences"),
    path("absences/<int:delegation_id>/end", settings_views.end, name="end_absence"),
    path("relations/", settings_views.relations, name="relations"),
    path("relations/<int:relation_id>/end", settings_views.end_one_relation, name="end_relation"),
    path("<str:tab>/export.<str:kind>", views.export, name="export"),
    path("<str:code>/", views.page, name="page"),
    path("<str:code>/approve", views.approve, name="approve"),
    path("<str:code>/reject", views.reject, name="reject"),
    path("<str:code>/withdraw", views.withdraw, name="withdraw"),
]
