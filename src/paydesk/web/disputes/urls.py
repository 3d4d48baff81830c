"""Disputes: the queue, opening one, evidence, the answers, the pack.

The converter of payment codes is registered by the addresses of payments, which stand before these.
"""

from django.urls import path

from paydesk.web.disputes import deeds, gathering, opening, views

app_name = "disputes"
urlpatterns = [
    path("", views.dispute_list, name="list"),
    path("open/", opening.choose, name="choose"),
    path("open/<payment:payment_id>/", opening.open_, name="open"),
    path("export.<str:kind>", views.export, name="export"),
    path("<str:code>/", views.page, name="page"),
    path("<str:code>/pack", views.pack, name="pack"),
    path("<str:code>/decision", views.decision, name="decision"),
    path("<str:code>/evidence/<str:kind>", gathering.evidence, name="evidence"),
    path("<str:code>/evidence/<str:kind>/give", gathering.give, name="give"),
    path("<str:code>/<str:deed>", deeds.act, name="act"),
]
