"""Reversal requests: the queue, recording one, the answers, the proof.

The converter of payment codes is registered by the addresses of payments, which stand before these.
"""

from django.urls import path

from paydesk.web.reversal_requests import deeds, recording, views

app_name = "reversal_requests"
urlpatterns = [
    path("", views.request_list, name="list"),
    path("record/", recording.choose, name="choose"),
    path("record/<payment:payment_id>/", recording.record, name="record"),
    path("export.<str:kind>", views.export, name="export"),
    path("<str:code>/", views.page, name="page"),
    path("<str:code>/proof", views.proof, name="proof"),
    path("<str:code>/evidence", views.evidence, name="evidence"),
    path("<str:code>/<str:deed>", deeds.act, name="act"),
]
