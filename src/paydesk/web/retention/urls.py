"""What is kept how long, holds, wishes to be forgotten, redactions, proof; taking words out of a case."""

from django.urls import path

from paydesk.web.retention import deeds, views

app_name = "retention"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("nights.<str:kind>", views.export, name="export"),
    path("set", deeds.set_rule, name="set"),
    path("hold", deeds.hold, name="hold"),
    path("holds/<int:hold_id>/lift", deeds.lift, name="lift"),
    path("forget/<str:code>", deeds.forget, name="forget"),
    path("wishes/<int:erasure_id>/<str:answer>", deeds.answer_wish, name="answer_wish"),
    path("redact/<str:code>", deeds.redact, name="redact"),
    path("redactions/<int:redaction_id>/<str:answer>", deeds.answer_redaction, name="answer_redaction"),
    path("person/<str:code>", deeds.person, name="person"),
    path("packs/<int:pack_id>", deeds.download, name="pack"),
]
