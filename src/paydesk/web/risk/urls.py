"""Escalations and enforcement; escalating something, packs of evidence about it."""

from django.urls import path

from paydesk.web.risk import deeds, escalating, packs, views

app_name = "risk"
urlpatterns = [
    path("", views.risk_list, name="list"),
    path("export.<str:kind>", views.export, name="export"),
    path("enforce", deeds.enforce, name="enforce"),
    path("escalate/<str:code>", escalating.escalate, name="escalate"),
    path("evidence/<str:code>", packs.evidence, name="evidence"),
    path("packs/<int:pack_id>", packs.download, name="pack"),
    path("<str:code>/", views.page, name="page"),
    path("<str:code>/act/<str:deed>", deeds.act, name="act"),
]
